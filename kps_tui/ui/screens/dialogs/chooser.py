"""The dialog in which the user chooses one of a few lines: a profile, a theme, a column."""

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList

from kps_tui.i18n import _
from kps_tui.ui.screens.dialogs.dialog import Dialog
from kps_tui.ui.widgets.choice_list import ChoiceList


class Chooser(Dialog[int]):
    """Dismissed with the number of the chosen line, counted from 0, or with None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "close", show=False, id="chooser.close"),
    ]

    def __init__(self, title: str, lines: Sequence[Content], enter: str, current: int = 0) -> None:
        """Create the dialog; `enter` says what Enter does, such as `Enter switches`."""
        super().__init__()
        self._title = title
        self._lines = lines
        self._enter = enter
        self._current = current
        """The number of the line that is highlighted first."""

    def compose(self) -> ComposeResult:
        """Yield the lines in a box."""
        with Vertical(id="chooser", classes="box") as box:
            box.border_title = Content(self._title)
            box.border_subtitle = Content(_("{enter} · Esc closes").format(enter=self._enter))
            options = ChoiceList(*self._lines, markup=False)
            options.highlighted = self._current
            yield options

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        self.answer(event.option_index)
