"""Filters as values: parts, negation, and printing."""

import pytest
from hypothesis import given

from kps_tui.triage.filter import (
    EVERYTHING,
    Either,
    Every,
    Expression,
    Form,
    Not,
    Term,
    Value,
    conjuncts,
    has_regex,
    negated,
    parse,
)
from kps_tui.triage.filter.expression import both, quoted
from tests.triage.filters import ANYTHING, trees

WEB, DB = Term("server", (Value("web"),)), Term("server", (Value("db"),))
PATTERN = Term("err", (Value("a+", Form.REGEX),))


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        (EVERYTHING, ""),
        (WEB, "server:web"),
        (Term("", (Value("two words"),)), '"two words"'),
        (Term("server"), "server:"),
        (Term("server", (Value("a"), Value("b", Form.EXACT), Value("c", Form.FUZZY))), "server:a,=b,~c"),
        (Term("err", (Value("a/b", Form.REGEX),)), r"err:/a\/b/"),
        (Term("since", (Value("2026-11-23T08:00"),)), "since:2026-11-23T08:00"),
        (Not(WEB), "-server:web"),
        (Not(Every((WEB, DB))), "-(server:web server:db)"),
        (Every((WEB, Either((DB, PATTERN)))), "server:web (server:db or err:/a+/)"),
        (Either((Every((WEB, DB)), PATTERN)), "server:web server:db or err:/a+/"),
    ],
)
def test_it_is_written_in_the_language_it_is_read_in(expression: Expression, text: str) -> None:
    assert str(expression) == text
    assert parse(text).expression == expression


@pytest.mark.parametrize(
    "text", ["", "or", "AND", "-x", "!x", "=x", "~x", "/x/", "a b", "a,b", "a:b", '"', "\\", "(", "a：b", "\x00", "\t"]
)
def test_what_would_mean_something_else_is_quoted(text: str) -> None:
    assert quoted(text).startswith('"')
    assert quoted(text).endswith('"')


@given(ANYTHING)
def test_any_value_comes_back(text: str) -> None:
    term = Term("server", (Value(text, Form.EXACT),))
    assert parse(str(term)).expression == term


@given(trees(), trees())
def test_both_keeps_every_part_once_in_its_order(one: Expression, other: Expression) -> None:
    parts = conjuncts(both(one, other))
    assert len(set(parts)) == len(parts)
    assert list(parts) == list(dict.fromkeys((*conjuncts(one), *conjuncts(other))))
    assert both(one, EVERYTHING) == both(EVERYTHING, one) == both(one, one)


def test_one_part_alone_stands_for_itself() -> None:
    assert both(WEB, WEB) == WEB
    assert both(EVERYTHING, EVERYTHING) == EVERYTHING
    assert conjuncts(EVERYTHING) == ()


@given(trees().filter(lambda one: not (isinstance(one, Not) and isinstance(one.part, Not))))
def test_twice_the_opposite_is_the_same(expression: Expression) -> None:
    once = negated(expression)
    assert once != expression
    assert negated(once) == expression


def test_a_regular_expression_is_found_wherever_it_stands() -> None:
    assert not has_regex(Every((WEB, Not(DB))))
    for whole in (PATTERN, Not(PATTERN), Every((WEB, PATTERN)), Either((WEB, Every((DB, Not(PATTERN)))))):
        assert has_regex(whole)
