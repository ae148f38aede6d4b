"""The ticket: its first lines, and that text from outside adds no Markdown to it."""

import dataclasses
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from kps_tui.kps.task import API_FIELDS, FailedTask
from kps_tui.triage.incidents import find_incidents, spread
from kps_tui.triage.store import Tasks, TaskStore
from kps_tui.triage.ticket import ERROR_LIMIT, ERRORS, ROWS, TicketHeading, ticket
from tests.payloads import PAYLOADS
from tests.triage.tasks import everywhere, safe, task

SHANGHAI = timezone(timedelta(hours=8))
READ_AT = datetime(2026, 11, 23, 16, 0, 12, tzinfo=SHANGHAI)
HEADING = TicketHeading("cn-north-4", "0123456789abcdef", "24 marked of 1,000 loaded of 2,500", READ_AT)
NOON = 1_523_342_130_000
KINDS = {"text", "code_inline", "softbreak"}
BLOCKS = {"heading", "paragraph", "bullet_list", "list_item", "table", "thead", "tbody", "tr", "th", "td"}


def many(count: int, **values: object) -> list[FailedTask]:
    """Return tasks one minute apart on twelve servers."""
    return [
        task(
            **{
                "task_id": f"task-{number}",
                "task_time": str(1_523_342_130_000 + number * 60_000),
                "server_id": f"id-{number % 12}",
                "server_name": f"web-{number % 12}",
            }
            | values
        )
        for number in range(count)
    ]


def rows(text: str) -> list[str]:
    return [row for row in text.splitlines() if row.startswith("| ")][1:]


def test_a_whole_ticket() -> None:
    assert ticket([task()], HEADING, SHANGHAI) == (
        "# 1 failed key-pair operation · `replace` · `prod-ops-2025` · `web-01`\n\n"
        "One error on 1 server, 2018-04-10 06:35:30 UTC (local: 2018-04-10 14:35:30+08:00).\n\n"
        "- region: `cn-north-4`\n"
        "- project: `0123456789abcdef`\n"
        "- list read at: 2026-11-23T08:00:12Z\n"
        "- base: `24 marked of 1,000 loaded of 2,500`\n\n"
        "## 1 × `Update public key error`\n\n"
        "```\nUpdate public key error\nKPS.6010\n```\n\n"
        "| time (UTC) | operation | server | server id | key pair | task id |\n"
        "|---|---|---|---|---|---|\n"
        "| 2018-04-10 06:35:30 | `replace` | `web-01` | `c9aa197b-a6b6-4c33-b3a6-fa0b4ec50006` | `prod-ops-2025`"
        " | `aee8d2fe-5484-4753-9177-5a38dc15546c` |\n"
    )


def test_the_ticket_of_an_incident_says_so_with_its_likely_cause_and_its_servers_by_family() -> None:
    store = TaskStore()
    error = "Server login credential incorrect"
    names = [*(f"api-gateway-{number}" for number in range(4)), "web-1", "web-2"]
    rows = [
        task(
            task_id=f"t{n}", server_id=f"s{n}", server_name=name, task_time=str(NOON + n * 60_000), task_error_msg=error
        )
        for n, name in enumerate(names)
    ]
    store.extend(rows)
    (incident,) = find_incidents(store, range(len(names) - 1, -1, -1))
    tasks = Tasks(store, incident.tasks)
    text = ticket(tasks, HEADING, UTC, incident=(incident, spread(store, incident.tasks)))
    assert text.startswith("# 6 failed key-pair operations · `replace` · `prod-ops-2025`\n\n")
    assert (
        "\n\nOne incident. The same error on 6 servers (4 `api-gateway`, 2 `web`), "
        "2018-04-10 06:35:30 to 2018-04-10 06:40:30 UTC.\n\n- likely: " in text
    )
    bullets = [line for line in text.splitlines() if line.startswith("- ")]
    assert [bullet.split(":")[0] for bullet in bullets[:3]] == ["- likely", "- check", "- tasks by key pair"]
    assert "dew_01_0066" in bullets[0]
    assert "- tasks by key pair: 6 `prod-ops-2025`" in bullets
    assert "- base: `24 marked of 1,000 loaded of 2,500`" in bullets


def test_what_all_share_is_said_first() -> None:
    lines = ticket(many(24), HEADING, SHANGHAI).splitlines()
    assert lines[0] == "# 24 failed key-pair operations · `replace` · `prod-ops-2025`"
    assert lines[2] == (
        "The same error on 12 servers, 2018-04-10 06:35:30 to 2018-04-10 06:58:30 UTC"
        " (local: 2018-04-10 14:35:30+08:00 to 2018-04-10 14:58:30+08:00)."
    )


def test_what_differs_is_not_said_to_be_shared() -> None:
    mixed = [*many(3), *many(2, operate_type="FAILED_RESET", keypair_name=None, task_error_msg="timed out")]
    lines = ticket(mixed, HEADING, UTC).splitlines()
    assert lines[0] == "# 5 failed key-pair operations"
    assert lines[2] == "2 different errors on 3 servers, 2018-04-10 06:35:30 to 2018-04-10 06:37:30 UTC."


def test_what_is_not_known_is_not_said() -> None:
    bare = FailedTask.from_json({"task_time": "noon\x07"})
    lines = ticket([bare, bare], TicketHeading("", "", "", None)).splitlines()
    assert lines[0] == "# 2 failed key-pair operations"
    assert lines[2] == "The same error, at times that can't be read."
    assert lines[4:8] == ["- region: —", "- project: —", "- list read at: —", "- base: "]
    assert lines[9:] == [
        "## 2 × no error given",
        "",
        "| time (UTC) | operation | server | server id | key pair | task id |",
        "|---|---|---|---|---|---|",
        *["| `noon␇?` |  |  |  |  |  |"] * 2,
    ]


def test_demo_stands_in_the_first_line() -> None:
    demo = ticket(many(2), dataclasses.replace(HEADING, demo=True))
    assert demo.startswith("# DEMO: invented tasks · 2 failed")
    assert "DEMO" not in ticket(many(2), HEADING)


# Errors


def test_errors_that_differ_in_an_id_are_one_the_most_frequent_first() -> None:
    alike = [
        task(task_error_msg=f"Server c9aa197b-a6b6-4c33-b3a6-fa0b4ec5000{number} is not found", task_error_code=None)
        for number in range(3)
    ]
    text = ticket([*many(2, task_error_code=None), *alike], HEADING)
    headings = [line for line in text.splitlines() if line.startswith("## ")]
    assert headings == ["## 3 × `Server <id> is not found`", "## 2 × `Update public key error`"]
    assert "for example:\n\n```\nServer c9aa197b-a6b6-4c33-b3a6-fa0b4ec50000 is not found\n```\n" in text


def test_an_error_that_its_title_says_in_full_is_not_said_twice() -> None:
    assert "```" not in ticket(many(2, task_error_code=None), HEADING)


def test_case_makes_no_other_error() -> None:
    assert "The same error" in ticket([*many(1), *many(1, task_error_msg="UPDATE PUBLIC KEY ERROR")], HEADING)


def test_a_long_error_is_cut_and_that_is_said() -> None:
    text = ticket([task(task_error_msg="word " * 10_000)], HEADING)
    assert f"… {50_000 - ERROR_LIMIT:,} more characters" in text
    assert len(text) < 2 * ERROR_LIMIT + 3_000


def test_many_errors_are_counted() -> None:
    letters = [chr(ord("a") + number) * 5 for number in range(ERRORS + 3)]
    text = ticket([task(task_error_msg=f"cause {letter}") for letter in letters], HEADING)
    assert text.count("\n## ") == ERRORS
    assert "\n… 3 more errors\n" in text


# The table


def test_the_table_ends_after_fifty_rows_and_counts_the_rest() -> None:
    text = ticket(many(ROWS + 12), HEADING)
    assert len(rows(text)) == ROWS
    assert text.endswith(" |\n\n… 12 more\n")
    whole = ticket(many(ROWS), HEADING)
    assert len(rows(whole)) == ROWS
    assert "more" not in whole


def test_tasks_stay_in_the_order_given() -> None:
    assert [row.split(" | ")[-1] for row in rows(ticket(many(3)[::-1], HEADING))] == [
        "`task-2` |",
        "`task-1` |",
        "`task-0` |",
    ]


def test_an_id_of_ours_does_not_leave() -> None:
    assert "~" not in ticket(TaskStore([task(task_id=None)]).tasks, HEADING)


# Text from outside


def only_ours(text: str, errors: int) -> None:
    """Assert that a renderer finds our headings, list, blocks and table, and nothing else."""
    tokens = MarkdownIt("gfm-like").parse(text)
    kinds = [token.type for token in tokens if not token.type.endswith("_close")]
    assert set(kinds) <= {f"{kind}_open" for kind in BLOCKS} | {"inline", "fence"}
    assert kinds.count("heading_open") == 1 + errors
    assert kinds.count("td_open") == 6 * (kinds.count("tr_open") - 1)
    assert {child.type for token in tokens for child in token.children or []} <= KINDS
    assert safe(text)


@pytest.mark.parametrize(
    "payload",
    [
        *PAYLOADS.values(),
        "<img src=x onerror=alert(1)>",
        "![x](https://evil.example/x.png) [y](https://evil.example)",
        "# heading\n\n- item\n\n---\n\n> quote\n\n| a | b |\n|---|---|\n",
        "```\nout\n```\n<b>",
        "`code` ``more`` |",
        "*bold* _italic_ ~~gone~~ @everyone https://evil.example a@evil.example",
        "\\|\\`\\",
        "&lt;script&gt;",
    ],
)
def test_text_of_the_service_stays_text(payload: str) -> None:
    heading = TicketHeading(payload, payload, payload, READ_AT)
    only_ours(ticket([everywhere(payload), everywhere(payload)], heading, SHANGHAI), errors=1)


@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(API_FIELDS),
            st.none()
            | st.text(st.sampled_from("`|\\ <>[]()*_#!@&:~-$a\n\r\t"))
            | st.text(st.characters(exclude_categories=())),
        ),
        min_size=1,
        max_size=3,
    )
)
def test_any_text_stays_text(served: list[dict[str, Any]]) -> None:
    text = ticket([FailedTask.from_json(row) for row in served], HEADING)
    only_ours(text, errors=text.count("\n## "))
