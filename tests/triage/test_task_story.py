"""What the loaded rows tell about a task: attempts, contradictions, and counts of its server, key pair and error."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kps_tui.kps.task import FailedTask
from kps_tui.triage.facets import Counted
from kps_tui.triage.normalise import group_of_error
from kps_tui.triage.runbook import Need
from kps_tui.triage.store import TaskStore
from kps_tui.triage.task_story import ATTEMPTS, DAYS, StoryIndex, TaskStory
from tests.triage.tasks import EXAMPLE

NOW = datetime(2026, 11, 26, 11, 30, tzinfo=UTC)
"""A Thursday."""


def at(**ago: float) -> str:
    """Return the time so long before `NOW`, as the service sends it."""
    return str(int((NOW - timedelta(**ago)).timestamp() * 1000))


def row(number: int, ago: str | None, **other: object) -> FailedTask:
    """Return a task of the example with another id, failed at the time `ago`."""
    return FailedTask.from_json(EXAMPLE | {"task_id": f"t{number}", "task_time": ago} | other)


def story(*tasks: FailedTask, of: int = 0, now: datetime = NOW, zone: ZoneInfo | None = None) -> TaskStory:
    """Return the story of one of `tasks`."""
    store = TaskStore(tasks)
    return StoryIndex(store, zone or ZoneInfo("UTC")).story(store[of], now)


def ids(found: TaskStory) -> list[str]:
    return [task.task_id for task in found.attempts]


def test_the_attempts_on_the_server_are_in_order_of_time() -> None:
    found = story(
        row(0, at(hours=1)),
        row(1, at(days=2), operate_type="FAILED_BIND"),
        row(2, at(minutes=5), server_name="another name"),
        row(3, at(minutes=3), server_id="another"),
        row(4, "soon"),
    )
    assert ids(found) == ["t2", "t0", "t1", "t4"]
    assert found.server is not None
    assert found.server.failures == 4
    assert found.server.servers == 1
    assert found.server.operations == (Counted("replace", 3), Counted("bind", 1))
    assert found.more_attempts == 0


@pytest.mark.parametrize("missing", [None, ""])
def test_without_an_id_a_server_is_known_by_its_name(missing: str | None) -> None:
    rows = [row(n, at(minutes=n), server_id=missing, server_name=f"web-{n % 2}") for n in range(5)]
    assert ids(story(*rows)) == ["t0", "t2", "t4"]


def test_without_id_and_name_nothing_is_said_of_the_server() -> None:
    rows = [row(n, at(minutes=n), server_id=None, server_name=None) for n in range(3)]
    found = story(*rows)
    assert ids(found) == []
    assert found.server is None
    assert found.key_pair is not None
    assert (found.key_pair.failures, found.key_pair.servers) == (3, 0)


@pytest.mark.parametrize("missing", [None, ""])
def test_without_a_key_pair_nothing_is_counted_for_it(missing: str | None) -> None:
    found = story(*(row(n, at(minutes=n), keypair_name=missing) for n in range(3)))
    assert found.key_pair is None
    assert found.error is not None
    assert found.error.failures == 3


def test_the_key_pair_is_counted_by_server_day_and_error() -> None:
    found = story(
        row(0, at(hours=1)),
        row(1, at(hours=11), server_id="b", task_error_msg="no route to 10.0.0.1"),
        row(2, at(hours=12), server_id="c"),
        row(3, at(days=3), server_id="c", task_error_msg="no route to 10.0.0.2"),
        row(4, at(days=4), server_id="d"),
        row(5, at(days=1), keypair_name="another"),
        row(6, "soon"),
    )
    assert found.key_pair is not None
    assert (found.key_pair.failures, found.key_pair.servers) == (6, 4)
    assert (found.key_pair.today, found.key_pair.servers_today) == (2, 2), "the day began 11 h 30 min ago"
    assert found.key_pair.this_week == 4, "of Monday and later"
    assert found.key_pair.errors == (Counted("Update public key error", 4), Counted("no route to <address>", 2))
    assert found.key_pair.first == int(at(days=4))
    assert found.key_pair.last == int(at(hours=1))


def test_the_error_is_counted_by_its_normalised_text() -> None:
    messages = [f"云服务器 {number:08x}-{'0' * 4}-4000-8000-{'1' * 12} 不存在或已被删除" for number in range(3)]
    found = story(*(row(n, at(days=n), task_error_msg=message) for n, message in enumerate(messages)), row(9, at()))
    assert found.error is not None
    assert found.error.failures == 3
    assert found.error.days[-3:] == (1, 1, 1)
    assert len(found.error.days) == DAYS
    assert found.explanation is not None
    assert [cause.diagnosis.cause.id for cause in found.explanation.causes] == ["server-gone"]


def test_tasks_without_a_message_and_without_times_have_no_counts_of_days() -> None:
    found = story(row(0, None, task_error_msg=None), row(1, "soon", task_error_msg=""))
    assert found.error is None
    assert found.server is not None
    assert (found.server.failures, found.server.first, found.server.last) == (2, None, None)
    assert (found.server.today, found.server.this_week, sum(found.server.days)) == (0, 0, 0)


def test_days_are_those_of_the_zone() -> None:
    rows = [row(0, at(hours=11)), row(1, at(hours=12))]
    for zone, today in (("UTC", 1), ("Asia/Shanghai", 2), ("America/Los_Angeles", 0)):
        found = story(*rows, zone=ZoneInfo(zone)).error
        assert found is not None
        assert found.today == today, zone


def test_an_error_of_long_ago_has_the_days_before_its_last_failure() -> None:
    found = story(row(0, at(days=100)), row(1, at(days=101))).error
    assert found is not None
    assert found.last_day == (NOW - timedelta(days=100)).date().toordinal()
    assert found.days[-2:] == (1, 1)
    assert (found.today, found.this_week) == (0, 0)


def test_what_is_usual_is_the_middle_half_of_the_days_before_today() -> None:
    counts = [5, 1, 1, 2, 9, 1, 4, 2, 0]
    rows = [row(100 * day + n, at(days=day, seconds=n)) for day, count in enumerate(counts) for n in range(count)]
    found = story(*rows)
    assert found.error is not None
    assert found.error.days[-len(counts) :] == tuple(reversed(counts))
    assert found.error.usual(found.today) == (1, 4)
    few = story(*(each for each in rows if int(each.task_id[1:]) < 600))
    assert few.error is not None
    assert few.error.usual(few.today) is None, "six days are too few"


@pytest.mark.parametrize(
    ("operation", "other", "minutes", "need", "other_need"),
    [
        ("RESET", "REPLACE", 5, Need.SHUT_DOWN, Need.RUNNING),
        ("REPLACE", "RESET", 59, Need.RUNNING, Need.SHUT_DOWN),
        ("BIND", "UNBIND", 1, Need.NO_KEY_PAIR, Need.KEY_PAIR),
        ("UNBIND", "BIND", 1, Need.KEY_PAIR, Need.NO_KEY_PAIR),
        ("REPLACE", "BIND", 1, Need.KEY_PAIR, Need.NO_KEY_PAIR),
        ("RESET", "BIND", 5, None, None),
        ("RESET", "REPLACE", 61, None, None),
        ("RESET", "REPLACE", -5, None, None),
        ("RESET", "RESET", 5, None, None),
        ("MELT", "RESET", 5, None, None),
        ("RESET", "MELT", 5, None, None),
    ],
)
def test_a_task_shortly_before_may_need_the_opposite(
    operation: str, other: str, minutes: int, need: Need | None, other_need: Need | None
) -> None:
    found = story(
        row(0, at(hours=3), operate_type=f"FAILED_{operation}"),
        row(1, at(hours=3, minutes=minutes), operate_type=f"FAILED_{other}"),
        row(2, at(hours=3, minutes=2), operate_type=f"FAILED_{other}", server_id="another"),
        row(3, at(days=9), operate_type=f"FAILED_{other}"),
    ).contradiction
    if need is None:
        assert found is None
    else:
        assert found is not None
        assert (found.need, found.other.task_id, found.other_need) == (need, "t1", other_need)
        assert found.before == minutes * 60_000


def test_of_many_attempts_those_around_the_task_are_kept() -> None:
    rows = [row(n, at(minutes=n)) for n in range(3 * ATTEMPTS)]
    for of in (0, ATTEMPTS, 3 * ATTEMPTS - 1):
        found = story(*rows, of=of)
        assert len(found.attempts) == ATTEMPTS
        assert f"t{of}" in ids(found)
        assert found.more_attempts == 2 * ATTEMPTS


TASKS = st.lists(
    st.builds(
        lambda server, key, error, days, operation: {
            "server_id": server,
            "server_name": server,
            "keypair_name": key,
            "task_error_msg": error,
            "ago": at(days=days) if days >= 0 else None,
            "operate_type": operation,
        },
        st.sampled_from([None, "", "a", "b"]),
        st.sampled_from([None, "", "k", "K", "l"]),
        st.sampled_from([None, "x", "X", "server 10.0.0.1", "server 10.0.0.2"]),
        st.integers(-1, 80),
        st.sampled_from([None, "FAILED_BIND", "RUNNING_RESET"]),
    ),
    min_size=1,
    max_size=40,
)


@given(first=TASKS, then=TASKS, day=st.integers(0, 2))
def test_counts_are_those_of_a_plain_loop_whatever_was_counted_before(
    first: list[dict[str, object]], then: list[dict[str, object]], day: int
) -> None:
    store = TaskStore(row(n, **each) for n, each in enumerate(first))  # type: ignore[arg-type]
    index = StoryIndex(store, ZoneInfo("UTC"))
    index.story(store[0], NOW)
    store.extend(row(1000 + n, **each) for n, each in enumerate(then))  # type: ignore[arg-type]
    now = NOW + timedelta(days=day)
    for task in store.tasks:
        found = index.story(task, now)
        for summary, same in (
            (found.server, [other for other in store.tasks if server(other) == server(task)] if server(task) else []),
            (found.key_pair, [o for o in store.tasks if fold(o.keypair_name) == fold(task.keypair_name)]),
            (found.error, [o for o in store.tasks if error(o) == error(task)]),
        ):
            if summary is None:
                assert same == [] or not (fold(task.keypair_name) and error(task))
                continue
            moments = [each.milliseconds for each in same if each.milliseconds is not None]
            dates = [datetime.fromtimestamp(each / 1000, UTC).date() for each in moments]
            assert summary.failures == len(same)
            assert summary.servers == len({server(each) for each in same} - {""})
            assert summary.first == min(moments, default=None)
            assert summary.last == max(moments, default=None)
            assert summary.today == dates.count(now.date())
            assert summary.this_week == sum(each >= now.date() - timedelta(days=now.weekday()) for each in dates)
            assert {each.value.casefold(): each.count for each in summary.errors} == Counter(map(error, same))
            assert sum(each.count for each in summary.operations) == len(same)
            last = datetime.fromordinal(summary.last_day).date()
            assert summary.days == tuple(dates.count(last - timedelta(days=ago)) for ago in reversed(range(DAYS)))


def server(task: FailedTask) -> str:
    return task.server_id or task.server_name or ""


def fold(text: str | None) -> str:
    return (text or "").casefold()


def error(task: FailedTask) -> str:
    return group_of_error(fold(task.task_error_msg))


def test_a_row_that_was_replaced_is_counted_anew() -> None:
    store = TaskStore([row(0, at(hours=1)), row(1, at(hours=2))])
    index = StoryIndex(store, ZoneInfo("UTC"))
    assert len(index.story(store[0], NOW).attempts) == 2
    store.extend([row(1, at(hours=2), server_id="another")])
    found = index.story(store[0], NOW)
    assert ids(found) == ["t0"]
    assert found.server is not None
    assert found.server.failures == 1


def test_what_is_counted_once_is_not_read_again() -> None:
    store = TaskStore(row(n, at(minutes=n), server_id=f"s{n % 100}") for n in range(2000))
    index = StoryIndex(store, ZoneInfo("UTC"))
    assert index.rows_to_read(store[0]) >= 3 * len(store), "nothing is known yet"
    index.story(store[0], NOW)
    assert index.rows_to_read(store[0]) == 20, "the attempts on the server are sorted each time"
    assert index.rows_to_read(store[1]) == 40, "of the other server"
    store.extend([row(5000, at(), task_error_msg="new")])
    assert index.rows_to_read(store[1]) == 40 + 3 + 100, "a new row, and a new text"
