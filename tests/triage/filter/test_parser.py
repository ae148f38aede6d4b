"""The language of filters: meanings, mistakes, and that no text or tree breaks it."""

import re
import unicodedata
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kps_tui.problems import QueryError
from kps_tui.triage.fields import BY_KEY
from kps_tui.triage.filter import (
    EVERYTHING,
    Either,
    Every,
    Expression,
    Form,
    Mistake,
    Not,
    Term,
    Value,
    parse,
    parsed_strictly,
)
from kps_tui.triage.filter.parser import DEEPEST, LONGEST
from tests.readme import README
from tests.triage.filters import ANYTHING, WORDS, trees

NOW = datetime(2025, 11, 23, 12, tzinfo=UTC)


def place(mistake: Mistake, text: str) -> str:
    """Return the part of `text` that a mistake points at."""
    assert mistake.span is not None
    return text[slice(*mistake.span)]


def word(*texts: str) -> Term:
    return Term("", tuple(map(Value, texts)))


def term(field: str, *texts: str) -> Term:
    return Term(field, tuple(map(Value, texts)))


def one(field: str, text: str, form: Form) -> Term:
    return Term(field, (Value(text, form),))


@pytest.mark.parametrize(
    ("text", "expression"),
    [
        ("", EVERYTHING),
        (" \t\u3000\n", EVERYTHING),
        ("web-01", word("web-01")),
        ("connection refused", Every((word("connection"), word("refused")))),
        ('"connection refused"', word("connection refused")),
        (r'"a \"b\" \\ \n"', word('a "b" \\ \\n')),
        ("a and b AND c", Every((word("a"), word("b"), word("c")))),
        ("a b or c", Either((Every((word("a"), word("b"))), word("c")))),
        ("a (b OR c)", Every((word("a"), Either((word("b"), word("c")))))),
        ("((a) ((b c)))", Every((word("a"), word("b"), word("c")))),
        ("(a or b) or c", Either((word("a"), word("b"), word("c")))),
        ("-a", Not(word("a"))),
        ("!a", Not(word("a"))),
        ("--a", Not(Not(word("a")))),
        ("-(a b)", Not(Every((word("a"), word("b"))))),
        ("!(server:a or b)x", Every((Not(Either((term("server", "a"), word("b")))), word("x")))),
        ("-or", Not(word("or"))),
        ('"or" orange', Every((word("or"), word("orange")))),
        ("a,b", word("a", "b")),
        ("op:bind,reset", term("op", "bind", "reset")),
        ("OP:Bind", term("op", "Bind")),
        ("Server：web", term("server", "web")),
        ('err:"timed out"', term("err", "timed out")),
        ('err:"a, b",c', term("err", "a, b", "c")),
        ("err:/timed? out/", one("err", "timed? out", Form.REGEX)),
        (r"/a\/b\.c\\/", one("", "a/b\\.c\\\\", Form.REGEX)),
        ("err:/and/or/ x", Every((one("err", "and/or", Form.REGEX), word("x")))),
        ("(/x/)", one("", "x", Form.REGEX)),
        ("~wbe1", one("", "wbe1", Form.FUZZY)),
        ('server:~"w 1"', one("server", "w 1", Form.FUZZY)),
        ("err:=/x/", one("err", "/x/", Form.EXACT)),
        ("=reset", one("", "reset", Form.EXACT)),
        (
            "err:a,=b,~c,/d/",
            Term("err", (Value("a"), Value("b", Form.EXACT), Value("c", Form.FUZZY), Value("d", Form.REGEX))),
        ),
        ("server:-01,!x", term("server", "-01", "!x")),
        ("server:", Term("server")),
        ("(server:)", Term("server")),
        ("server: web", Every((Term("server"), word("web")))),
        ('-key: code:""', Every((Not(Term("key")), term("code", "")))),
        ('key:="",x', Term("key", (Value("", Form.EXACT), Value("x")))),
        ("time:", Term("time")),
        ("since:24h until:2025-11-23T08:00", Every((term("since", "24h"), term("until", "2025-11-23T08:00")))),
        ("on:yesterday", term("on", "yesterday")),
        ('since:"2025-11-23 08:00"', term("since", "2025-11-23 08:00")),
        # What is pasted is looked for as it is.
        ("10.1.2.3:22", word("10.1.2.3:22")),
        ("12:30", word("12:30")),
        ("2025-11-23T08:00", word("2025-11-23T08:00")),
        ("http://a.example:80/x?y=1", word("http://a.example:80/x?y=1")),
        ("std::string", word("std::string")),
        ("web01:22", word("web01:22")),
        (":x", word(":x")),
        ("fe80::1", word("fe80::1")),
        ("错误：超时", word("错误：超时")),
        ("server:10.1.2.3:22", term("server", "10.1.2.3:22")),
        ("\\x", word("\\x")),
        ("a\\b", word("a\\b")),
        ('web"x"', Every((word("web"), word("x")))),
        ("connect(2)", Every((word("connect"), word("2")))),
    ],
)
def test_what_is_meant(text: str, expression: Expression) -> None:
    parsed = parse(text, NOW, UTC)
    assert parsed.mistakes == ()
    assert parsed.expression == expression
    assert parse(str(expression), NOW, UTC).expression == expression


@pytest.mark.parametrize(
    ("text", "part", "said", "rest"),
    [
        ("sever:web x", "sever:web", 'no field “sever” · did you mean “server:”? or quote it: "sever:web"', "x"),
        ('x sever："a b",c', 'sever："a b",c', "did you mean “server:”? or put it in quotes", "x"),
        ("Error: refused", "Error:", "did you mean “err:”?", "refused"),
        ("server_name:web", "server_name:web", "did you mean “server:”?", ""),
        ("operation:bind", "operation:bind", "did you mean “op:”?", ""),
        ("host:web", "host:web", "did you mean “server:”?", ""),
        ("sinc:24h", "sinc:24h", "did you mean “since:”?", ""),
        ("after:24h", "after:24h", "did you mean “since:”?", ""),
        ("qqq:1", "qqq:1", "fields: time, op, state", ""),
        ("is:ack", "ack", "allowed: new, acked, open, repeat", ""),
        ("a is:", "is:", "“is:” needs a word", "a"),
        ('sever:"open', 'sever:"open', "no field “sever”", ""),
        ("a -sever:web", "sever:web", "no field", "a"),
        ("a or sever:web", "sever:web", "no field", "a"),
        ("(sever:web)", "sever:web", "no field", ""),
        ("- x", "-", "write it directly before what it negates", "x"),
        ("x !", "!", "or quote it", "x"),
        ("a or", "or", "needs something on both sides", "a"),
        ("or a", "or", "needs something on both sides", "a"),
        ("a or or b", "or", "needs something on both sides", "a or b"),
        ("or", "or", "needs something on both sides", ""),
        ("a and", "and", "needs something on both sides", "a"),
        ("and a", "and", "needs something on both sides", "a"),
        ("a and or b", "and", "needs something on both sides", "a or b"),
        ("a and and b", "and", "needs something on both sides", "a b"),
        ("()", "()", "the parentheses are empty", ""),
        ("a)b", ")", "has no “(”", "a b"),
        ('""', '""', "the quotes are empty", ""),
        ('~"" x', '~""', "the quotes are empty", "x"),
        ('server:~""', '~""', "the quotes are empty", ""),
        ('err:"', '"', "the quotes are empty", ""),
        ("~ x", "~", "nothing after the “~”", "x"),
        ("server:=", "=", "nothing after the “=”", ""),
        ("//", "//", "the regular expression is empty", ""),
        ("/", "/", "the regular expression is empty", ""),
        ("err:/(/", "/(/", "not a valid regular expression: missing )", ""),
        ("err:/(/,x", "/(/", "not a valid regular expression", "err:x"),
        (f"/{'(' * 300}/", f"/{'(' * 300}/", "not a valid regular expression", ""),
        (f"/{'x' * 501}/", f"/{'x' * 501}/", "at most 500 characters", ""),
        (",", ",", "a value is missing", ""),
        ("op:bind,state:failed", "state:failed", "a space is AND", "op:bind"),
        ("op:(bind reset)", "op:", "separated by commas", "bind reset"),
        (
            "since: x",
            "since:",
            "needs a time · allowed: 2026-11-23, 2026-11-23T08:00, 24h, 7d, today, yesterday",
            "x",
        ),
        ("since:2026-02-30", "2026-02-30", "is not a valid time · allowed: 2026-11-23", ""),
        ("since:24h,soon", "soon", "“soon” is not a valid time", "since:24h"),
        ("since:~24h", "~24h", "is not a valid time", ""),
        ("since:99999999w", "99999999w", "is not a valid time", ""),
        ("on:24h", "24h", "is not a valid day · allowed: 2026-11-23, today, yesterday", ""),
        ("time:today x", "time:today", "write since:24h, until:2026-11-23T08:00 or on:today", "x"),
    ],
)
def test_a_part_with_a_mistake_is_left_out(text: str, part: str, said: str, rest: str) -> None:
    parsed = parse(text, NOW, UTC)
    (mistake,) = parsed.mistakes
    assert (mistake.part, place(mistake, text)) == (part, part)
    assert said in mistake.message
    assert mistake.ignored
    assert str(parsed.expression) == rest
    with pytest.raises(QueryError, match=r"^--where: “"):
        parsed_strictly(text)


@pytest.mark.parametrize(
    ("text", "part", "said", "meant"),
    [
        ('err:"Server log', '"Server log', "the quote is not closed", 'err:"Server log"'),
        (r'"a\"', r'"a\"', "the quote is not closed", r'"a\""'),
        ("err:/time", "/time", "this regular expression has no closing", "err:/time/"),
        ("/etc/ssh/keys", "/etc/ssh/keys", 'quote it: "/etc/ssh/keys"', r"/etc\/ssh\/keys/"),
        ("(a or b", "(", "has no “)”", "a or b"),
        ("x -(a or b", "(", "has no “)”", "x -(a or b)"),
        ("op:bind,", ",", "a value is missing", "op:bind"),
        ("op:,bind", ",", "a value is missing", "op:bind"),
        ("op:a,,b", ",", "a value is missing", "op:a,b"),
        ("failed, retry", ",", "a value is missing", "failed retry"),
    ],
)
def test_what_is_not_finished_counts_and_is_pointed_at(text: str, part: str, said: str, meant: str) -> None:
    parsed = parse(text, NOW, UTC)
    (mistake,) = parsed.mistakes
    assert (mistake.part, place(mistake, text)) == (part, part)
    assert said in mistake.message
    assert not mistake.ignored
    assert str(parsed.expression) == meant
    with pytest.raises(QueryError):
        parsed_strictly(text)


def test_several_mistakes_stand_in_the_order_of_the_text() -> None:
    text = "sever:a since:soon ok on:24h )"
    parsed = parse(text, NOW, UTC)
    assert [place(mistake, text) for mistake in parsed.mistakes] == ["sever:a", "soon", "24h", ")"]
    assert str(parsed.expression) == "ok"


def test_in_a_command_one_sentence_names_the_first_mistake_and_its_place() -> None:
    with pytest.raises(QueryError) as caught:
        parsed_strictly("web sever:web on:x", option="--filter")
    said = '--filter: “sever:web” at 5: no field “sever” · did you mean “server:”? or quote it: "sever:web"'
    assert str(caught.value) == said
    assert caught.value.exit_code == 2
    assert parsed_strictly("op:bind web") == Every((term("op", "bind"), word("web")))


@pytest.mark.parametrize("sign", ["(", "-", "!", "-(", "(-"])
def test_depth_has_a_limit(sign: str) -> None:
    within = sign * (DEEPEST // len(sign))
    assert all("nested" not in mistake.message for mistake in parse(within + "a").mistakes)
    (mistake,) = parse(f"b {sign * LONGEST}"[:LONGEST]).mistakes
    assert "parentheses and signs can be nested at most 50 deep" in mistake.message
    assert mistake.span == (2 + DEEPEST, LONGEST)
    assert str(parse(sign * 500 + "a").expression) == ""
    assert str(parse("b " + sign * 500 + "a").expression) == "b"


def test_length_has_a_limit() -> None:
    assert parse("a" * LONGEST).mistakes == ()
    (mistake,) = parse("a" * (LONGEST + 1)).mistakes
    assert mistake.span == (0, LONGEST + 1)
    assert "4,000" in mistake.message
    assert parse("a" * (LONGEST + 1)).expression == EVERYTHING


@pytest.mark.parametrize("field", [*BY_KEY, "since", "until", "on"])
def test_every_field_is_known_in_any_case(field: str) -> None:
    value = "today" if field in ("since", "until", "on") else "x"
    text = f"{field.upper()}:" + ("" if field == "time" else value)
    parsed = parse(text, NOW, UTC)
    assert parsed.mistakes == ()
    assert isinstance(parsed.expression, Term)
    assert parsed.expression.field == field


@pytest.mark.parametrize(
    "text", ["since:24h until:2025-11-23T08:00", "on:today,2025-11-23", 'err:"a b",=c,~d,/e f/', "-(a or b) c", "!a"]
)
def test_what_is_typed_is_printed_as_it_was(text: str) -> None:
    assert str(parse(text, NOW, UTC).expression) == text.replace("!", "-")


def test_the_examples_of_the_readme_have_no_mistake() -> None:
    section = README.read_text(encoding="utf-8").partition("## Filter\n")[2].partition("\n## ")[0]
    examples = re.findall(r"^\| `([^`]+)` \| [^`|]*(?:`[^`|]*`[^`|]*)* \|$", section, re.MULTILINE)
    assert len(examples) >= 6
    for example in examples:
        assert parsed_strictly(example) != EVERYTHING


@given(trees(WORDS | ANYTHING.filter(bool)))
def test_what_is_printed_is_parsed_to_the_same(expression: Expression) -> None:
    parsed = parse(str(expression), NOW, UTC)
    assert parsed.mistakes == ()
    assert parsed.expression == expression
    assert parsed_strictly(str(expression)) == expression


PIECES = st.sampled_from(
    ["server:", "op:", "since:", "24h", "on:", "time:", "sever:", "or", "and", "(", ")", "-", "!", '"', "/", "~", "=",
     ",", "\\", " ", "：", "a", "[", "*", "{9}", "(?", "\x00", "\ud83d", "密", "\u3000", "\n", "://"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=25).map("".join) | ANYTHING)
def test_any_text_has_a_meaning_and_spans_lie_inside(text: str) -> None:
    parsed = parse(text, NOW, UTC)
    unsafe = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    for mistake in parsed.mistakes:
        assert mistake.span
        assert 0 <= mistake.span[0] < mistake.span[1] <= len(text)
        assert mistake.part == place(mistake, text)
        assert mistake.message
        assert len(mistake.message) < 400
        assert not any(unicodedata.category(character) in unsafe for character in mistake.message)
    again = parse(str(parsed.expression), NOW, UTC)
    assert again.mistakes == ()
    assert again.expression == parsed.expression
    if parsed.mistakes:
        with pytest.raises(QueryError):
            parsed_strictly(text)
