"""Queries as values and as text."""

import dataclasses
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kps_tui.problems import QueryError
from kps_tui.triage.fields import BY_KEY
from kps_tui.triage.filter import Expression, Not, Term, Value, parsed_strictly
from kps_tui.triage.query import NEWEST_FIRST, Query, SortKey, parse_sort, words_of
from tests.triage.filters import trees

WEB = Term("server", (Value("web"),))


def refusal(text: str) -> QueryError:
    """Return the error for a sort expression, which must be safe to show."""
    with pytest.raises(QueryError) as caught:
        parse_sort(text)
    error = caught.value
    assert error.what.startswith("--sort")
    assert error.exit_code == 2
    unsafe = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    assert not any(unicodedata.category(character) in unsafe for character in str(error))
    return error


def test_the_default_is_newest_first() -> None:
    assert Query().sort == NEWEST_FIRST == (SortKey("time", descending=True),)


def test_a_query_is_a_small_value() -> None:
    assert Query() == Query()
    assert hash(Query()) == hash(Query())
    assert Query() != Query((SortKey("time"),))
    with pytest.raises(dataclasses.FrozenInstanceError):
        Query().sort = ()  # type: ignore[misc]


@pytest.mark.parametrize(
    ("sort", "words"),
    [
        ("-time", "newest first"),
        ("time", "oldest first"),
        ("server", "by server A–Z"),
        ("-key", "by key pair Z–A"),
        ("-server,time", "by server Z–A, then oldest first"),
        ("op,-err,-time", "by operation A–Z, then by error Z–A, then newest first"),
    ],
)
def test_an_order_in_words(sort: str, words: str) -> None:
    assert words_of(parse_sort(sort)) == words


# By a key press


@pytest.mark.parametrize("field", [key for key in BY_KEY if key != "time"])
def test_a_text_is_sorted_upwards_first_and_again_reverses(field: str) -> None:
    once = Query().sorted_by(field)
    assert once.sort == (SortKey(field),)
    assert once.sorted_by(field).sort == (SortKey(field, descending=True),)
    assert once.sorted_by(field).sorted_by(field) == once


def test_a_time_is_sorted_newest_first() -> None:
    assert Query().sorted_by("err").sorted_by("time") == Query()
    assert Query().sorted_by("time").sort == (SortKey("time"),)


def test_a_press_replaces_every_key() -> None:
    several = Query((SortKey("op"), SortKey("err", descending=True)))
    assert several.sorted_by("err").sort == (SortKey("err"),)
    assert several.sorted_by("op").sort == (SortKey("op", descending=True),)


def test_one_more_key_is_added_last_and_again_reverses_in_its_place() -> None:
    query = Query().sorted_by("op").then_by("server").then_by("time")
    assert query.sort == (SortKey("op"), SortKey("server"), SortKey("time", descending=True))
    assert query.then_by("server").sort == (SortKey("op"), SortKey("server", True), SortKey("time", True))
    assert query.then_by("server").then_by("server") == query
    assert query.then_by("op").sort[0] == SortKey("op", descending=True)
    assert words_of(query.then_by("server").sort) == "by operation A–Z, then by server Z–A, then newest first"
    assert Query().then_by("err").sort == (*NEWEST_FIRST, SortKey("err"))


def test_the_order_says_nothing_of_filter_and_facet() -> None:
    query = Query(filter=WEB, facet="err")
    for other in (query.sorted_by("op"), query.then_by("op")):
        assert (other.filter, other.facet) == (WEB, "err")
        assert other.sort != query.sort


# As a command line


def test_what_is_the_default_is_left_out() -> None:
    assert Query().arguments() == []
    assert Query(facet="err").arguments() == []
    assert Query(filter=WEB).arguments() == ["--where", "server:web"]
    assert Query(parse_sort("server,-time")).arguments() == ["--sort", "server,-time"]
    assert Query(parse_sort("time"), Not(WEB)).arguments() == ["--where", "-server:web", "--sort", "time"]


@given(trees(), st.lists(st.sampled_from(list(BY_KEY)), min_size=1, max_size=4))
def test_the_arguments_mean_the_query(expression: Expression, presses: list[str]) -> None:
    query = Query(filter=expression)
    for field in presses:
        query = query.then_by(field)
    arguments = query.arguments()
    options = dict(zip(arguments[::2], arguments[1::2], strict=True))
    assert parsed_strictly(options.pop("--where")) == expression
    assert parse_sort(options.pop("--sort", "-time")) == query.sort
    assert options == {}


# By an option


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("time", (SortKey("time"),)),
        ("-time", (SortKey("time", descending=True),)),
        ("op,-err", (SortKey("op"), SortKey("err", descending=True))),
        (" op , -err ", (SortKey("op"), SortKey("err", descending=True))),
        (",".join(BY_KEY), tuple(SortKey(key) for key in BY_KEY)),
        (",".join(f"-{key}" for key in BY_KEY), tuple(SortKey(key, descending=True) for key in BY_KEY)),
    ],
)
def test_a_list_of_fields_is_read(text: str, keys: tuple[SortKey, ...]) -> None:
    assert parse_sort(text) == keys


@given(st.lists(st.tuples(st.sampled_from(list(BY_KEY)), st.booleans()), min_size=1, unique_by=lambda pair: pair[0]))
def test_what_is_printed_is_read_again(pairs: list[tuple[str, bool]]) -> None:
    keys = tuple(SortKey(field, descending) for field, descending in pairs)
    assert parse_sort(",".join(map(str, keys))) == keys


@pytest.mark.parametrize(
    ("text", "named", "nearest"),
    [
        ("tme", "tme", "time"),
        ("TIME", "TIME", "time"),
        ("-servr", "servr", "server"),
        ("op,errr", "errr", "err"),
        ("--time", "-time", "time"),
        ("state:", "state:", "state"),
        ("error", "error", "err"),
        ("server_name", "server_name", "server"),
    ],
)
def test_an_unknown_field_is_named_with_the_nearest(text: str, named: str, nearest: str) -> None:
    error = refusal(text)
    assert f"“{named}” is not a field" in error.what
    assert error.why == f"did you mean “{nearest}”?"
    assert all(key in str(error.next_step) for key in BY_KEY)


@pytest.mark.parametrize("text", ["zzz", "", "-", ",", "op,", ",op", "op,,err", "重置", "\x1b[31m", "x" * 10_000])
def test_what_is_like_no_field_lists_them_all(text: str) -> None:
    error = refusal(text)
    assert "is not a field" in error.what
    assert error.why == ""
    assert ", ".join(BY_KEY) in str(error.next_step)
    assert len(str(error)) < 300


@pytest.mark.parametrize("text", ["op,op", "op,-op", "-op,err,op"])
def test_a_field_is_named_once(text: str) -> None:
    error = refusal(text)
    assert "“op” twice" in error.what
    assert str(error.next_step)


@given(st.text(st.sampled_from("-, timeop\x1b重"), max_size=20))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        keys = parse_sort(text)
    except QueryError:
        refusal(text)
    else:
        assert keys
        assert all(key.field in BY_KEY for key in keys)
