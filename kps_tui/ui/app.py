"""The program on the screen: theme, client, and the life of the terminal."""

import asyncio
import signal
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from rich.text import Text
from textual import events, on, work
from textual.app import App
from textual.binding import Binding, BindingType
from textual.screen import Screen

from kps_tui.blocking import run_async
from kps_tui.clock import utc_now
from kps_tui.i18n import _
from kps_tui.locations import styles
from kps_tui.problems import Problem
from kps_tui.session.session import Session
from kps_tui.session.sign_in import LoginResult, verify_login
from kps_tui.session.target import Target
from kps_tui.settings import Settings
from kps_tui.storage.snapshot import ListKey
from kps_tui.ui.commanded_app import CommandedApp
from kps_tui.ui.connecting import (
    ContextAsked,
    DoctorAsked,
    LoginNeeded,
)
from kps_tui.ui.heading import heading_of, heading_without_login
from kps_tui.ui.keeping import ListKeeper
from kps_tui.ui.key_queue import Handled, KeyQueue
from kps_tui.ui.screens.context import ContextScreen
from kps_tui.ui.screens.doctor import DoctorScreen, findings
from kps_tui.ui.screens.sign_in import SignInScreen
from kps_tui.ui.screens.triage import TriageScreen
from kps_tui.ui.stops import tell_stops_apart
from kps_tui.ui.theme import THEMES, textual_name
from kps_tui.ui.watch import SECONDS

if TYPE_CHECKING:
    from kps_tui.kps.client import KpsClient

FAULT = 70
ENDING = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT)
"""Signals that end the program, with the terminal as it was found."""
SHEETS = ("app", "triage", "table", "facets", "timeline", "dialogs")
WARNING_SECONDS = 12
"""How long a warning about the configuration stays."""


class KpsApp(CommandedApp):
    """The terminal UI on one target."""

    CSS_PATH = [styles() / f"{name}.tcss" for name in SHEETS]  # noqa: RUF012
    TITLE = "kps-tui"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (80, "-medium"), (120, "-wide")]  # noqa: RUF012
    ENABLE_COMMAND_PALETTE = False
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
        watch_seconds: float = SECONDS,
    ) -> None:
        super().__init__(session.context.configuration)
        self._session = session
        self._settings = settings or Settings()
        self._now = now
        self._report = report
        self._watch_seconds = watch_seconds
        self._keeper: ListKeeper | None = None
        self._client: KpsClient | None = None
        self._target: Target | None = None
        self._before: Target | None = None
        """What was looked at before the last switch."""
        self._ended_by = 0
        self._is_ready = False
        self.key_queue = KeyQueue(self)
        configuration = session.context.configuration
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = textual_name(self._settings.theme_or(configuration.theme), self._settings.color)

    def get_default_screen(self) -> Screen[None]:
        """The screen of the failed tasks."""
        # The demo is there without a network.
        is_offline = self._settings.offline and not self._settings.demo
        profile = self._session.context.profile_name
        heading = heading_without_login(self._session.opening(), profile, offline=is_offline)
        self._keeper = ListKeeper(self._session.lists, self._kept, self._say, is_offline=is_offline)
        page_size, seconds = self._settings.page_size, self._watch_seconds
        return TriageScreen(
            heading, self._connected, page_size, self._now, self.keys.keys, self._keeper, watch_seconds=seconds
        )

    def _kept(self) -> ListKey | None:
        """What the list on the screen belongs to."""
        target = self._target
        place = target.place if target else self._session.opening()
        if place is None or (target and target.demo):
            return None
        profile = (target.profile if target else "") or self._session.context.profile_name
        return ListKey(profile, place.endpoint.netloc, place.project_id)

    def _say(self, text: str) -> None:
        self.notify(text, severity="warning", markup=False)

    def on_mount(self) -> None:
        """A signal ends the program as `q` does, so that the terminal is left as it was found."""
        loop = asyncio.get_running_loop()
        for number in ENDING:
            loop.add_signal_handler(number, self.end_by, number)
        self.app_resume_signal.subscribe(self, self._draw_again)
        tell_stops_apart(lambda: self._draw_again(self))
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
        if self._keeper is not None:
            await self._keeper.finish()
        if self._client is not None:
            await self._client.aclose()

    async def _connected(self) -> "KpsClient":
        if self._client is None:
            target = await self._session.find()
            if not target.place.project_id:
                target = await verify_login(target)
            await self._use(target)
            self.triage.heading = heading_of(target)
        assert self._client is not None
        return self._client

    async def _use(self, target: Target) -> "KpsClient | None":
        """Ask `target` from now on; return the client of before, which is to be closed."""
        waits = self.triage.countdown.waiting
        before, self._client = self._client, await run_async(lambda: target.client(waits))
        self._target = target
        return before

    @on(LoginNeeded)
    def _login_needed(self, message: LoginNeeded) -> None:
        if any(isinstance(screen, SignInScreen) for screen in self.screen_stack):
            return
        reason = message.reason
        if self._session.opening() is None:
            reason = _("Nothing is set up yet: say where to look and log in, or look around with demo data (F2).")
        sign_in = SignInScreen(
            self._session.sign_in,
            self._session.storage,
            importable=self._session.importable_logins(),
            form=self._session.login_form(),
            reason=reason,
            can_go_back=bool(self.triage.load.pages),
        )
        self.push_screen(sign_in, self._signed_in)

    def _signed_in(self, signed: LoginResult | None) -> None:
        if signed is not None:
            self._go_on(signed)

    @work(group="sign-in", exclusive=True)
    async def _go_on(self, signed: LoginResult) -> None:
        if signed.remark:
            self.notify(signed.remark, severity="warning", markup=False)
        target = signed.target
        if target is None:
            target = await run_async(self._session.demo)
        await self._switch(target)

    async def _switch(self, target: Target) -> None:
        self._before, before = self._target, await self._use(target)
        # Nothing comes between: what is read of the place before must not be kept as this one's.
        self.triage.signed_in(heading_of(target))
        if before is not None:
            await before.aclose()

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
        self.push_screen(DoctorScreen(partial(findings, self._session.context, self._target)))

    def _chosen(self, name: str | None) -> None:
        if name is not None:
            self._switch_to(name)

    @work(group="sign-in", exclusive=True)
    async def _switch_to(self, to: str | Target) -> None:
        try:
            target = await self._session.use(to) if isinstance(to, str) else to
            if not target.place.project_id:
                target = await verify_login(target)
        except Problem as problem:
            self.post_message(LoginNeeded(str(problem)))
        else:
            await self._switch(target)

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
