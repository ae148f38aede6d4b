"""The program on the screen: its commands, its login, and the life of the terminal."""

import asyncio
import os
import shlex
import signal
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any, ClassVar

from rich.text import Text
from textual import events, on
from textual.app import App
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widgets import Input

from kps_tui.clock import utc_now
from kps_tui.i18n import _
from kps_tui.locations import styles
from kps_tui.problems import QueryError
from kps_tui.sanitize import line
from kps_tui.session.session import Session
from kps_tui.settings import Settings
from kps_tui.ui.actions import copying
from kps_tui.ui.commands import (
    BY_ID,
    COMMANDS,
    SHOWN_ELSEWHERE,
    VIEW_KEYS,
    bindings,
    group_in_front,
    help_groups,
    is_offered,
)
from kps_tui.ui.connection import Connection
from kps_tui.ui.key_names import shown as shown_key
from kps_tui.ui.key_queue import Handled, KeyQueue
from kps_tui.ui.keys import key_map
from kps_tui.ui.model.list_cache import ListCache
from kps_tui.ui.model.saved_views import SavedViews
from kps_tui.ui.model.watch import SECONDS
from kps_tui.ui.screens.dialogs.doctor import DoctorScreen, findings
from kps_tui.ui.screens.dialogs.prompt import Prompt
from kps_tui.ui.screens.triage import LoginNeeded, TriageScreen
from kps_tui.ui.sigcont import ignore_unprepared_sigcont
from kps_tui.ui.theme import THEMES, textual_name

FAULT = 70
INTERRUPTED = 130
ENDING = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT)
"""Signals that end the program, with the terminal as it was found."""
SHEETS = ("app", "triage", "table", "facets", "timeline", "dialogs")
WARNING_SECONDS = 12
"""How long a warning about the configuration stays."""


class KpsApp(App[int]):
    """The terminal UI on one target."""

    CSS_PATH = [styles() / f"{name}.tcss" for name in SHEETS]  # noqa: RUF012
    TITLE = "kps-tui"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (80, "-medium"), (120, "-wide")]  # noqa: RUF012
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(), Binding("ctrl+q", "noop", show=False, system=True)]

    def __init__(
        self,
        session: Session,
        settings: Settings | None = None,
        now: Callable[[], datetime] = utc_now,
        report: Callable[[BaseException], str] = repr,
        watch_seconds: float = SECONDS,
    ) -> None:
        super().__init__()
        configuration = session.context.configuration
        self.keys = key_map(COMMANDS, configuration.keys)
        self._views = SavedViews(configuration.path, configuration.views)
        self._session = session
        self._settings = settings or Settings()
        self._now = now
        self._report = report
        self._watch_seconds = watch_seconds
        self._cache: ListCache | None = None
        self.connection = Connection(self, session)
        self._ended_by = 0
        self._is_ready = False
        self.key_queue = KeyQueue(self)
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = textual_name(self._settings.theme_or(configuration.theme), self._settings.color)

    def get_default_screen(self) -> Screen[None]:
        """The screen of the failed tasks."""
        # The demo is there without a network.
        is_offline = self._settings.offline and not self._settings.demo
        connection = self.connection
        self._cache = ListCache(self._session.lists, connection.list_key, self._say, is_offline=is_offline)
        return TriageScreen(
            connection.first_heading(offline=is_offline),
            connection.connect,
            self._settings.page_size,
            self._now,
            self._cache,
            self._watch_seconds,
        )

    @property
    def triage(self) -> TriageScreen:
        """The screen of the failed tasks."""
        return next(screen for screen in self.screen_stack if isinstance(screen, TriageScreen))

    def _say(self, text: str) -> None:
        self.notify(text, severity="warning", markup=False)

    def on_mount(self) -> None:
        """A signal ends the program as `q` does, so that the terminal is left as it was found."""
        loop = asyncio.get_running_loop()
        for number in ENDING:
            loop.add_signal_handler(number, self.end_by, number)
        self.app_resume_signal.subscribe(self, self._draw_again)
        ignore_unprepared_sigcont(lambda: self._draw_again(self))
        self.set_keymap(self.keys.keymap)

    def on_ready(self) -> None:
        """A signal that came during the start is obeyed now: before, there is no screen that could be closed."""
        self._is_ready = True
        for warning in (*self._session.context.configuration.warnings, *self.keys.warnings):
            self.notify(warning, severity="warning", markup=False, timeout=WARNING_SECONDS)
        if self._ended_by:
            self.end_by(self._ended_by)

    def end_by(self, number: int) -> None:
        """End as soon as it can be done properly, with the exit code of a signal."""
        self._ended_by = number
        if self._is_ready:
            self.exit(128 + number, return_code=128 + number)

    def _draw_again(self, _app: App[Any]) -> None:
        """Back from the shell: nothing of the screen is left there."""
        for screen in self.screen_stack:
            screen.refresh(layout=True)

    async def on_event(self, event: events.Event) -> None:
        """Hand keys on one after the other."""
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            if self.key_queue.admits(event):
                await super().on_event(event)
                if self.screen_stack:
                    self.key_queue.follow()
        else:
            await super().on_event(event)

    @on(Handled)
    def _handled(self, message: Handled) -> None:
        self.key_queue.handled(message)

    async def on_unmount(self) -> None:
        """Close the connections."""
        if self._cache is not None:
            await self._cache.finish()
        await self.connection.close()

    @on(LoginNeeded)
    def _login_needed(self, message: LoginNeeded) -> None:
        self.connection.ask_for_login(message.reason)

    # The program's own commands

    async def action_command(self, id: str) -> None:
        """Run a command."""
        run = BY_ID[id].run
        if isinstance(run, str):
            await self.run_action(run)
        elif run is not None:
            run(self.triage)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what makes sense now has a key and stands in the footer."""
        if action != "command":
            return True
        command = BY_ID[str(parameters[0])]
        return bool(self.keys.keys[command.id]) and is_offered(command, self.triage)

    def get_key_display(self, binding: Binding) -> str:
        """Return the key of a command as a person reads it, the user's own if there is one."""
        id = binding.id or ""
        if id == "app.help" and isinstance(self.focused, Input):
            # There a question mark is typed.
            return shown_key("f1")
        keys = self.keys.shown.get(id) or SHOWN_ELSEWHERE.get(id) or shown_key(binding.key)
        return keys.split()[0]

    def action_open_view(self, number: int) -> None:
        """Open a saved view."""
        try:
            query = self._views.query(number)
        except QueryError as problem:
            self.notify(str(problem), severity="warning", markup=False)
        else:
            self.triage.bench = self.triage.bench.asking(query)

    def action_save_view(self) -> None:
        """Save filter, order and groups under a name."""
        query = self.triage.bench.query

        def attempt(name: str, again: bool) -> str:
            problem = self._views.save(name, query, overwrite=again)
            if not problem:
                number = self._views.number_of(name)
                has_key = number in VIEW_KEYS
                key = _("{number} opens it").format(number=number) if has_key else _("digits open the first nine")
                self.notify(_("view “{name}” is saved · {key}").format(name=line(name, 64), key=key), markup=False)
            return problem

        shown = line(shlex.join(query.arguments()), 300) or _("everything, newest first")
        self.push_screen(Prompt(_("Save this view"), _("{shown}\nIts name:").format(shown=shown), "", attempt))

    def action_help(self) -> None:
        """Show every key."""
        from kps_tui.ui.screens.dialogs.help import HelpScreen

        self.push_screen(HelpScreen(help_groups(self.keys.shown, group_in_front(self.triage))))

    def action_palette(self) -> None:
        """Find a command by its name."""
        from kps_tui.ui.screens.dialogs.palette import Entry, Palette

        entries = [
            Entry(command.id, title[0].upper() + title[1:], self.keys.shown[command.id], _(command.group))
            for command in COMMANDS
            if command.run and command.shown and command.id != "app.palette" and (title := _(command.title))
        ]

        def found(id: str | None) -> None:
            if id is not None and is_offered(BY_ID[id], self.triage):
                self.run_worker(self.action_command(id), group="palette")

        self.push_screen(Palette(entries), found)

    def action_requests(self) -> None:
        """Show the last requests; the id of one can be copied."""
        from kps_tui.session.request_log import recent_requests
        from kps_tui.ui.screens.dialogs.requests import RequestsScreen

        def chosen(request_id: str | None) -> None:
            if request_id:
                copying.send(self.triage, _("request id"), lambda: request_id)

        self.push_screen(RequestsScreen(recent_requests()), chosen)

    def action_doctor(self) -> None:
        """Examine configuration, keyring, network, login, permission and terminal."""
        self.push_screen(DoctorScreen(partial(findings, self._session.context, self.connection.target)))

    def action_log_in(self) -> None:
        """Ask for a login; what is shown stays."""
        self.connection.ask_for_login()

    def action_choose_profile(self) -> None:
        """Choose another profile."""
        self.connection.choose_profile()

    def action_previous_profile(self) -> None:
        """Go back to the profile before."""
        self.connection.switch_back()

    def action_redraw(self) -> None:
        """Draw every cell again, after something else wrote on the terminal."""
        self.screen.refresh(repaint=True, layout=True)

    def action_to_shell(self) -> None:
        """Go back to the shell, also from a dialog; say so where there is no shell that could bring it back."""
        if os.getpid() == os.getsid(0) or os.getpgrp() == os.getpgid(os.getppid()):
            self.notify(_("no shell here could bring it back · q quits"), severity="warning", markup=False)
        else:
            self.action_suspend_process()

    def action_leave(self) -> None:
        """Quit."""
        self.exit(0, return_code=0)

    def action_interrupt(self) -> None:
        """Quit as Ctrl+C does everywhere."""
        self.exit(INTERRUPTED, return_code=INTERRUPTED)

    def _fatal_error(self) -> None:
        """Say where the fault is, without the locals that Textual would print: they may hold a login."""
        error = self._exception
        self._return_code = FAULT
        said = self._report(error) if error is not None else _("a fault of kps-tui")
        # One line: of several faults the first is the cause.
        self._exit_renderables[:] = [*self._exit_renderables, Text(f"kps-tui: {said}")][:1]
        self._close_messages_no_wait()
