"""Runs single widgets in a small app with the program's style sheets."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from rich.cells import cell_len
from rich.style import Style
from textual.app import App, ComposeResult
from textual.message import Message
from textual.pilot import Pilot
from textual.strip import Strip
from textual.widget import Widget

from kps_tui.locations import styles

M = TypeVar("M", bound=Message)


class Harness(App[None]):
    """An app that shows widgets, and records every message that reaches any part of it once."""

    CSS_PATH = [str(path) for path in sorted(styles().glob("*.tcss"))]  # noqa: RUF012

    def __init__(self, *widgets: Widget, theme: str = "ansi-dark") -> None:
        super().__init__()
        self.widgets = widgets
        self.theme = theme
        self.messages: list[Message] = []

    def compose(self) -> ComposeResult:
        yield from self.widgets

    def keep(self, message: Message) -> None:
        if not any(message is kept for kept in self.messages):
            self.messages.append(message)

    def of(self, kind: type[M]) -> list[M]:
        return [message for message in self.messages if isinstance(message, kind)]


def drive(app: Harness, body: Callable[[Pilot[None]], Awaitable[None]], size: tuple[int, int] = (120, 20)) -> None:
    """Run `app` headless, with `body` as its test."""

    async def run() -> None:
        async with app.run_test(size=size, message_hook=app.keep) as pilot:
            await settle(pilot)
            await body(pilot)

    asyncio.run(run())


async def settle(pilot: Pilot[None]) -> None:
    """Wait until app, screen and widgets have handled all messages, and the screen is drawn.

    With a delay of 0, `pause` waits for all queues once; a message bubbling from a widget passes three of them.
    """
    for _ in range(4):
        await pilot.pause(0)


async def press(pilot: Pilot[None], *keys: str) -> None:
    """Press keys, one after the other. `Pilot.press` sleeps between them."""
    for key in keys:
        pilot.app.simulate_key(key)
    await settle(pilot)


def screen(app: App[None]) -> list[Strip]:
    """Return the strips of the screen."""
    return app.screen._compositor.render_strips(app.size)


def lines(app: App[None]) -> list[str]:
    """Return the lines of the screen as text."""
    return [strip.text for strip in screen(app)]


def style_at(app: App[None], x: int, y: int) -> Style:
    """Return the style of one cell of the screen."""
    at = 0
    for segment in screen(app)[y]:
        at += cell_len(segment.text)
        if at > x:
            return segment.style or Style()
    raise AssertionError((x, y))


def _looks(app: App[None]) -> list[list[tuple[str, object]]]:
    """Return the screen for comparisons: adjacent segments of the same style are joined, without meta data."""
    return [
        [(text, str(style)) for text, style, _ in strip.simplify().discard_meta().simplify()] for strip in screen(app)
    ]


def assert_nothing_stale(app: App[None]) -> None:
    """Check that redrawing everything does not change the screen."""
    shown = _looks(app)
    for widget in app.screen.walk_children(Widget):
        widget.notify_style_update()
        widget._styles_cache.clear()
    assert shown == _looks(app)
