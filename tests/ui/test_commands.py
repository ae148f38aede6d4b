"""The registry: unique keys, and every command is reachable, shown and named."""

import asyncio
from collections import Counter

import pytest
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.widgets import OptionList

from kps_tui.ui.commands import BY_ID, COMMANDS, is_offered
from kps_tui.ui.model.when import When
from kps_tui.ui.widgets.task_table.table import TaskTable
from tests.demo_app import demo_target, grid, running, settled, until

FOOTER_MOST = 7


def test_no_key_and_no_id_stands_twice() -> None:
    keys = Counter((key, command.when is When.DETAIL) for command in COMMANDS for key in command.keys.split(","))
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


def test_palette_and_footer_come_from_the_registry() -> None:
    async def go() -> None:
        with demo_target(40) as target:
            async with running(target, (120, 40)) as (app, pilot):
                screen = await settled(app, pilot)
                footer = grid(app)[-1]
                words = [command for command in COMMANDS if command.footer and is_offered(command, screen)]
                assert len(words) <= FOOTER_MOST
                assert footer.split() == " ".join(f"{c.shown.split()[0]} {c.footer}" for c in words).split()
                await pilot.press("colon")
                await pilot.pause()
                options = app.screen.query_one(OptionList).options
                named = [c for c in COMMANDS if c.run and c.shown and c.id != "app.palette"]
                assert len(options) == len(named)
                for option, command in zip(options, named, strict=True):
                    assert command.words.casefold() in str(option.prompt).casefold()

    asyncio.run(go())


@pytest.mark.parametrize("size", [(120, 80), (80, 24)])
def test_the_help_names_every_command(size: tuple[int, int]) -> None:
    async def go() -> None:
        with demo_target(40) as target:
            async with running(target, size) as (app, pilot):
                screen = await settled(app, pilot)
                await pilot.press("question_mark")
                await pilot.pause()
                box = app.screen.query_one(VerticalScroll)
                seen: list[str] = []
                while True:
                    seen += ["".join(line.split("│")) for line in grid(app)] if size[0] < 118 else grid(app)
                    if box.scroll_offset.y >= box.max_scroll_y:
                        break
                    box.scroll_page_down(animate=False)
                    await pilot.pause()
                shown = " ".join(" ".join(seen).split())
                for command in COMMANDS:
                    # A long title continues on the next line, which in two columns is beside another title.
                    assert " ".join(f"{command.shown} {command.words}".split()[:6]) in shown, command.id
                await pilot.press("escape")
                await pilot.pause()
                assert app.screen is screen
                assert screen.query_one(TaskTable).has_focus

    asyncio.run(go())


def test_a_saved_view_stands_once_in_the_help_for_all_digits() -> None:
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
                await until(pilot, "it is found", lambda: "Load the rest of the list" in "\n".join(grid(app)))
                await pilot.press("enter")
                await settled(app, pilot)
                assert len(screen.view) == 1200

    asyncio.run(go())
