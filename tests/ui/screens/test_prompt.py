"""The prompt for one line: it stays open until a valid answer or Esc."""

import asyncio
from collections.abc import Awaitable, Callable

from textual import events
from textual.pilot import Pilot
from textual.widgets import Input

from kps_tui.ui.app import KpsApp
from kps_tui.ui.screens.dialogs.prompt import Prompt
from kps_tui.ui.screens.triage import TriageScreen
from tests.demo_app import until
from tests.loopback import Loopback, listing
from tests.ui.screens.driving import mixed, press, text_of, write
from tests.ui.screens.test_triage import drive

Asked = list[tuple[str, bool]]


def ask(refuse: Callable[[str], str], text: str, body: Callable[[KpsApp, Pilot[int], Asked], Awaitable[None]]) -> Asked:
    """Open a prompt over the triage screen; return the answers that were tried."""
    tried: Asked = []

    async def attempt(answer: str, again: bool) -> str:
        tried.append((answer, again))
        return refuse(answer)

    async def run(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        app.push_screen(Prompt("Title", "explanation", text, attempt, "Enter tries"))
        await pilot.pause()
        await body(app, pilot, tried)

    drive(listing(mixed(7)), run)
    return tried


def test_a_good_answer_ends_it_and_spaces_around_do_not_count() -> None:
    async def body(app: KpsApp, pilot: Pilot[int], tried: Asked) -> None:
        assert "Title" in text_of(app)
        assert "explanation" in text_of(app)
        assert " Enter tries · Esc closes " in text_of(app)
        await write(app, pilot, " name  ")
        await press(app, pilot, "enter")
        assert not isinstance(app.screen, Prompt)

    assert ask(lambda _: "", "", body) == [("name", False)]


def test_a_refused_answer_stays_and_says_why_and_only_the_same_again_is_again() -> None:
    async def body(app: KpsApp, pilot: Pilot[int], tried: Asked) -> None:
        await press(app, pilot, "enter")
        assert "refused: one" in text_of(app)
        await press(app, pilot, "enter", "x", "enter", "backspace", "enter")
        assert isinstance(app.screen, Prompt)

    assert ask(lambda answer: f"refused: {answer}", "one", body) == [
        ("one", False),
        ("one", True),
        ("onex", False),
        ("one", False),
    ]


def test_a_key_typed_behind_enter_is_for_what_is_in_front_after_a_quick_attempt() -> None:
    async def slow_disk(answer: str, again: bool) -> str:
        await asyncio.sleep(0.1)
        return ""

    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        row = screen.table.cursor_row
        prompt = Prompt("Title", "explanation", "name", slow_disk, "Enter tries")
        app.push_screen(prompt)
        await pilot.pause()
        field = prompt.query_one(Input)
        for key in ("enter", "j"):
            app.post_message(events.Key(key, key if key == "j" else "\r"))
        await until(pilot, "the dialog is gone, and the key has arrived", lambda: screen.table.cursor_row == row + 1)
        assert field.value == "name"
        assert app.screen is screen

    drive(listing(mixed(7)), body)


def test_esc_does_nothing_and_ctrl_c_quits() -> None:
    async def escape(app: KpsApp, pilot: Pilot[int], tried: Asked) -> None:
        await press(app, pilot, "escape")
        assert not isinstance(app.screen, Prompt)

    async def interrupt(app: KpsApp, pilot: Pilot[int], tried: Asked) -> None:
        await pilot.press("ctrl+c")
        assert app.return_code == 130

    for body in (escape, interrupt):
        assert ask(lambda _: "", "name", body) == []


def test_what_is_pasted_is_safe() -> None:
    async def body(app: KpsApp, pilot: Pilot[int], tried: Asked) -> None:
        app.post_message(events.Paste("a\x1b[31m\x00b\nsecond line"))
        await pilot.pause()
        await press(app, pilot, "enter")

    ((answer, _again),) = ask(lambda _: "", "", body)
    assert answer.startswith("a")
    assert "b" in answer
    assert answer.endswith("b second line")
    assert answer.isprintable()
