"""The place and the login that the program works with: found at the start, changed by a login or another profile."""

from typing import TYPE_CHECKING, Any

from textual.app import App

from kps_tui.blocking import run_async
from kps_tui.i18n import _
from kps_tui.problems import Problem
from kps_tui.session.session import Session
from kps_tui.session.sign_in import LoginResult, verify_login
from kps_tui.session.target import Target
from kps_tui.storage.snapshot import ListKey
from kps_tui.ui.heading import Heading, heading_of, heading_without_login
from kps_tui.ui.screens.dialogs.context import ContextScreen
from kps_tui.ui.screens.dialogs.sign_in import SignInScreen
from kps_tui.ui.screens.triage import TriageScreen

if TYPE_CHECKING:
    from kps_tui.kps.client import KpsClient


class Connection:
    """Connects the screen of the tasks with a place, one at a time; asks the user for a login where there is none."""

    def __init__(self, app: App[Any], session: Session) -> None:
        self._app = app
        self._session = session
        self._client: KpsClient | None = None
        self.target: Target | None = None
        """Place and login in use; None until the login is found."""
        self._before: Target | None = None
        """The target before the last switch."""

    @property
    def _triage(self) -> TriageScreen:
        return next(screen for screen in self._app.screen_stack if isinstance(screen, TriageScreen))

    def first_heading(self, *, offline: bool) -> Heading:
        """Return the heading before the login is found, or for a run without one."""
        return heading_without_login(self._session.opening(), self._session.context.profile_name, offline=offline)

    def list_key(self) -> ListKey | None:
        """Return under which key the list on the screen is cached; None: it is not."""
        target = self.target
        place = target.place if target else self._session.opening()
        if place is None or (target and target.demo):
            return None
        profile = (target.profile if target else "") or self._session.context.profile_name
        return ListKey(profile, place.endpoint.netloc, place.project_id)

    async def connect(self) -> "KpsClient":
        """Return the client; the first call finds the login.

        Raises:
            Problem: there is no login, or it can't be used.
        """
        if self._client is None:
            target = await self._session.find()
            if not target.place.project_id:
                target = await verify_login(target)
            await self._use(target)
            self._triage.heading = heading_of(target)
        assert self._client is not None
        return self._client

    async def close(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.aclose()

    async def _use(self, target: Target) -> "KpsClient | None":
        """Ask `target` from now on; return the client of before, which is to be closed."""
        waiting = self._triage.countdown.waiting
        before, self._client = self._client, await run_async(lambda: target.client(waiting))
        self.target = target
        return before

    async def _switch(self, target: Target) -> None:
        self._before, before = self.target, await self._use(target)
        # Without a step in between, so that the list of the place before is not cached as this one's.
        self._triage.signed_in(heading_of(target))
        if before is not None:
            await before.aclose()

    def ask_for_login(self, reason: str = "") -> None:
        """Open the sign-in screen, unless it is open already; what is shown stays."""
        if any(isinstance(screen, SignInScreen) for screen in self._app.screen_stack):
            return
        if self._session.opening() is None:
            reason = _("Nothing is set up yet: say where to look and log in, or look around with demo data (F2).")
        sign_in = SignInScreen(
            self._session.sign_in,
            self._session.storage,
            importable=self._session.importable_logins(),
            form=self._session.login_form(),
            reason=reason,
            can_go_back=bool(self._triage.load.extent.pages),
        )

        def signed_in(result: LoginResult | None) -> None:
            if result is not None:
                self._app.run_worker(self._signed_in(result), group="sign-in", exclusive=True)

        self._app.push_screen(sign_in, signed_in)

    async def _signed_in(self, result: LoginResult) -> None:
        if result.remark:
            self._app.notify(result.remark, severity="warning", markup=False)
        target = result.target
        if target is None:
            target = await run_async(self._session.demo)
        await self._switch(target)

    def choose_profile(self) -> None:
        """Let the user choose a profile and switch to it."""

        def chosen(name: str | None) -> None:
            if name is not None:
                self.switch_to(name)

        if profiles := self._session.profiles():
            self._app.push_screen(ContextScreen(profiles), chosen)
        else:
            self._app.notify(_("there is no profile yet · L logs in and makes one"), markup=False)

    def switch_back(self) -> None:
        """Switch to the place before the last switch."""
        if self._before is None:
            self._app.notify(_("there is no place before this one"), markup=False)
        else:
            self.switch_to(self._before)

    def switch_to(self, to: str | Target) -> None:
        """Switch to a profile, or to a place with its login."""
        self._app.run_worker(self._switch_to(to), group="sign-in", exclusive=True)

    async def _switch_to(self, to: str | Target) -> None:
        try:
            target = await self._session.use(to) if isinstance(to, str) else to
            if not target.place.project_id:
                target = await verify_login(target)
        except Problem as problem:
            self.ask_for_login(str(problem))
        else:
            await self._switch(target)
