"""The registry: unique keys, and every command is reachable, shown and named."""

import asyncio
from collections import Counter

import pytest
from textual.binding import Binding

from kps_tui.ui.commands import BRIEF_CELLS, BY_ID, COMMANDS, OVERVIEW, TITLE_CELLS, Command, obstacle
from kps_tui.ui.model.when import When
from kps_tui.ui.widgets.task_table.table import TaskTable
from tests.demo_app import demo_target, grid, running, settled, until

FOOTER_MOST = 7


def test_no_key_and_no_id_stands_twice() -> None:
    keys = Counter((key, command.when is When.DETAIL) for command in COMMANDS for key in command.keys.split(",") if key)
    assert [key for key, count in keys.items() if count > 1] == []
    assert len(BY_ID) == len(COMMANDS)


def test_the_tables_own_bindings_are_in_the_registry() -> None:
    ours = [base for base in TaskTable.__mro__ if base.__module__.startswith("kps_tui.")]
    found = [binding for base in ours for binding in vars(base).get("BINDINGS", [])]
    own = {binding.id: set(binding.key.split(",")) for binding in found if isinstance(binding, Binding)}
    registered = {command.id: set(command.keys.split(",")) for command in COMMANDS if command.id.startswith("table.")}
    assert own.pop("table.choose") == {"enter"}
    assert {id: keys - {"ctrl+home", "ctrl+end"} for id, keys in own.items()} == registered


def test_what_a_command_does_is_its_own_or_the_tables() -> None:
    assert {command.id.split(".")[0] for command in COMMANDS if command.run is None} == {"table"}


def test_the_footer_comes_from_the_registry() -> None:
    async def go() -> None:
        with demo_target(40) as target:
            async with running(target, (120, 40)) as (app, pilot):
                screen = await settled(app, pilot)
                footer = grid(app)[-1]
                words = [command for command in COMMANDS if command.footer and not obstacle(command, screen)]
                assert len(words) <= FOOTER_MOST
                assert footer.split() == " ".join(f"{c.shown.split()[0]} {c.footer}" for c in words).split()

    asyncio.run(go())


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.id)
def test_titles_fit_in_the_list_also_at_80_columns(command: Command) -> None:
    if command.id != "narrow.facets":
        assert len(command.title) <= TITLE_CELLS
    assert len(command.brief) <= BRIEF_CELLS


def test_the_overview_has_about_twenty_keys_that_need_no_search() -> None:
    ids = [id for _title, ids in OVERVIEW for id in ids]
    assert len(set(ids)) == len(ids)
    assert 20 <= len(ids) <= 28
    assert all(BY_ID[id].keys and len(BY_ID[id].brief or BY_ID[id].title) <= BRIEF_CELLS for id in ids)


def test_a_saved_view_stands_once_in_the_list_for_all_digits() -> None:
    assert [command.shown for command in COMMANDS if command.id.startswith("view.") and command.keys.isdigit()] == [
        "1–9",
        *[""] * 8,
    ]


def test_a_command_can_be_found_by_its_name() -> None:
    async def go() -> None:
        with demo_target(1200) as target:
            async with running(target, (120, 40)) as (app, pilot):
                screen = await settled(app, pilot)
                await pilot.press("colon")
                await pilot.pause()
                await pilot.press(*"load the rest")
                await until(pilot, "it is found", lambda: "load the rest of the list" in "\n".join(grid(app)))
                await pilot.press("enter")
                await settled(app, pilot)
                assert len(screen.view) == 1200

    asyncio.run(go())
