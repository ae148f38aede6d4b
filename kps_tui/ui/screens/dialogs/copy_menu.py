"""The menu of what can be copied. It shows the beginning of each text; a letter copies one."""

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static

from kps_tui.i18n import _
from kps_tui.terminal.width import padded
from kps_tui.ui.screens.dialogs.dialog import Dialog
from kps_tui.ui.widgets.task_table.render import fit

TITLE_CELLS = 25
VALUE_CELLS = 200
"""The most cells of a preview: more than fit, because the style sheet cuts each line at the width of the dialog."""


class Choice(NamedTuple):
    """One text that can be copied."""

    key: str
    title: str
    preview: str
    """The beginning of the text, in one line; empty if no task has such a value."""
    is_previewed: bool = True
    """Whether it has a line of its own, which shows its preview."""


class CopyPage(NamedTuple):
    """The choices for one selection of tasks."""

    title: str
    choices: Sequence[Choice]


class Chosen(NamedTuple):
    """What the user chose."""

    key: str
    page: int
    """The index of the page that was shown."""


class CopyMenu(Dialog[Chosen]):
    """Shows one of its pages; Tab shows the next. Dismissed with the choice, or with None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", show=False, id="copy.close"),
        Binding("tab,shift+tab", "turn", show=False, id="copy.turn"),
    ]

    page: reactive[int] = reactive(0, init=False)
    """The index of the page that is shown."""

    def __init__(self, pages: Sequence[CopyPage]) -> None:
        super().__init__()
        self._pages = pages

    def compose(self) -> ComposeResult:
        """Yield the first page."""
        with VerticalScroll(id="copy-menu", classes="box -scrolls") as box:
            box.border_title = Content(self._pages[0].title)
            box.border_subtitle = Content(_("press a letter to copy · Esc closes"))
            yield Static(_lines(self._pages[0].choices), markup=False)

    def watch_page(self, page: int) -> None:
        """Show the page."""
        self.query_one("#copy-menu").border_title = Content(self._pages[page].title)
        self.query_one(Static).update(_lines(self._pages[page].choices))

    def action_turn(self) -> None:
        """Show the next page, after the last one the first."""
        self.page = (self.page + 1) % len(self._pages)

    def on_key(self, event: events.Key) -> None:
        """Dismiss with the choice whose letter was pressed."""
        for choice in self._pages[self.page].choices:
            if event.character == choice.key and choice.preview:
                event.stop()
                self.answer(Chosen(choice.key, self.page))
                return


def _lines(choices: Sequence[Choice]) -> Content:
    """Return a line for each choice with a preview, and one for all others."""
    lines = [_line(choice) for choice in choices if choice.is_previewed]
    brief = [
        _key(choice, " ") + Content.styled(choice.title, _style(choice))
        for choice in choices
        if not choice.is_previewed
    ]
    return Content("\n").join([*lines, Content("   ").join(brief)])


def _line(choice: Choice) -> Content:
    title = Content.styled(padded(choice.title, TITLE_CELLS), _style(choice))
    value = fit(choice.preview or _("none"), VALUE_CELLS).rstrip()
    return _key(choice, "  ") + title + Content.styled(value, "dim")


def _key(choice: Choice, gap: str) -> Content:
    return Content.styled(choice.key, "bold" if choice.preview else "dim") + Content(gap)


def _style(choice: Choice) -> str:
    return "" if choice.preview else "dim"
