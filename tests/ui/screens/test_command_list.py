"""The list of commands and keys in the whole program: what it shows at each size, what it finds and runs."""

import asyncio
import re
from functools import partial

import pytest
from textual.pilot import Pilot

from kps_tui.identity.profiles import Configuration
from kps_tui.locations import config_file
from kps_tui.session.session import Session
from kps_tui.ui.app import KpsApp
from kps_tui.ui.commands import BY_ID, COMMANDS, OVERVIEW, WIDGET_COMMANDS, command_index
from kps_tui.ui.model.command_search import Entry
from kps_tui.ui.screens.dialogs.command_list import CommandList, whole_list
from kps_tui.ui.screens.triage import TriageScreen
from tests.demo_app import frozen, headless, settled, target_at, until
from tests.loopback import Loopback, listing, row
from tests.ui.screens.driving import mixed, press, said, text_of
from tests.ui.screens.test_triage import drive

EVERY = [*COMMANDS, *(command for commands in WIDGET_COMMANDS.values() for command in commands)]


def boxed(app: KpsApp) -> list[str]:
    """The lines of the dialog, without its border."""
    return [line.strip(" │─▁▂▃▄▅▆▇█") for line in text_of(app).splitlines() if "│ " in line]


def is_in_sight(app: KpsApp, entry: Entry) -> bool:
    shown = flat(text_of(app))
    return any(flat(f"{entry.keys} {title}")[:16] in shown for title in (entry.title, entry.brief))


def flat(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("size", [(120, 36), (80, 24)])
def test_the_most_important_keys_are_in_sight_without_scrolling(size: tuple[int, int]) -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        await press(app, pilot, "question_mark")
        lines = boxed(app)
        for title, ids in OVERVIEW:
            assert any(title in line for line in lines), title
            for id in ids:
                command = BY_ID[id]
                shown = re.compile(rf"{re.escape(command.shown)} +{re.escape(command.brief or command.title)}( |$)")
                assert sum(bool(shown.search(line)) for line in lines) == 1, id
        assert lines[-1].startswith("more ↓ Move, In the details, Narrow, ")
        columns = 3 if size[0] == 120 else 2
        assert any(
            len(re.findall("On this task|On what is shown|Everywhere", line)) == columns or columns == 2
            for line in lines
        )
        assert max(len(re.split(r" {4,}(?=\S)", line)) for line in lines) <= columns * 2
        assert "2,500 failed" in text_of(app).splitlines()[-2]

    drive(listing(mixed(2500)), body, size)


def test_at_120_columns_the_table_stays_in_sight_above_it() -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        await press(app, pilot, "question_mark")
        assert sum(bool(re.search(r"timed out|login incorrect", line)) for line in text_of(app).splitlines()) >= 10

    drive(listing(mixed(2500)), body, (120, 36))


def test_moves_lead_to_every_command_and_back() -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        for width in (113, 75, 55):
            sheet = whole_list(command_index(app.keys.shown, screen, covered=False), width)
            seen: set[str] = set()
            for column in range(len(sheet.lines[0])):
                at = sheet.moved(None, 0, 1)
                for _step in range(column):
                    at = sheet.moved(at, 1, 0)
                while at and at.entry.id not in seen:
                    seen.add(at.entry.id)
                    at = sheet.moved(at, 0, 1)
                up = sheet.moved(at, 0, -100)
                assert up is not None, width
                assert up.line == 1, width
            assert seen == {command.id for command in EVERY if command.shown}, width

    drive(listing(mixed(7)), body)


def test_what_is_chosen_is_in_sight() -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        await press(app, pilot, "question_mark", "down", "right", "left", "right", "left", "left")
        dialog = app.screen
        assert isinstance(dialog, CommandList)
        for key in ("pagedown", "pagedown", "down", "pagedown", "pageup", "up"):
            await press(app, pilot, key)
            assert dialog._chosen is not None
            await until(pilot, "what is chosen is in sight", partial(is_in_sight, app, dialog._chosen.entry))

    drive(listing(mixed(7)), body, (60, 15))


def test_typing_finds_by_a_synonym_and_enter_runs_it() -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        before = len(server.requests)
        await press(app, pilot, "question_mark", *"reload")
        assert "r          refresh; current rows stay meanwhile  Data" in boxed(app)
        await press(app, pilot, "enter")
        assert app.screen is screen
        await settled(app, pilot)
        assert len(server.requests) == before + 1

    drive(listing(mixed(7)), body)


def test_a_command_of_the_table_runs_too() -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        await press(app, pilot, "colon", *"last", "space", *"task", "enter")
        assert app.screen is screen
        assert screen.table.cursor_row == 6

    drive(listing(mixed(7)), body)


def test_one_list_for_all_keys_and_the_table_has_the_keys_again() -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        keys = ("colon", "colon", "question_mark", "question_mark", "f1", "ctrl+p")
        closings = ("escape", "question_mark", "f1", "enter", "f1", "enter")
        for key, closing in zip(keys, closings, strict=True):
            await press(app, pilot, key)
            assert "Keys and commands" in text_of(app), key
            await press(app, pilot, closing)
            assert "Keys and commands" not in text_of(app), closing
            assert app.screen is screen
            assert screen.table.has_focus
        assert said(app) == []

    drive(listing(mixed(7)), body)


def test_what_makes_no_sense_now_is_dim_and_says_why() -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        await press(app, pilot, "colon", *"clear")
        assert "u          clear all marks  nothing is marked" in boxed(app)
        await press(app, pilot, "down")
        strip = next(strip for strip in app.screen._compositor.render_strips(app.size) if "nothing is" in strip.text)
        assert any(segment.style and segment.style.dim for segment in strip if "clear all" in segment.text)
        await press(app, pilot, "up", "enter")
        assert isinstance(app.screen, CommandList)
        assert said(app) == ["clear all marks: nothing is marked"]
        await press(app, pilot, "ctrl+u", *"rest", "enter", "escape")
        assert said(app)[1:] == ["load the rest of the list: all is loaded"]

    drive(listing(mixed(7)), body)


def test_it_begins_with_the_part_in_front() -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        for keys, first, missing in (
            (["F"], "In the groups", "On this task"),
            (["d"], "In the details", ""),
            (["t"], "In the timeline", "On this task"),
            (["slash"], "While typing a filter", ""),
            ([], "On this task", ""),
        ):
            await press(app, pilot, *keys, "f1")
            assert boxed(app)[1].startswith(first), keys
            assert not missing or missing not in text_of(app), keys
            await press(app, pilot, "escape", *(["escape"] if keys else []))

    drive(listing(mixed(7)), body, (80, 24))


def test_a_key_of_the_part_in_front_can_be_run() -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        await press(app, pilot, "F", "question_mark", *"tasks of this value", "enter")
        assert app.screen is screen
        assert not screen.bench.query.facet
        assert screen.bench.is_filtered

    drive(listing(mixed(7)), body)


def test_what_nobody_calls_a_command_is_said_so() -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        await press(app, pilot, "colon", *"xyzzy", "down", "enter")
        assert "no command matches" in text_of(app)
        assert isinstance(app.screen, CommandList)
        await press(app, pilot, *["backspace"] * 5)
        assert "On what is shown" in text_of(app)

    drive(listing(mixed(7)), body)


def test_no_line_is_wider_than_the_list() -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        await press(app, pilot, "question_mark")
        assert isinstance(app.screen, CommandList)
        for width in (54, 71, 113):
            for parts in whole_list(app.screen._index, width).lines:
                assert sum(part.shown().cell_length for part in parts) + 2 * (len(parts) - 1) <= width

    drive(listing(mixed(7)), body)


def test_the_keys_of_the_user_are_shown_also_of_what_has_none_by_itself() -> None:
    keys = {"data.refresh": "F5", "app.doctor": "x", "take.export": ""}
    session = Session.on(target_at("http://127.0.0.1:9"), Configuration(config_file(), keys=keys))

    async def go() -> None:
        app = KpsApp(session, now=frozen)
        async with headless(app, (120, 36)) as pilot:
            await press(app, pilot, "question_mark")
            shown = flat(text_of(app))
            assert " F5 refresh " in shown
            assert " :export export to a file" in shown
            await press(app, pilot, *"diagnose")
            assert "x          check connection, login, terminal  Program" in boxed(app)

    asyncio.run(go())


def test_a_key_without_a_meaning_is_told_of_once() -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        await press(app, pilot, "Z", "Z", "j", "G", "u", "ctrl+t", "left_shift", "tab")
        assert said(app) == ["“Z” is not bound · ? shows the keys"]
        await press(app, pilot, "question_mark", "Q", "escape", "slash", "O", "escape", "y", "Q", "escape")
        assert len(said(app)) == 1
        await press(app, pilot, "X", "O", "Q", "B")
        assert [text[:3] for text in said(app)] == ["“Z”", "“X”", "“O”"]

    drive(listing([row(0)]), body)
