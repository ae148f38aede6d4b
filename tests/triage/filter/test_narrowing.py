"""Filters made from the screen: they match exactly what was pointed at, and survive printing and parsing."""

from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kps_tui.kps.task import FailedTask
from kps_tui.triage.facets import TASK_FACETS, count, facet_of_column, value_of
from kps_tui.triage.fields import BY_KEY
from kps_tui.triage.filter import EVERYTHING, Every, Expression, Matcher, Term, Value, conjuncts, negated, parse
from kps_tui.triage.filter.narrowing import between, in_group, narrowed, same_value
from kps_tui.triage.store import TaskStore
from tests.payloads import PAYLOADS
from tests.triage.filters import trees
from tests.triage.tasks import EXAMPLE, everywhere, safe, task

NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
TEXTS = st.sampled_from(
    [*PAYLOADS.values(), "web-01", "WEB-01", "re*", "a,b", "or", "-x", "=x", "~x", "/x/", 'a"b', "x:y"]
)
TIMES = st.sampled_from(["1523342130000", "1763856000", "0", "soon", "", None, "4102444799999", 1763999999999])
TASKS = st.builds(
    lambda number, at, *texts: FailedTask.from_json(
        dict(zip(EXAMPLE, texts, strict=True)) | {"task_id": f"{number}", "task_time": at}
    ),
    st.integers(0, 99),
    TIMES,
    *[TEXTS] * len(EXAMPLE),
)
ZONES = st.sampled_from([UTC, timezone(timedelta(hours=8)), ZoneInfo("Europe/Berlin")])


def found(expression: Expression, store: TaskStore, zone: tzinfo | None = None) -> set[int]:
    return set(Matcher(expression, NOW, zone).select(store, range(len(store))))


def alike(one: FailedTask, other: FailedTask, column: str, zone: tzinfo) -> bool:
    """Return whether a person would say that both tasks have the same value in a column."""
    facet = facet_of_column(column)
    if facet:
        return value_of(one, facet, zone).casefold() == value_of(other, facet, zone).casefold()
    return BY_KEY[column].text(one).casefold() == BY_KEY[column].text(other).casefold()


@given(st.lists(TASKS, min_size=1, max_size=8), st.sampled_from(list(BY_KEY)), ZONES)
def test_a_cell_finds_the_tasks_that_say_the_same_and_its_negation_the_others(
    tasks: list[FailedTask], column: str, zone: tzinfo
) -> None:
    store = TaskStore(tasks)
    expression = same_value(store[0], column, zone)
    same = {index for index in range(len(store)) if alike(store[index], store[0], column, zone)}
    assert found(expression, store, zone) == same
    assert found(negated(expression), store, zone) == set(range(len(store))) - same


@given(st.lists(TASKS, min_size=1, max_size=8), st.sampled_from(TASK_FACETS), ZONES)
def test_a_group_has_as_many_tasks_as_were_counted(tasks: list[FailedTask], facet: str, zone: tzinfo) -> None:
    store = TaskStore(tasks)
    for counted in count(store, range(len(store)), facet, zone).values:
        assert len(found(in_group(facet, counted.value), store, zone)) == counted.count


@given(st.lists(TASKS, min_size=1, max_size=8), st.sampled_from(TASK_FACETS), st.data())
def test_several_groups_have_the_tasks_of_each(tasks: list[FailedTask], facet: str, data: st.DataObject) -> None:
    store = TaskStore(tasks)
    counted = count(store, range(len(store)), facet, UTC).values
    chosen = data.draw(st.lists(st.sampled_from(counted), min_size=1, unique=True))
    expression = in_group(facet, *(each.value for each in chosen))
    assert len(found(expression, store, UTC)) == sum(each.count for each in chosen)
    assert parse(str(expression), NOW).expression == expression


@pytest.mark.parametrize(
    ("facet", "field", "texts"),
    [
        ("err", "task_error_msg", ("   ", "", None)),
        ("err", "task_error_msg", ("1," * 500, "2," * 500)),
        ("err", "task_error_msg", ("5\u017f", "5S", "5s", " 5s ")),
        ("op", "operate_type", ("re*", "FAILED_RESET", "remove")),
    ],
    ids=["a message of spaces", "a message that masking makes longer", "case and spaces", "an asterisk"],
)
def test_a_group_of_odd_texts_has_as_many_tasks_as_were_counted(
    facet: str, field: str, texts: tuple[str | None, ...]
) -> None:
    store = TaskStore(task(task_id=str(number), **{field: text}) for number, text in enumerate(texts))
    counted = count(store, range(len(store)), facet).values
    shown = {each.value: len(found(in_group(facet, each.value), store)) for each in counted}
    assert shown == {each.value: each.count for each in counted}
    assert all(
        parse(str(in_group(facet, each.value)), NOW).expression == in_group(facet, each.value) for each in counted
    )


@given(trees() | st.just(EVERYTHING), TASKS, st.sampled_from(list(BY_KEY)), st.booleans())
def test_a_narrowed_filter_is_written_and_read_as_it_is(
    expression: Expression, one: FailedTask, column: str, is_negated: bool
) -> None:
    cell = same_value(one, column)
    whole = narrowed(expression, negated(cell) if is_negated else cell)
    parsed = parse(str(whole), NOW)
    assert parsed.mistakes == ()
    assert parsed.expression == whole


@pytest.mark.parametrize(
    ("facet", "values", "text"),
    [
        ("key", ("prod", "k8s"), "key:=prod,=k8s"),
        ("key", ("prod", ""), 'key:=prod,""'),
        ("op", ("bind", "reset"), "op:bind,reset"),
        ("day", ("2026-11-26", "2026-11-25"), "on:2026-11-26,2026-11-25"),
        ("day", ("2026-11-26", ""), "on:2026-11-26 or time:"),
    ],
)
def test_the_words_of_several_groups(facet: str, values: tuple[str, ...], text: str) -> None:
    assert str(in_group(facet, *values)) == text


@given(trees(), st.lists(TASKS, max_size=6), TASKS, st.sampled_from([key for key in BY_KEY if key != "time"]))
def test_narrowing_leaves_what_both_match(
    expression: Expression, tasks: list[FailedTask], one: FailedTask, column: str
) -> None:
    store, cell = TaskStore(tasks), same_value(one, column)
    assert found(narrowed(expression, cell), store) == found(expression, store) & found(cell, store)


def test_the_cell_of_a_time_is_its_day_where_the_user_is() -> None:
    late = task(task_time=str(int(datetime(2026, 11, 22, 23, 30, tzinfo=UTC).timestamp() * 1000)))
    assert str(same_value(late, "time", UTC)) == "on:2026-11-22"
    assert str(same_value(late, "time", timezone(timedelta(hours=8)))) == "on:2026-11-23"
    assert str(same_value(task(task_time="?"), "time")) == "time:"


def test_the_cell_of_an_error_is_its_normalised_form() -> None:
    one = task(task_error_msg="connect to 10.0.0.1:22 failed")
    other, more = task(task_id="b", task_error_msg="connect to 10.0.0.2:22 failed"), task(task_id="c")
    assert found(same_value(one, "err"), TaskStore([one, other, more])) == {0, 1}


@pytest.mark.parametrize(
    ("column", "value", "text"),
    [
        ("op", "reset", "op:reset"),
        ("server", "web-1", "server:=web-1"),
        ("server", "", "server:"),
        ("code", "", "code:"),
        ("code", "Ecs.0001", "code:Ecs.0001"),
        ("cause", "private-key", "cause:private-key"),
        ("family", "api-gateway", "family:api-gateway"),
        ("family", "a*", "family:=a*"),
    ],
)
def test_the_words_of_a_group(column: str, value: str, text: str) -> None:
    assert str(in_group(column, value)) == text


def test_a_stretch_of_time_takes_the_place_of_the_one_before() -> None:
    web = Term("server", (Value("web"),))
    day = Term("on", (Value("2026-11-22"),))
    hours = between(1_763_856_000_000, 1_763_859_600_000, UTC)
    assert str(hours) == "since:2025-11-23 until:2025-11-23T01:00"
    assert narrowed(Every((web, day)), hours) == Every((web, *conjuncts(hours)))
    assert narrowed(narrowed(web, hours), day) == Every((web, day))
    assert narrowed(day, web) == Every((day, web))
    assert narrowed(narrowed(web, day), day) == Every((web, day))


def test_a_stretch_of_time_is_found_from_its_first_to_before_its_last_minute() -> None:
    start = 1_763_856_000_000
    tasks = [task(task_id=str(at), task_time=str(start + at)) for at in (-1, 0, 59_999, 60_000)]
    assert found(between(start, start + 60_000), TaskStore(tasks)) == {1, 2}


@pytest.mark.parametrize("text", PAYLOADS.values(), ids=PAYLOADS)
def test_a_filter_from_a_hostile_cell_is_safe_to_show(text: str) -> None:
    hostile = everywhere(text)
    assert all(safe(str(same_value(hostile, column))) for column in BY_KEY)
