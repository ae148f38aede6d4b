"""The detail as text: what is said, and that it fits at every width."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.content import Content

from kps_tui.kps.task import FailedTask
from kps_tui.triage.knowledge import Acknowledgement
from kps_tui.triage.running import RunningOperation
from kps_tui.triage.standings import Standing
from kps_tui.triage.store import TaskStore
from kps_tui.triage.task_story import StoryIndex, TaskStory
from kps_tui.ui.widgets.task_detail.below import below
from kps_tui.ui.widgets.task_detail.sections import beside, whole
from kps_tui.ui.widgets.task_detail.words import Detail, under_way
from tests.triage.tasks import everywhere, safe

NOW = datetime(2026, 11, 26, 11, 30, tzinfo=UTC)
"""A Thursday."""
SERVER_ID = "c2ae9a9f-320d-4cc7-9eab-877e45b18c27"
TASK_ID = "c7eea32c-a55d-409b-a082-3ee7e624eda4"
EXAMPLE = {
    "task_id": TASK_ID,
    "operate_type": "FAILED_REPLACE",
    "task_error_code": None,
    "task_error_msg": "Server login credential incorrect",
    "server_name": "api-gateway-cn-north-4b-08",
    "server_id": SERVER_ID,
    "keypair_name": "prod-ops-2025",
}


def row(minutes: float | None = 100, **other: object) -> FailedTask:
    """Return the example, failed so many minutes before `NOW`; None: without a time."""
    time = None if minutes is None else str(int((NOW - timedelta(minutes=minutes)).timestamp() * 1000))
    return FailedTask.from_json(EXAMPLE | {"task_time": time} | other)


def detail(*tasks: FailedTask, base: str = "") -> Detail:
    """Return the detail of the first of `tasks`, told from all of them."""
    store = TaskStore(tasks)
    return Detail(StoryIndex(store, UTC).story(store[0], NOW), NOW, base or f"all {len(store)}", zone=UTC)


def several() -> Detail:
    """Return the detail of a task with other failures on its server, with its key pair and with its error."""
    day = 24 * 60
    return detail(
        row(),
        row(2 * day, task_id="t1", operate_type="FAILED_RESET", task_error_msg="Update public key error"),
        row(4 * day, task_id="t2", operate_type="FAILED_BIND", keypair_name="KeyPair-1"),
        row(90 * day, task_id="t3", task_error_msg="Failed to connect to 10.0.0.1:22 from 100.125.0.0/16"),
        *(row(100 + n, task_id=f"o{n}", server_id=f"other {n}") for n in range(28)),
        *(row(day * n, task_id=f"u{n}", server_id=f"other {n % 3}") for n in range(1, 30)),
    )


def lines(content: Content) -> list[str]:
    return content.plain.split("\n")


def test_below_a_terminal_of_80_columns_are_six_lines() -> None:
    assert lines(below(several(), 78, 7)) == [
        "─ replace failed · 1 h 40 min ago ──────────────────────────────── in all 61 ─",
        "Server login credential incorrect                       29 today on 29 servers",
        "Server     api-gateway-cn-north-4b-08            4 failures, 2 this week",
        "           c2ae9a9f-320d-4cc7-9eab-877e45b18c27",
        "Key pair   prod-ops-2025                         60 on 29 servers, 29 today",
        "Task       26 Nov 09:50:00 UTC · c7eea32c-a55d-409b-a082-3ee7e624eda4",
        "Likely     1 the private key is wrong, expired or not PEM · 2 content, owner…",
    ]


def test_below_a_terminal_of_120_columns_are_eight_lines_in_two_columns() -> None:
    assert lines(below(several(), 118, 9)) == [
        "─ replace failed · 26 Nov 09:50:00 UTC · 1 h 40 min ago " + "─" * 50 + " in all 61 ─",
        "Server login credential incorrect",
        f"Server     {'api-gateway-cn-north-4b-08':46}4 failures since 28 Aug, 2 this week · also bind 1×, reset 1×",
        "           c2ae9a9f-320d-4cc7-9eab-877e45b18c27",
        "Key pair   prod-ops-2025                                 60 failures on 29 servers · 29 of them today",
        "Error      29 today on 29 servers                        first 28 Oct 11:30 · last 09:50 · usually 1 a day",
        f"Likely     {'1 the private key is wrong, expired or not PEM':77}(dew_01_0066, read 2026-11-26)",
        "Check      2 content, owner or mode of ~/.ssh/authorized_keys of root was changed"
        " · 3 the security group does not let…",
        "Task       c7eea32c-a55d-409b-a082-3ee7e624eda4",
    ]


def test_the_page_of_the_order_gives_way_to_the_likely_cause() -> None:
    line = next(line for line in lines(below(several(), 98, 9)) if line.startswith("Likely"))
    assert line == f"Likely     {'1 the private key is wrong, expired or not PEM':57}(dew_01_0066, read 2026-11-26)"
    quota = detail(
        row(0, task_error_msg="Insufficient ECS quota", operate_type="FAILED_RESET", task_error_code="Ecs.0001")
    )
    (line,) = (line for line in lines(below(quota, 118, 9)) if line.startswith("Likely"))
    assert line == "Likely     no temporary server could be created: quota, sold out, or no address in the subnet"


def test_beside_the_table_is_the_story_of_the_server_and_as_much_else_as_fits() -> None:
    shown = lines(beside(several(), 55, 45))
    for part in (
        ["replace failed · 1 h 40 min ago", "", "Server login credential incorrect", "", "SERVER  in all 61"],
        [
            "api-gateway-cn-north-4b-08",
            SERVER_ID,
            "4 failures since 28 Aug, 2 this week · also bind 1×,",
            "reset 1×",
            "> 09:50  replace  Server login credential incorrect",
            "  Tue    reset    Update public key error",
            "  Sun    bind     KeyPair-1: Server login credential i…",
            "  28 Aug replace  Failed to connect to <address>:22 fr…",
        ],
        ["KEY PAIR", "prod-ops-2025", "60 failures on 29 servers · 29 of them today"],
        ["  58  Server login credential incorrect", "   1  Failed to connect to <address>:22 from 100.125.0…"],
        ["THIS ERROR", "29 today on 29 servers, usually 1 a day"],
        [f"  {'▁' * 29}█   28 Oct – 26 Nov"],
        [
            "LIKELY CAUSES  replace, in the vendor's order",
            "> 1 the private key is wrong, expired or not PEM",
        ],
        ["  needs: the server is running", "  dew_01_0066, read 2026-11-26"],
        ["TASK", TASK_ID, "26 Nov 09:50:00 UTC", "", "NOTE", "none · a acknowledges, with a note"],
    ):
        assert any(shown[at : at + len(part)] == part for at in range(len(shown))), (part, shown)
    assert len(shown) == 44
    assert len(lines(beside(several(), 55, 30))) <= 30


def test_over_the_whole_width_is_everything() -> None:
    shown = whole(several(), 130).plain
    assert shown.startswith(
        "Server login credential incorrect\n"
        f"replace failed · 26 Nov 09:50:00 UTC · 1 h 40 min ago · {TASK_ID}\n\nSERVER"
    )
    for part in (
        "name      api-gateway-cn-north-4b-08",
        f"id        {SERVER_ID}",
        "> 2026-11-26 09:50:00 replace  prod-ops-2025         Server login credential incorrect",
        "  2026-11-24 11:30:00 reset    prod-ops-2025         Update public key error",
        "  2026-08-28 11:30:00 replace  prod-ops-2025         Failed to connect to 10.0.0.1:22 from 100.125.0.0/16",
        "59 failures on 29 servers · first 28 Oct 11:30 · last 09:50",
        "> 1 the private key is wrong, expired or not PEM\n    log in to the server by hand",
        "\n  2 content, owner or mode of ~/.ssh/authorized_keys of root was changed\n    on the server, was",
        "\n  4 can the server be shut down, started and logged in to?\n    then: replace again;",
        "\n  needs: the server is running\n  needs: the private key of the present key pair is given, as PEM",
        "\n  it takes about 1 min, without a restart\n",
        "\n  order of checks: https://support.huaweicloud.com/dew_faq/dew_01_0066.html, read 2026-11-26\n",
        f"\nid        {TASK_ID}",
        "\ntime      2026-11-26 09:50:00\nage       1 h ago\nUTC       2026-11-26 09:50:00\n",
    ):
        assert part in shown, (part, shown)
    order = ["\nSERVER", "\nKEY PAIR\n", "\nTHIS ERROR\n", "\nLIKELY CAUSES", "\nTASK\n", "\nNOTE\n"]
    places = [shown.index(title) for title in order]
    assert places == sorted(places)


def test_over_the_width_of_a_large_screen_the_same_stands_in_two_columns() -> None:
    narrow, wide = lines(whole(several(), 120)), lines(whole(several(), 170))
    at = next(line for line in wide if line.startswith("SERVER")).index("THIS ERROR")
    left, right = [line[: at - 1].rstrip() for line in wide], [line[at:] for line in wide]
    assert len(wide) < len(narrow) * 2 / 3
    for title in ("KEY PAIR", "TASK", "NOTE"):
        assert title in left
    assert "LIKELY CAUSES  replace, in the vendor's order" in right
    assert "> 2026-11-26 09:50:00 replace  prod-ops-2025         Server login credential incorrect" in left
    assert f"id        {SERVER_ID}" in left
    assert f"id        {TASK_ID}" in left


DRAWN: dict[str, Callable[[Detail, int], Content]] = {
    "below": lambda each, width: below(each, width, 7 if width < 98 else 9),
    "beside": lambda each, width: beside(each, min(width, 58), 40),
    "whole": whole,
}


def widths(place: str) -> Iterator[int]:
    """Yield the widths that the text has in a terminal of 60 to 260 columns."""
    if place == "below":
        yield from range(78, 178)
    elif place == "beside":
        yield from (53, 54, 55, 56)
    else:
        yield from range(57, 258)


@pytest.mark.parametrize("place", DRAWN)
def test_every_id_is_whole_and_every_line_fits_at_every_width(place: str) -> None:
    known = several()
    one = detail(row(server_name="订单服务-" * 9, task_error_msg="登录凭证错误，请检查root密码或私钥" * 9))
    for width in widths(place):
        for each in (known, one):
            shown = lines(DRAWN[place](each, width))
            assert max(map(cell_len, shown)) <= width
            for id in (SERVER_ID, TASK_ID):
                assert any(id in line.split() for line in shown), (width, shown)
            if place == "below":
                assert len(shown) == (7 if width < 98 else 9)


TEXTS = st.text(max_size=80) | st.none()


@given(
    values=st.fixed_dictionaries(dict.fromkeys([*EXAMPLE, "task_time", "other"], TEXTS)),
    operation=st.sampled_from([None, "FAILED_BIND", "RUNNING_RESET", "MELT"]),
    width=st.integers(78, 200),
)
def test_whatever_was_sent_every_line_fits_and_is_harmless(
    values: dict[str, object], operation: str | None, width: int
) -> None:
    each = replace(detail(FailedTask.from_json(values | {"operate_type": operation}), row()), under_way="x" * 30)
    for draw in DRAWN.values():
        content = draw(each, width)
        assert safe(content.plain)
        assert all(cell_len(line) <= (min(width, 58) if draw is DRAWN["beside"] else width) for line in lines(content))


def test_one_task_alone_has_no_counts_of_others() -> None:
    shown = whole(detail(row()), 100).plain
    assert shown.count("no other failure") == 3
    assert "in all 1" in shown
    assert ">" not in shown.partition("LIKELY")[0], "no list of attempts"
    assert "▁" not in shown


def test_an_unknown_message_has_the_checks_of_the_vendor_under_that_name() -> None:
    each = detail(row(task_error_msg="quux"))
    shown = whole(each, 100).plain
    assert "CHECKS FOR A FAILED REPLACE, BY THE VENDOR\n  1 the private key is wrong" in shown
    assert "LIKELY" not in shown
    assert "Checks     Checks for a failed replace, by the vendor" in below(each, 118, 9).plain
    assert "Likely" not in below(each, 118, 9).plain


def test_a_chinese_message_has_its_cause() -> None:
    shown = whole(detail(row(task_error_msg="登录凭证错误，请检查root密码或私钥")), 100).plain
    assert "> 1 the private key is wrong" in shown


def test_a_cause_that_the_vendor_does_not_list_stands_before_the_checks() -> None:
    each = detail(row(operate_type="FAILED_RESET", task_error_msg="x", task_error_code="Ecs.0001"))
    shown = whole(each, 100).plain
    assert "\nLIKELY CAUSE\nEcs.0001: " in shown
    assert "\n> no temporary server could be created" in shown
    assert "\nCHECKS FOR A FAILED RESET, BY THE VENDOR\n  1 the security group" in shown
    eight = below(each, 118, 9).plain
    assert "Likely     no temporary server could be created: quota, sold out, or no address in the subnet" in eight
    assert "Check      1 the security group" in eight
    assert "\n[Ecs.0001] x" in eight


def test_an_operation_that_the_runbook_does_not_know_has_no_checks() -> None:
    each = detail(row(operate_type="FAILED_MELT", task_error_msg="quux"))
    assert "THE RUNBOOK HAS NO CHECKS FOR THIS OPERATION" in whole(each, 100).plain
    assert lines(below(each, 78, 7))[0].startswith("─ FAILED_MELT · ")


def test_what_contradicts_the_operation_is_said() -> None:
    each = detail(row(100, operate_type="FAILED_RESET"), row(105, task_id="before"))
    said = "! reset needs the server shut down; replace, tried 5 min before, needs the server running"
    assert said in whole(each, 100).plain
    assert said.split(";")[0] in beside(each, 55, 40).plain
    assert "! replace, tried 5 min before, needs the server running" in below(each, 118, 9).plain
    assert "! replace, tried 5 min bef" in below(each, 78, 7).plain
    for seconds, words in ((20, "20 s before"), (3000, "50 min before")):
        each = detail(
            row(100, operate_type="FAILED_BIND"), row(100 + seconds / 60, operate_type="FAILED_UNBIND", task_id="b")
        )
        said = f"! bind needs a server without a key pair; unbind, tried {words}, needs a server with a key pair"
        assert said in whole(each, 110).plain


def test_what_is_under_way_on_the_server_is_said_in_every_place() -> None:
    each = replace(several(), under_way="replace runs since 11:29")
    for draw in DRAWN.values():
        for width in (78, 118):
            assert each.under_way in draw(each, width).plain


def test_new_acknowledged_and_repeated_are_words_with_the_note() -> None:
    at = int((NOW - timedelta(days=1)).timestamp() * 1000)
    known = Acknowledgement(1, 2, 3, at, "ticket 4711")
    acked = replace(several(), standing=Standing.NEW | Standing.ACKED, acknowledgement=known)
    assert " · new · acknowledged " in below(acked, 118, 9).plain
    assert "acknowledged 25 Nov 11:30: ticket 4711" in below(acked, 118, 9).plain
    assert "NOTE\nacknowledged 25 Nov 11:30: ticket 4711" in whole(acked, 100).plain
    fallen = replace(acked, standing=Standing.REPEAT)
    assert "repeated since acknowledged" in lines(below(fallen, 118, 9))[0]
    assert "acknowledged 25 Nov 11:30, but it failed again since: ticket 4711" in whole(fallen, 100).plain


@pytest.mark.parametrize("place", DRAWN)
def test_the_base_of_the_counts_is_said_once(place: str) -> None:
    each = replace(several(), base="1,000 of 2,500 loaded")
    assert DRAWN[place](each, 118 if place != "beside" else 55).plain.count("in 1,000 of 2,500 loaded") == 1


@pytest.mark.parametrize("place", DRAWN)
def test_before_anything_is_counted_the_task_is_there(place: str) -> None:
    each = Detail(TaskStory(row()), NOW, "all 5", zone=UTC)
    shown = DRAWN[place](each, 100).plain
    for part in ("Server login credential incorrect", "replace failed", SERVER_ID, "prod-ops-2025", TASK_ID):
        assert part in shown
    assert "all 5" not in shown
    assert "no other failure" not in shown


def test_what_is_missing_is_a_dash_and_what_is_unknown_is_shown() -> None:
    bare = FailedTask.from_json({"new_field": {"a": "\x1b[31m"}, "operate_type": "FAILED_MELT", "task_time": "soon"})
    text = whole(detail(bare), 60).plain
    for part in (
        "no error given",
        "name      —",
        "operation FAILED_MELT",
        "state     —",
        "time      soon?",
        "none sent",
    ):
        assert part in text
    assert 'OTHER FIELDS\nnew_field {"a": "\\u001b[31m"}' in text


def test_times_are_those_of_the_zone() -> None:
    each = replace(several(), zone=ZoneInfo("Asia/Shanghai"))
    assert "26 Nov 17:50:00 CST" in below(each, 118, 9).plain
    assert "\ntime      2026-11-26 17:50:00\n" in whole(each, 100).plain
    assert "\nUTC       2026-11-26 09:50:00\n" in whole(each, 100).plain


def test_a_text_from_outside_is_no_markup() -> None:
    store = TaskStore([everywhere("[bold red]x[/] [@click=app.quit]y[/]"), row()])
    each = Detail(StoryIndex(store, UTC).story(store[0], NOW), NOW, zone=UTC)
    for draw in DRAWN.values():
        assert "[bold red]x[/]" in draw(each, 100).plain


@pytest.mark.parametrize(
    ("operation", "said"),
    [
        (None, ""),
        (RunningOperation("bind", 1_795_420_620_000), "bind under way since 07:57"),
        (RunningOperation("bind", 1_795_334_220_000), "bind under way since Sun 07:57"),
        (RunningOperation("reset", None), "reset under way"),
        (RunningOperation("a\x1b[31mb", None), "a␛[31mb under way"),
        (RunningOperation("", None), "? under way"),
    ],
)
def test_an_operation_under_way_is_named_with_its_start(operation: RunningOperation | None, said: str) -> None:
    assert under_way(operation, datetime(2026, 11, 23, 8, 30, tzinfo=UTC)) == said
