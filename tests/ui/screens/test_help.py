"""The help: every command of the registry, the current group first, in every size."""

import pytest
from textual.containers import VerticalScroll
from textual.content import Content
from textual.pilot import Pilot

from kps_tui.ui.app import KpsApp
from kps_tui.ui.commands import COMMANDS, ELSEWHERE, FACETS, LOOK, help_groups
from kps_tui.ui.screens.dialogs.help import group_texts, two_columns
from kps_tui.ui.screens.triage import TriageScreen
from kps_tui.ui.widgets.task_table.table import TaskTable
from tests.loopback import Loopback, listing
from tests.ui.screens.driving import mixed, press, text_of
from tests.ui.screens.test_triage import drive

EVERY = [*COMMANDS, *(command for commands in ELSEWHERE.values() for command in commands)]


def flat(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("width", [54, 55, 200])
def test_every_command_with_its_keys_and_no_line_too_long(width: int) -> None:
    shown = group_texts(help_groups({}, ""), width)
    whole = flat(" ".join(text.plain for text in shown))
    for command in EVERY:
        if command.shown:
            assert flat(f"{command.shown} {command.words}") in whole
    assert max(len(line) for text in shown for line in text.plain.splitlines()) <= width


@pytest.mark.parametrize("first", [FACETS, LOOK])
def test_what_is_in_front_comes_first_and_the_others_keep_their_order(first: str) -> None:
    titles = [text.plain.splitlines()[0] for text in group_texts(help_groups({}, first), 54)]
    plain = [text.plain.splitlines()[0] for text in group_texts(help_groups({}, ""), 54)]
    assert titles == [first, *(title for title in plain if title != first)]


def test_the_keys_of_the_user_are_shown() -> None:
    whole = "\n".join(text.plain for text in group_texts(help_groups({"order.sort": "o"}, ""), 54))
    assert "\no          sort by the active column" in whole


def test_two_columns_are_about_the_same_height_and_lose_nothing() -> None:
    shown = group_texts(help_groups({}, ""), 55)
    left, right = two_columns(shown)
    assert abs(left.plain.count("\n") - right.plain.count("\n")) < 12
    assert left.plain + "\n\n" + right.plain == Content("\n\n").join(shown).plain


@pytest.mark.parametrize("key", ["escape", "q", "question_mark", "f1", "enter"])
def test_it_closes_and_the_table_has_the_keys_again(key: str) -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        await press(app, pilot, "question_mark")
        assert type(app.screen).__name__ == "HelpScreen"
        await press(app, pilot, key)
        assert app.screen is screen
        assert screen.query_one(TaskTable).has_focus

    drive(listing(mixed(7)), body)


@pytest.mark.parametrize(("keys", "first"), [(["F"], FACETS), (["d"], LOOK), ([], COMMANDS[0].group)])
def test_it_begins_with_what_the_user_sees(keys: list[str], first: str) -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        await press(app, pilot, *keys, "question_mark")
        assert text_of(app).splitlines()[1].strip(" │").startswith(first)

    drive(listing(mixed(7)), body, (80, 24))


def test_in_a_low_terminal_it_scrolls_to_its_end() -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        await press(app, pilot, "question_mark", "j", "j", "k")
        box = app.screen.query_one(VerticalScroll)
        assert box.scroll_offset.y == 1
        seen = ""
        while box.scroll_offset.y < box.max_scroll_y:
            seen += text_of(app)
            await press(app, pilot, "j")
        seen += text_of(app)
        for command in EVERY:
            assert flat(command.words)[:30] in flat(seen), command.id

    drive(listing(mixed(7)), body, (60, 15))
