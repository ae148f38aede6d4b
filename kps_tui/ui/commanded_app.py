"""The part of the program that knows commands: their keys, the help, the palette, the saved views."""

import shlex

from textual import on
from textual.app import App
from textual.binding import Binding
from textual.widgets import Input

from kps_tui.i18n import _
from kps_tui.identity.profiles import Configuration
from kps_tui.problems import QueryError
from kps_tui.sanitize import line
from kps_tui.ui.actions.application import to_shell
from kps_tui.ui.actions.views import DIGITS, SaveAsked, ViewAsked
from kps_tui.ui.commands import BY_ID, COMMANDS, SHOWN_ELSEWHERE, group_in_front
from kps_tui.ui.connecting import HelpAsked, PaletteAsked
from kps_tui.ui.key_map import key_map
from kps_tui.ui.key_names import shown as shown_key
from kps_tui.ui.saved_views import SavedViews
from kps_tui.ui.screens.prompt import Prompt
from kps_tui.ui.screens.triage import TriageScreen


class CommandedApp(App[int]):
    """Answers what the screen asks about its commands."""

    def __init__(self, configuration: Configuration) -> None:
        super().__init__()
        self.keys = key_map(COMMANDS, configuration.keys)
        self._views = SavedViews(configuration.path, configuration.views)

    def get_key_display(self, binding: Binding) -> str:
        """The key of a command as a person reads it, the user's own where there is one."""
        id = binding.id or ""
        if id == "app.help" and isinstance(self.focused, Input):
            # There a question mark is typed.
            return shown_key("f1")
        keys = self.keys.shown.get(id) or SHOWN_ELSEWHERE.get(id) or shown_key(binding.key)
        return keys.split()[0]

    @property
    def triage(self) -> TriageScreen:
        """The screen of the failed tasks."""
        return next(screen for screen in self.screen_stack if isinstance(screen, TriageScreen))

    def action_to_shell(self) -> None:
        """Go back to the shell, also from a dialog."""
        to_shell(self)

    @on(ViewAsked)
    def _view_asked(self, message: ViewAsked) -> None:
        try:
            query = self._views.query(message.number)
        except QueryError as problem:
            self.notify(str(problem), severity="warning", markup=False)
        else:
            self.triage.ask(query)

    @on(SaveAsked)
    def _save_asked(self, message: SaveAsked) -> None:
        query = message.query

        def attempt(name: str, again: bool) -> str:
            problem = self._views.save(name, query, overwrite=again)
            if not problem:
                number = self._views.number_of(name)
                key = (
                    _("{number} opens it").format(number=number)
                    if number in DIGITS
                    else _("digits open the first nine")
                )
                self.notify(_("view “{name}” is saved · {key}").format(name=line(name, 64), key=key), markup=False)
            return problem

        shown = line(shlex.join(query.arguments()), 300) or _("everything, newest first")
        self.push_screen(Prompt(_("Save this view"), _("{shown}\nIts name:").format(shown=shown), "", attempt))

    @on(HelpAsked)
    def _help_asked(self) -> None:
        from kps_tui.ui.screens.help import HelpScreen

        self.push_screen(HelpScreen(self.keys.shown, group_in_front(self.triage)))

    @on(PaletteAsked)
    def _palette_asked(self) -> None:
        from kps_tui.ui.screens.palette import Entry, Palette

        entries = [
            Entry(command.id, command.title[0].upper() + command.title[1:], self.keys.shown[command.id], command.group)
            for command in COMMANDS
            if command.run and command.shown and command.id != "app.palette"
        ]
        self.push_screen(Palette(entries), self._found_command)

    def _found_command(self, id: str | None) -> None:
        if id is not None and BY_ID[id].offered(self.triage):
            self.triage.action_command(id)
