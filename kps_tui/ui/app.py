"""The Textual app: runs commands, owns the connection, and starts and ends the program."""

import asyncio
import os
import signal
from collections.abc import Callable, Sequence
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, ClassVar

from rich.text import Text
from textual import events, on
from textual.app import App
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.theme import Theme
from textual.timer import Timer, TimerCallback
from textual.widgets import Input

from kps_tui.clock import Clock, utc_now
from kps_tui.i18n import _
from kps_tui.locations import styles
from kps_tui.problems import ExitCode
from kps_tui.session.session import Session
from kps_tui.settings import Settings
from kps_tui.ui.commands import (
    APP,
    BY_ID,
    COMMANDS,
    WIDGET_KEYS,
    bindings,
    command_index,
    obstacle,
)
from kps_tui.ui.connection import Connection
from kps_tui.ui.driver import TerminalDriver
from kps_tui.ui.key_names import shown as shown_key
from kps_tui.ui.key_names import textual_key
from kps_tui.ui.key_queue import Handled, KeyQueue, QuitRule
from kps_tui.ui.keys import UnboundKeys, alt_characters, key_map, keys_that_quit, lasting_keys
from kps_tui.ui.model.list_cache import ListCache
from kps_tui.ui.model.watch import SECONDS
from kps_tui.ui.screens.triage import LoginNeeded, TriageScreen
from kps_tui.ui.sigcont import ignore_unprepared_sigcont
from kps_tui.ui.terminal_title import write_raw
from kps_tui.ui.theme import OWN_THEMES, textual_name
from kps_tui.ui.timers import once
from kps_tui.ui.widgets.task_detail.pane import BESIDE_COLUMNS
from kps_tui.ui.widgets.task_table.columns import chosen_columns
from kps_tui.ui.workers import start_worker

if TYPE_CHECKING:
    from kps_tui.ui.model.saved_views import SavedViews

ENDING = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT)
"""Signals that end the program."""
SHEETS = ("app", "triage", "table", "facets", "timeline", "dialogs")
CLEAR = "\x1b[m\x1b[2J"
"""Resets the style and clears the terminal: another program may have left it in any style."""
WARNING_SECONDS = 12
"""Seconds for which a warning at the start is shown."""

PANES = [
    (0, "-no-pane"),
    (80, "-pane-low"),
    (100, "-pane-below"),
    (BESIDE_COLUMNS, "-pane-beside"),
    (200, "-pane-wide"),
]
"""The class that the screen has from so many columns of the terminal on. It says where the detail is."""


class KpsApp(App[int]):
    """The terminal UI. It shows one project at a time."""

    CSS_PATH = [styles() / f"{name}.tcss" for name in SHEETS]  # noqa: RUF012
    TITLE = "kps-tui"
    HORIZONTAL_BREAKPOINTS = PANES
    VERTICAL_BREAKPOINTS = [(0, "-rows-few"), (30, "-rows-30"), (40, "-rows-40")]  # noqa: RUF012
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(), Binding("ctrl+q", "noop", show=False, system=True)]

    def __init__(
        self,
        session: Session,
        settings: Settings | None = None,
        now: Clock = utc_now,
        report: Callable[[BaseException], str] = repr,
        watch_seconds: float = SECONDS,
        warnings: Sequence[str] = (),
        ready: Callable[[], object] = lambda: None,
    ) -> None:
        """Create the app; `ready` is called after the first frame."""
        configuration, settings = session.context.configuration, settings or Settings()
        # Before Textual reads the colours of the theme: it would parse the style sheets again for another one.
        self.set_reactive(App.theme, textual_name(settings.theme_or(configuration.theme), settings.color))
        super().__init__(driver_class=TerminalDriver)
        if not settings.animation:
            self.animation_level = "none"
        self.keys = key_map(COMMANDS, configuration.keys)
        self.alt_characters = alt_characters(self.keys)
        """The characters that the user has bound with Alt."""
        self._unbound_keys = UnboundKeys(self.keys)
        self._session = session
        self._settings = settings
        self.plain_output = settings.plain_output or configuration.plain_output
        """Whether to send Textual's own output instead of only what changes."""
        self._now = now
        self._report = report
        self._watch_seconds = watch_seconds
        self._columns, mistake = chosen_columns(configuration.columns, configuration.columns_at)
        self._warnings = (*warnings, mistake) if mistake else warnings
        self._on_first_frame = ready
        self._cache: ListCache | None = None
        self._list: TriageScreen | None = None
        self.parting: list[str] = []
        """What to say in the terminal when the screen has closed: lines without line ends."""
        self.connection = Connection(self, session)
        self._ended_by = 0
        self._is_ready = False
        self._is_displayed = False
        self.key_queue = KeyQueue(self, QuitRule(keys_that_quit(self.keys), lasting_keys(self.keys), self._is_at_list))

    @cached_property
    def _views(self) -> "SavedViews":
        from kps_tui.ui.model.saved_views import SavedViews

        configuration = self._session.context.configuration
        return SavedViews(configuration.path, configuration.views)

    @cached_property
    def available_themes(self) -> dict[str, Theme]:
        """The themes by name, Textual's and ours. Textual asks for them hundreds of times to draw a screen."""
        return {**super().available_themes, **{theme.name: theme for theme in OWN_THEMES}}

    def set_timer(
        self, delay: float, callback: TimerCallback | None = None, *, name: str | None = None, pause: bool = False
    ) -> Timer:
        """Call `callback` once, in any case; see `once`. Textual waits with it until a resized terminal is redrawn."""
        if callback is None or pause:
            return super().set_timer(delay, callback, name=name, pause=pause)
        return once(self, delay, callback)

    def get_default_screen(self) -> Screen[None]:
        """Return the screen of the failed tasks."""
        # The demo needs no network.
        is_offline = self._settings.offline and not self._settings.demo
        connection, configuration = self.connection, self._session.context.configuration
        self._cache = ListCache(self._session.lists, connection.list_key, self._say, is_offline=is_offline)
        self._list = TriageScreen(
            connection.first_heading(offline=is_offline),
            connection.connect,
            self._settings.page_size,
            self._now,
            self._cache,
            connection.ledger,
            self._watch_seconds,
            self._columns,
            self.bell if configuration.bell else (lambda: None),
            connection.connect if configuration.running else None,
        )
        return self._list

    @property
    def triage(self) -> TriageScreen:
        """The screen of the failed tasks."""
        return next(screen for screen in self.screen_stack if isinstance(screen, TriageScreen))

    def _is_at_list(self) -> bool:
        """Return whether keys go to the screen of the failed tasks, and not to an input line in it."""
        return isinstance(self.screen, TriageScreen) and not isinstance(self.focused, Input)

    def _say(self, text: str) -> None:
        self.notify(text, severity="warning", markup=False)

    def on_mount(self) -> None:
        """End the program at a signal as at `q`, so that the terminal is restored."""
        loop = asyncio.get_running_loop()
        for number in ENDING:
            loop.add_signal_handler(number, self.end_by, number)
        self.app_resume_signal.subscribe(self, self._draw_again)
        ignore_unprepared_sigcont(lambda: self._draw_again(self))
        self.set_keymap(self.keys.keymap)

    def on_ready(self) -> None:
        """Show the warnings of the start, and end the program if a signal came before it could end."""
        from kps_tui.ui.widgets.toast_place import ToastPlace

        self._is_ready = True
        self._on_first_frame()
        ToastPlace(self.triage.table)
        for warning in (*self._warnings, *self._session.warnings, *self.keys.warnings):
            self.notify(warning, severity="warning", markup=False, timeout=WARNING_SECONDS)
        if self._ended_by:
            self.end_by(self._ended_by)

    def end_by(self, number: int) -> None:
        """End the program with the exit code of signal `number`: now, or once the app is ready."""
        self._ended_by = number
        if self._is_ready:
            self.exit(128 + number, return_code=128 + number)

    def _draw_again(self, _app: App[Any]) -> None:
        """Clear the terminal and draw everything again: another program may have written to it."""
        write_raw(self, CLEAR)
        for screen in self.screen_stack:
            screen.refresh(layout=True)

    async def on_event(self, event: events.Event) -> None:
        """Dispatch keys one at a time, see `KeyQueue`. Only Ctrl+C does not wait for the keys before it."""
        if isinstance(event, events.Key) and event.key == "ctrl+c":
            self.action_interrupt()
        elif isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            if self.key_queue.admits(event):
                if not await self.key_queue.move(event):
                    await super().on_event(event)
                if self.screen_stack:
                    self.key_queue.follow()
        else:
            await super().on_event(event)

    def on_key(self, event: events.Key) -> None:
        """Tell the user that a key is not bound, once. Keys that no widget has handled arrive here, bound or not."""
        keys = self._unbound_keys
        is_new = event.is_printable and keys.should_tell(event.key) and self._is_at_list()
        if is_new and event.key not in self.screen.active_bindings:
            self.notify(keys.message(event.key), markup=False)

    @on(Handled)
    def _handled(self, message: Handled) -> None:
        self.key_queue.handled(message)

    def post_display_hook(self) -> None:
        """Begin to connect once the first frame is written: the imports take about as long as that of Textual."""
        if not self._is_displayed:
            self._is_displayed = True
            if not self.triage.loader.is_offline:
                self.connection.begin()

    async def on_unmount(self) -> None:
        """Finish saving the list and recording the visit, and close the connection."""
        from kps_tui.ui.parting import parting_line

        if self._cache is not None and (screen := self._list) is not None:
            await asyncio.gather(self._cache.finish(), screen.visits.finish())
            line = parting_line(screen.heading, screen.loader.state.extent, screen.view.standings)
            self.parting = [*filter(None, (screen.visits.unsaid, line))]
        await self.connection.close()

    @on(LoginNeeded)
    def _login_needed(self, message: LoginNeeded) -> None:
        self.connection.ask_for_login(message.reason)

    # The program's own commands

    async def action_command(self, id: str) -> None:
        """Run the command with this id."""
        run = BY_ID[id].run
        if isinstance(run, str):
            await self.run_action(run)
        elif run is not None:
            run(self.triage)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Disable commands that can't be used now: their keys do nothing, and the footer omits them."""
        if action != "command":
            return True
        id = str(parameters[0])
        return bool(self.keys.keys[id]) and self._is_offered(id)

    def _is_offered(self, id: str) -> bool:
        """Return whether a command can be used now. While the sign-in covers the list, only those of `APP` can."""
        command = BY_ID[id]
        return (self._in_front is self.triage or command.group == APP) and not obstacle(command, self.triage)

    @property
    def _in_front(self) -> Screen[Any]:
        """The screen in front, not counting dialogs: that of the tasks, or the sign-in."""
        return next(screen for screen in reversed(self.screen_stack) if not screen.is_modal)

    def get_key_display(self, binding: Binding) -> str:
        """Return the first key of a command as it is shown, which the user may have configured."""
        id = binding.id or ""
        keys = (self.keys.shown.get(id) or WIDGET_KEYS.get(id) or shown_key(binding.key)).split()
        if isinstance(self.focused, Input):
            # In an input, keys such as `?` are typed as text.
            keys = [key for key in keys if len(key) > 1] or keys
        return keys[0]

    def action_open_view(self, number: int) -> None:
        """Open saved view `number`, counted from 1."""
        from kps_tui.ui.actions.saved_views import open_view

        open_view(self.triage, self._views, number)

    def action_save_view(self) -> None:
        """Ask for a name, and save filter, order and groups as a view."""
        from kps_tui.ui.actions.saved_views import ask_for_name

        ask_for_name(self.triage, self._views)

    def action_list_commands(self) -> None:
        """List the commands with their keys, and run the one that the user chooses."""
        from kps_tui.ui.screens.dialogs.command_list import CommandList

        def chosen(id: str | None) -> None:
            if id in BY_ID and BY_ID[id].run:
                start_worker(self, partial(self.action_command, id), group="commands")
            elif id is not None:
                # The widget in front handles the key itself.
                self.simulate_key(textual_key((self.keys.shown.get(id) or WIDGET_KEYS[id]).split()[0]))

        covered = self._in_front is not self.triage
        self.push_screen(CommandList(command_index(self.keys.shown, self.triage, covered=covered)), chosen)

    def action_choose_theme(self) -> None:
        """Let the user choose a theme for this run."""
        from kps_tui.ui.actions.theming import choose_theme

        choose_theme(self, self._session.context.configuration.path, color=self._settings.color)

    def action_log_out(self) -> None:
        """Ask whether to forget the login, and forget it."""
        self.connection.log_out()

    def action_doctor(self) -> None:
        """Examine configuration, keyring, network, login, permission and terminal."""
        from kps_tui.ui.screens.dialogs.doctor import DoctorScreen, findings

        examine = partial(findings, self._session.context, self.connection.usable_target)
        self.push_screen(DoctorScreen(examine, self.triage.heading.title))

    def action_log_in(self) -> None:
        """Open the sign-in screen."""
        self.connection.ask_for_login()

    def action_choose_profile(self) -> None:
        """Let the user choose another profile."""
        self.connection.choose_profile()

    def action_previous_profile(self) -> None:
        """Switch back to the previous profile."""
        self.connection.switch_back()

    def action_redraw(self) -> None:
        """Draw the whole screen again."""
        self._draw_again(self)

    def action_to_shell(self) -> None:
        """Suspend the program, if there is a shell with job control that can resume it."""
        if os.getpid() == os.getsid(0) or os.getpgrp() == os.getpgid(os.getppid()):
            self.notify(_("no shell here to resume from · q quits"), severity="warning", markup=False)
        else:
            self.action_suspend_process()

    def action_leave(self) -> None:
        """Quit."""
        self.exit(0, return_code=0)

    def action_interrupt(self) -> None:
        """Quit with the exit code of Ctrl+C."""
        self.exit(ExitCode.INTERRUPTED, return_code=ExitCode.INTERRUPTED)

    def _fatal_error(self) -> None:
        """End after an unhandled error. Textual would print local variables, which may hold a login."""
        error = self._exception
        self._return_code = ExitCode.BUG
        said = self._report(error) if error is not None else _("bug in kps-tui")
        # Of several errors, the first is the cause of the others.
        self._exit_renderables[:] = [*self._exit_renderables, Text(f"kps-tui: {said}")][:1]
        self._close_messages_no_wait()
