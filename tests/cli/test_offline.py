"""`--offline`: the commands print the cached list with its age, and never call it complete."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from kps_tui.locations import database_file
from tests.cli.test_commands import PROJECT, Run, run
from tests.demo_app import NOW, until
from tests.live_app import cached_at, configure, home, live
from tests.loopback import listing, row, serving
from tests.ui.screens.driving import press

__all__ = ["home"]


@pytest.fixture
def places(home: Path) -> dict[str, str]:
    """Return the options for the place of the cached list."""
    return {
        "KPS_TUI_PROJECT_ID": PROJECT,
        "XDG_STATE_HOME": str(home / "state"),
        "XDG_CONFIG_HOME": str(home / "config"),
    }


def keep(rows: list[dict[str, Any]], places: dict[str, str], page_size: int = 1000, key: str = "r") -> None:
    """Let the UI load and cache a list."""

    async def go() -> None:
        async with serving(listing(rows)) as server:
            async with live(server.endpoint) as (app, pilot):
                await press(app, pilot, key)
                await until(pilot, "the list is kept", lambda: cached_at(server.endpoint) is not None)
            places["KPS_TUI_ENDPOINT"] = server.endpoint

    asyncio.run(go())


def offline(places: dict[str, str], *arguments: str) -> Run:
    """Run a command without a login, against a server that must not get any request."""
    ended = run(*arguments, "--offline", environment=places)
    assert ended.server.requests == []
    return ended


def rows(count: int) -> list[dict[str, Any]]:
    return [row(number, operate_type="FAILED_BIND" if number % 2 else "FAILED_RESET") for number in range(count)]


def test_list_has_the_time_of_the_list_and_is_not_complete(places: dict[str, str]) -> None:
    keep(rows(5), places)
    ended = offline(places, "list", "--format", "json")
    assert ended.code == 6
    assert {key: ended.json[key] for key in ("total", "loaded", "complete")} == {
        "total": 5,
        "loaded": 5,
        "complete": False,
    }
    assert ended.json["fetched_at"].startswith(f"{NOW:%Y-%m-%dT%H:%M}")
    assert [task["task_id"] for task in ended.json["tasks"]] == [f"task-{number:06}" for number in range(5)]
    assert "offline: this is the list of 2026-11-23 08:30" in ended.err
    assert "incomplete: the service was not asked" in ended.err


def test_count_facet_and_show(places: dict[str, str]) -> None:
    keep(rows(5), places)
    counted = offline(places, "count", "--where", "op:bind")
    assert (counted.code, counted.out) == (6, "2\n")
    facet = offline(places, "facet", "op", "--format", "json")
    assert facet.code == 6
    assert facet.json["complete"] is False
    assert {value["value"]: value["count"] for value in facet.json["values"]} == {"reset": 3, "bind": 2}
    shown = offline(places, "show", "task-000003")
    assert shown.code == 0
    assert "task-000003" in shown.out
    assert "offline: this is the list of 2026-11-23 08:30" in shown.err
    absent = offline(places, "show", "task-9")
    assert absent.code == 6
    assert "5 tasks searched" in absent.err
    absent = offline(places, "why", "00000000")
    assert absent.code == 6, "it may be in the part that was not read"
    assert "5 tasks searched" in absent.err


def test_a_part_of_a_list_says_that_it_is_one(places: dict[str, str]) -> None:
    keep(rows(1500), places)
    ended = offline(places, "count", "--format", "json")
    assert ended.json == {"count": 1000, "total": 1500, "loaded": 1000, "complete": False}
    assert "the saved list is incomplete" in ended.err


@pytest.mark.parametrize(("where", "code"), [("op:bind", 10), ("op:unbind", 6)])
def test_fail_if_any(places: dict[str, str], where: str, code: int) -> None:
    keep(rows(5), places)
    assert offline(places, "list", "--fail-if-any", "--where", where).code == code


def test_another_place_has_no_list(places: dict[str, str]) -> None:
    keep(rows(5), places)
    ended = offline(places | {"KPS_TUI_PROJECT_ID": "f" * 32}, "list")
    assert (ended.code, ended.out) == (2, "")
    assert "no saved list for " in ended.err
    assert "leave out --offline" in ended.err


def test_without_a_list_nothing_is_created(places: dict[str, str]) -> None:
    places["KPS_TUI_ENDPOINT"] = "http://127.0.0.1:9"
    assert offline(places, "count").code == 2
    assert not database_file().parent.exists()


def test_snapshot_false_says_why_there_is_none(places: dict[str, str], home: Path) -> None:
    keep(rows(5), places)
    configure(home, "snapshot = false\nsnapshto = true\n")
    ended = offline(places, "count")
    assert ended.code == 2
    assert "snapshot = false in the configuration saves none" in ended.err
    assert "did you mean “snapshot”?" in ended.err


def test_a_database_that_can_not_be_read_is_one_sentence(places: dict[str, str]) -> None:
    keep(rows(5), places)
    with closing(sqlite3.connect(database_file())) as connection:
        connection.execute("PRAGMA user_version = 99")
    ended = offline(places, "list")
    assert (ended.code, ended.out) == (2, "")
    assert "was written by a newer kps-tui" in ended.err
    assert len(ended.err.splitlines()) == 1


def test_the_demo_is_there_without_a_network(places: dict[str, str]) -> None:
    ended = run("count", "--demo", "--demo-tasks", "12", "--offline", environment=places)
    assert (ended.code, ended.out) == (0, "12\n")
    assert not database_file().exists()
