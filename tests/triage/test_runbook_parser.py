"""The parser of a runbook: what a mistake costs, and what it names."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kps_tui.triage.runbook import Certainty, Check, Need, Sign
from kps_tui.triage.runbook_parser import parse

GOOD: dict[str, Any] = {"name": "a cause", "check": "look", "messages": {"likely": ["timed out"]}}


def causes(**others: object) -> dict[str, object]:
    return {"causes": {"good": GOOD, **others}}


def test_everything_is_optional() -> None:
    runbook, mistakes = parse({})
    assert (runbook.causes, dict(runbook.procedures), dict(runbook.codes), mistakes) == ((), {}, {}, ())


def test_a_cause_may_say_more_for_an_operation() -> None:
    runbook, mistakes = parse(causes(good=GOOD | {"fix": "mend", "reset": {"check": "look twice"}}))
    [cause] = runbook.causes
    assert mistakes == ()
    assert cause.check_for("bind") == Check("look", "mend")
    assert cause.check_for("reset") == Check("look twice", "mend")


@pytest.mark.parametrize(
    ("entry", "keys"),
    [
        ("text", ("causes", "bad")),
        ({}, ("causes", "bad", "messages")),
        (GOOD | {"name": 5}, ("causes", "bad", "name")),
        (GOOD | {"name": " "}, ("causes", "bad", "name")),
        (GOOD | {"check": ""}, ("causes", "bad", "check")),
        (GOOD | {"messages": []}, ("causes", "bad", "messages")),
        (GOOD | {"messages": {"likely": "timed out"}}, ("causes", "bad", "messages", "likely")),
        (GOOD | {"messages": {"likely": [1]}}, ("causes", "bad", "messages", "likely")),
        (GOOD | {"messages": {"guess": ["**"]}}, ("causes", "bad", "messages", "guess")),
        (GOOD | {"codes": {"attested": [""]}}, ("causes", "bad", "codes", "attested")),
        (GOOD | {"operations": ["rebind"]}, ("causes", "bad", "operations")),
        (GOOD | {"reset": {"check": 1}}, ("causes", "bad", "reset", "check")),
    ],
)
def test_a_wrong_value_costs_its_cause_alone(entry: object, keys: tuple[str, ...]) -> None:
    runbook, mistakes = parse(causes(bad=entry))
    assert [cause.id for cause in runbook.causes] == ["good"]
    [mistake] = mistakes
    assert mistake.keys == keys
    assert mistake.why
    assert mistake.allowed


def test_an_id_is_a_plain_word() -> None:
    for id in ("", "a b", "é", "-x", "x" * 41, "a:b"):
        runbook, [mistake] = parse({"causes": {id: GOOD}})
        assert runbook.causes == ()
        assert mistake.keys[:2] == ("causes", id)


def test_an_unknown_key_costs_nothing() -> None:
    runbook, mistakes = parse(causes(good=GOOD | {"mesages": {}}) | {"cause": {}})
    assert [cause.id for cause in runbook.causes] == ["good"]
    assert [(mistake.keys, mistake.allowed) for mistake in mistakes] == [
        (("cause",), "causes"),
        (("causes", "good", "mesages"), "messages"),
    ]


def test_the_order_of_checks_names_known_causes() -> None:
    operations = {"operations": {"bind": {"checks": ["good", "state"]}}}
    runbook, [mistake] = parse(causes() | operations)
    assert dict(runbook.procedures) == {}
    assert mistake.keys == ("operations", "bind", "checks")
    assert "state" in mistake.why
    runbook, mistakes = parse(causes() | operations, frozenset({"state"}))
    assert mistakes == ()
    assert runbook.procedures["bind"].checks == ("good", "state")


def test_what_an_operation_needs_is_one_of_four_words() -> None:
    runbook, mistakes = parse({"operations": {"bind": {"needs": ["running", "no key pair"]}}})
    assert mistakes == ()
    assert runbook.procedures["bind"].needs == (Need.RUNNING, Need.NO_KEY_PAIR)
    runbook, [mistake] = parse({"operations": {"bind": {"needs": ["off"]}}})
    assert dict(runbook.procedures) == {}
    assert (mistake.keys, mistake.allowed) == (
        ("operations", "bind", "needs"),
        "running, shut down, key pair, no key pair",
    )
    assert all(need.opposite.opposite is need is not need.opposite for need in Need)


def test_codes_have_the_page_of_their_service() -> None:
    runbook, mistakes = parse(
        {"code_pages": {"ecs": "a page", "x": 1}, "codes": {"Ecs.1": {"meaning": "m"}, "K.1": {}}}
    )
    assert {mistake.keys for mistake in mistakes} == {("code_pages", "x"), ("codes", "K.1", "meaning")}
    assert [(code.code, code.meaning, code.page) for code in runbook.codes.values()] == [("Ecs.1", "m", "a page")]


def test_texts_are_safe_to_show() -> None:
    runbook, _ = parse(causes(good=GOOD | {"name": "a\x1b[31mb", "page": "x\ny"}))
    assert (runbook.causes[0].name, runbook.causes[0].page) == ("a␛[31mb", "x␊y")


@pytest.mark.parametrize(
    ("pieces", "code", "fits"),
    [
        (("kps.5", ""), "kps.5003", True),
        (("kps.5", ""), "xkps.5003", False),
        (("kps.5003",), "kps.5003", True),
        (("kps.5003",), "kps.50031", False),
        (("", "03"), "kps.5003", True),
        (("kps.", "4"), "kps.5003", False),
        (("kps.5", "5003"), "kps.5003", False),
    ],
)
def test_a_code_is_compared_whole_apart_from_wildcards(pieces: tuple[str, ...], code: str, fits: bool) -> None:
    assert Sign(pieces, Certainty.LIKELY).is_code(code) is fits


KEYS = (
    "causes",
    "operations",
    "codes",
    "code_pages",
    "name",
    "check",
    "messages",
    "likely",
    "bind",
    "checks",
    "meaning",
)
WORDS = st.sampled_from(KEYS) | st.text(max_size=4)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(WORDS, JSON, max_size=4))
def test_no_file_raises_an_error(tables: dict[str, object]) -> None:
    runbook, mistakes = parse(tables)
    assert all(mistake.keys for mistake in mistakes)
    assert all(cause.name and cause.check.look for cause in runbook.causes)
