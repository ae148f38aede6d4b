"""The program on the screen: theme, client, and the life of the terminal."""

import asyncio
import signal
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from rich.text import Text
from textual import on, work
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.screen import Screen

from kps_tui.i18n import _
from kps_tui.locations import styles
from kps_tui.problems import Problem
from kps_tui.session.daemon import in_daemon
from kps_tui.session.reading import utc_now
from kps_tui.session.sign_in import Signed, tried
from kps_tui.session.target import Target
from kps_tui.settings import Settings
from kps_tui.ui.commands import COMMANDS
from kps_tui.ui.connecting import ContextAsked, DoctorAsked, LoginNeeded, Session, heading_before, heading_of
from kps_tui.ui.screens.context import ContextScreen
from kps_tui.ui.screens.doctor import DoctorScreen, findings
from kps_tui.ui.screens.sign_in import SignInScreen
from kps_tui.ui.screens.triage import TriageScreen
from kps_tui.ui.theme import THEMES, textual_name

if TYPE_CHECKING:
    from kps_tui.kps.client import KpsClient

FAULT = 70


class KpsApp(App[int]):
    """The terminal UI on one target."""

    CSS_PATH = [  # noqa: RUF012
        styles() / name for name in ("app.tcss", "triage.tcss", "table.tcss", "dialogs.tcss")
    ]
    TITLE = "kps-tui"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (80, "-medium"), (120, "-wide")]  # noqa: RUF012
    COMMAND_PALETTE_BINDING = "ctrl+p"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "noop", show=False, system=True),
        Binding("ctrl+c", "interrupt", show=False, system=True),
    ]

    def __init__(
        self,
        session: Session,
        settings: Settings | None = None,
        now: Callable[[], datetime] = utc_now,
        report: Callable[[BaseException], str] = repr,
    ) -> None:
        super().__init__()
        self._session = session
        self._settings = settings or Settings()
        self._now = now
        self._report = report
        self._client: KpsClient | None = None
        self._target: Target | None = None
        self._before: Target | None = None
        """What was looked at before the last switch."""
        self._ended_by = 0
        self._is_ready = False
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = textual_name(self._settings.theme, self._settings.color)

    def get_default_screen(self) -> Screen[None]:
        """The screen of the failed tasks."""
        heading = heading_before(self._session.opening())
        return TriageScreen(heading, self._connected, self._settings.page_size, self._now)

    def on_mount(self) -> None:
        """A signal ends the program as `q` does, so that the terminal is left as it was found."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            loop.add_signal_handler(number, self.end_by, number)
        self.app_resume_signal.subscribe(self, self._draw_again)

    def on_ready(self) -> None:
        """A signal that came during the start is obeyed now: before, there is no screen that could be closed."""
        self._is_ready = True
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

    async def on_unmount(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.aclose()

    async def _connected(self) -> "KpsClient":
        if self._client is None:
            target = await in_daemon(self._session.find)
            if not target.project_id:
                target = await tried(target)
            await self._use(target)
            self._triage.heading = heading_of(target)
        assert self._client is not None
        return self._client

    async def _use(self, target: Target) -> None:
        before, self._client = self._client, await in_daemon(target.client)
        self._target = target
        if before is not None:
            await before.aclose()

    @property
    def _triage(self) -> TriageScreen:
        return next(screen for screen in self.screen_stack if isinstance(screen, TriageScreen))

    @on(LoginNeeded)
    def _login_needed(self, message: LoginNeeded) -> None:
        if any(isinstance(screen, SignInScreen) for screen in self.screen_stack):
            return
        reason = message.reason
        if self._session.opening() is None:
            reason = _("Nothing is set up yet: say where to look and log in, or look around with demo data (F2).")
        sign_in = SignInScreen(
            self._session.sign_in,
            lambda: in_daemon(self._session.storage),
            offers=self._session.offers(),
            answers=self._session.answers(),
            reason=reason,
            can_go_back=bool(self._triage.load.pages),
        )
        self.push_screen(sign_in, self._signed_in)

    def _signed_in(self, signed: Signed | None) -> None:
        if signed is not None:
            self._go_on(signed)

    @work(group="sign-in", exclusive=True)
    async def _go_on(self, signed: Signed) -> None:
        if signed.remark:
            self.notify(signed.remark, severity="warning", markup=False)
        target = signed.target
        if target is None:
            target = await in_daemon(self._session.demo)
        await self._switch(target)

    async def _switch(self, target: Target) -> None:
        before = self._target
        await self._use(target)
        self._before = before
        self._triage.signed_in(heading_of(target))

    @on(ContextAsked)
    def _context_asked(self, message: ContextAsked) -> None:
        profiles = self._session.profiles()
        if message.previous:
            if self._before is None:
                self.notify(_("there is no place before this one"), markup=False)
            else:
                self._switch_to(self._before)
        elif not profiles:
            self.notify(_("there is no profile yet · L logs in and makes one"), markup=False)
        else:
            self.push_screen(ContextScreen(profiles), self._chosen)

    @on(DoctorAsked)
    def _doctor_asked(self) -> None:
        self.push_screen(DoctorScreen(partial(findings, self._session.found, self._target)))

    def _chosen(self, name: str | None) -> None:
        if name is not None:
            self._switch_to(name)

    @work(group="sign-in", exclusive=True)
    async def _switch_to(self, to: str | Target) -> None:
        try:
            target = await in_daemon(partial(self._session.use, to)) if isinstance(to, str) else to
            if not target.project_id:
                target = await tried(target)
        except Problem as problem:
            self.post_message(LoginNeeded(str(problem)))
        else:
            await self._switch(target)

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """The palette shows our commands, and only ours."""
        if isinstance(screen, TriageScreen):
            for command in COMMANDS:
                if command.run and command.id != "app.palette":
                    title = command.title[0].upper() + command.title[1:]
                    help = _("key: {keys}").format(keys=command.shown)
                    yield SystemCommand(title, help, partial(screen.action_command, command.id))

    def action_interrupt(self) -> None:
        """Quit as Ctrl+C does everywhere."""
        self.exit(130, return_code=130)

    def _fatal_error(self) -> None:
        """Say where the fault is, without the locals that Textual would print: they may hold a login."""
        error = self._exception
        self._return_code = FAULT
        said = self._report(error) if error is not None else _("a fault of kps-tui")
        # One line: of several faults the first is the cause.
        self._exit_renderables[:] = [*self._exit_renderables, Text(f"kps-tui: {said}")][:1]
        self._close_messages_no_wait()
