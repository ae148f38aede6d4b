"""The prompt for one line: it stays open until a valid answer or Esc."""

from collections.abc import Awaitable, Callable

from textual.pilot import Pilot

from kps_tui.ui.app import KpsApp
from kps_tui.ui.screens.dialogs.prompt import Prompt
from kps_tui.ui.screens.triage import TriageScreen
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
        app.push_screen(Prompt("Title", "explanation", text, attempt))
        await pilot.pause()
        await body(app, pilot, tried)

    drive(listing(mixed(7)), run)
    return tried


def test_a_good_answer_ends_it_and_spaces_around_do_not_count() -> None:
    async def body(app: KpsApp, pilot: Pilot[int], tried: Asked) -> None:
        assert "Title" in text_of(app)
        assert "explanation" in text_of(app)
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
        from textual import events

        app.post_message(events.Paste("a\x1b[31m\x00b\nsecond line"))
        await pilot.pause()
        await press(app, pilot, "enter")

    ((answer, _again),) = ask(lambda _: "", "", body)
    assert answer.startswith("a")
    assert "b" in answer
    assert answer.endswith("b second line")
    assert answer.isprintable()
