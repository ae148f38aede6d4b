"""The dialog that chooses another profile."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from kps_tui.i18n import _
from kps_tui.identity.profiles import Profile
from kps_tui.sanitize import line
from kps_tui.terminal.width import padded
from kps_tui.ui.screens.dialogs.dialog import Dialog
from kps_tui.ui.widgets.choice_list import ChoiceList
from kps_tui.ui.widgets.task_table.render import fit


class ContextScreen(Dialog["str | None"]):
    """Lists the profiles with region, project and kind of login.

    Dismissed with the name of the chosen profile, or with None.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,C", "close", show=False, id="context.close"),
        Binding("j", "move(1)", show=False, id="context.down"),
        Binding("k", "move(-1)", show=False, id="context.up"),
    ]

    def __init__(self, profiles: tuple[Profile, ...]) -> None:
        super().__init__()
        self._profiles = profiles

    def compose(self) -> ComposeResult:
        """Yield the list in a box."""
        with Vertical(id="context") as box:
            box.border_title = Content(_("Look at"))
            box.border_subtitle = Content(_("Enter chooses · Esc closes"))
            yield ChoiceList(*map(self._option, self._profiles), markup=False)

    @staticmethod
    def _option(profile: Profile) -> Option:
        place = padded(fit(line(profile.region or profile.endpoint), 30).rstrip(), 18)
        texts = (fit(line(profile.name), 18), place, fit(line(profile.project_id), 32), profile.kind)
        return Option(Content("  ".join(texts)), id=f"profile-{profile.name.encode().hex()}")

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        self.answer(self._profiles[event.option_index].name)

    def action_move(self, rows: int) -> None:
        """Move the cursor by `rows`, as in the table."""
        options = self.query_one(ChoiceList)
        options.action_cursor_down() if rows > 0 else options.action_cursor_up()
