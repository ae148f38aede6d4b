"""The connection of the app: the place, login and client in use. Signing in or switching the profile replaces them."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from textual.app import App
from textual.content import Content

from kps_tui.blocking import run_async
from kps_tui.i18n import _
from kps_tui.identity.profiles import Profile
from kps_tui.kps.errors import LoginRefused
from kps_tui.locations import ledger_file
from kps_tui.problems import ConfigError, CredentialError, Problem
from kps_tui.sanitize import line
from kps_tui.session.place import Place
from kps_tui.session.session import Session
from kps_tui.session.target import Target
from kps_tui.storage.snapshot import ListKey
from kps_tui.terminal.width import cut, padded
from kps_tui.ui.actions.loading import show_place
from kps_tui.ui.heading import Heading, heading_of, heading_without_login
from kps_tui.ui.screens.triage import TriageScreen
from kps_tui.ui.workers import start_worker

if TYPE_CHECKING:
    from kps_tui.identity.vault import KeyringOutcomes
    from kps_tui.kps.client import KpsClient
    from kps_tui.session.ledger import Ledger
    from kps_tui.session.sign_in import LoginResult


class Connection:
    """Connects the screen of the tasks to one place at a time, and asks the user for a login if there is none."""

    def __init__(self, app: App[Any], session: Session) -> None:
        self._app = app
        self._session = session
        self._client: KpsClient | None = None
        self._opening: asyncio.Future[None] | None = None
        """The start of finding the login and creating the client, which the first `connect` waits for."""
        self.target: Target | None = None
        """The place and login in use, or None until a login is found. The login may have been removed since."""
        self._before: Target | str | None = None
        """What was in use before the last switch; only the name of the profile if its login was removed."""
        self._has_offered_profiles = False
        """Whether the user was asked in this run which of several profiles to use."""

    @property
    def _triage(self) -> TriageScreen:
        return next(screen for screen in self._app.screen_stack if isinstance(screen, TriageScreen))

    def first_heading(self, *, offline: bool) -> Heading:
        """Return the heading before the login is found."""
        if self._session.fixed is not None:
            return heading_of(self._session.fixed)
        return heading_without_login(self._session.opening(), self._session.context.profile_name, offline=offline)

    @property
    def usable_target(self) -> Target | None:
        """The place and login in use, or None until a login is found and after it was removed."""
        return self.target if self._client is not None else None

    @property
    def _place(self) -> Place | None:
        """The place in use, or None if nothing names one.

        Raises:
            ConfigError: a value that names it is malformed.
        """
        return self.target.place if self.target else self._session.opening()

    @property
    def _is_place_named(self) -> bool:
        try:
            return self._place is not None
        except ConfigError:
            return True

    def list_key(self) -> ListKey | None:
        """Return the cache key of the list on the screen, or None if it is not cached."""
        target, place = self.target, self._place
        if place is None or (target and target.demo):
            return None
        profile = (target.profile if target else "") or self._session.context.profile_name
        return ListKey(profile, place.endpoint.netloc, place.project_id)

    def ledger(self) -> "Ledger | None":
        """Return the ledger of the project on the screen, or None if that is not known yet. The demo has no file."""
        from kps_tui.session.ledger import Ledger

        target, place = self.target, self._place
        if place is None or not place.project_id:
            return None
        is_remembered = self._session.fixed is None and not (target and target.demo)
        return Ledger(ledger_file() if is_remembered else None, place)

    def begin(self) -> None:
        """Begin to find the login and create the client. If that fails, the first `connect` raises the error."""
        self._opening = asyncio.ensure_future(self._open())
        self._opening.add_done_callback(lambda opening: opening.cancelled() or opening.exception())

    async def connect(self) -> "KpsClient":
        """Return the client. The first call finds the login and creates it, unless that has begun.

        Raises:
            Problem: there is no login, or it can't be used.
        """
        if self._client is None:
            opening, self._opening = self._opening, None
            await (opening or self._open())
        assert self._client is not None
        return self._client

    async def _open(self) -> None:
        target = await _with_project(await self._session.find())
        await self._use(target)
        self._triage.heading = heading_of(target)

    async def close(self) -> None:
        """Close the client."""
        self._cancel_opening()
        if self._client is not None:
            await self._client.aclose()

    def _cancel_opening(self) -> None:
        if self._opening is not None:
            self._opening.cancel()
            self._opening = None

    async def _use(self, target: Target) -> "KpsClient | None":
        """Use `target` from now on, and return the previous client, which the caller closes.

        Raises:
            ConfigError: the CA bundle or a proxy can't be used; then nothing changes.
        """
        waiting = self._triage.countdown.waiting
        client = await run_async(lambda: target.client(waiting))
        before, self._client, self.target = self._client, client, target
        return before

    async def _switch(self, target: Target) -> None:
        """Use `target` from now on, and load its list.

        Raises:
            ConfigError: the CA bundle or a proxy can't be used; then nothing changes.
        """
        from kps_tui.ui.screens.dialogs.sign_in import SignInScreen

        previous, left = self.target, self.usable_target or (self.target and self.target.profile)
        before = await self._use(target)
        self._cancel_opening()
        # No `await` since the target was replaced: the list of the place before might be cached as that of this one.
        show_place(self._triage, heading_of(target))
        if isinstance(sign_in := self._app.screen, SignInScreen):
            # The user chose another profile instead.
            sign_in.dismiss(None)
        if previous is not None and not _is_new_login(previous, target):
            self._before = left
        if before is not None:
            await before.aclose()

    def ask_for_login(self, reason: str = "") -> None:
        """Open the sign-in screen with `reason` in it, unless it is open already."""
        from kps_tui.ui.screens.dialogs.sign_in import SignInScreen

        if any(isinstance(screen, SignInScreen) for screen in self._app.screen_stack):
            return
        error = self._triage.load.error
        if self._is_place_named:
            # Without a reason the user has asked for it, maybe because the login was refused.
            reason = reason or (error.on_screen if isinstance(error, LoginRefused | CredentialError) else "")
        elif self._session.none_chosen() is None:
            reason = _("No profile yet. Choose a region and sign in, or F2 for demo data.")
        elif not self._has_offered_profiles:
            self._has_offered_profiles = True
            said = _("No profile is chosen. Sign in, or F2 for demo data.")
            self.choose_profile(otherwise=lambda: self.ask_for_login(said))
            return
        sign_in = SignInScreen(
            self._session.sign_in,
            self._session.storage,
            self._session.remember_form,
            importable=self._session.importable_logins(),
            form=self._session.login_form(),
            reason=reason,
            can_go_back=lambda: bool(self._triage.load.extent.pages),
        )

        def signed_in(result: "LoginResult | None") -> None:
            if result is not None:
                start_worker(self._app, partial(self._signed_in, result), group="sign-in", exclusive=True)

        self._app.push_screen(sign_in, signed_in)

    async def _signed_in(self, result: "LoginResult") -> None:
        if result.remark:
            self._app.notify(result.remark, severity="warning", markup=False)
        try:
            target = result.target
            if target is None:
                target = await run_async(self._session.demo)
            await self._switch(target)
        except Problem as problem:
            self.ask_for_login(problem.on_screen)

    def choose_profile(self, otherwise: Callable[[], object] | None = None) -> None:
        """Let the user choose a profile, and switch to it.

        `otherwise` is given at the start, if no profile is the default: it is called if the user chooses none.
        """
        from kps_tui.ui.screens.dialogs.chooser import Chooser

        def chosen(number: int | None) -> None:
            if number is not None:
                self.switch_to(profiles[number].name)
            elif otherwise is not None:
                otherwise()

        if profiles := self._session.profiles():
            now = self._triage.heading.profile
            title, enter = _("Choose a profile · none is the default"), _("Enter opens it")
            if otherwise is None:
                enter = _("Enter switches")
                title = _("Switch profile · now {profile}").format(profile=line(now, 40) or self._triage.heading.title)
            current = next((number for number, profile in enumerate(profiles) if profile.name == now), 0)
            lines = [*map(profile_line, profiles)]
            self._app.push_screen(Chooser(title, lines, enter, current), chosen)
        else:
            self._app.notify(_("no profile yet · L logs in and creates one"), markup=False)

    def log_out(self) -> None:
        """Remove the login of the profile from the keyring, if the user confirms that."""
        from kps_tui.ui.screens.dialogs.question import Question

        target = self.target
        if target is None or target.demo:
            self._app.notify(_("there is no login to remove"), markup=False)
            return
        if not target.profile:
            said = _("this login is not saved: it comes from {source}")
            self._app.notify(said.format(source=line(target.source, 80)), markup=False)
            return
        profile = target.profile

        def answered(yes: bool | None) -> None:
            if yes:
                start_worker(self._app, partial(self._log_out, profile), group="sign-in", exclusive=True)

        title = _("Log out of profile “{name}”?").format(name=line(profile, 64))
        question = _("Its login is removed from the keyring. The profile and the rows stay.")
        self._app.push_screen(Question(title, question, _("Enter logs out")), answered)

    async def _log_out(self, profile: str) -> None:
        try:
            outcomes = await self._session.log_out(profile)
        except CredentialError as problem:
            self._app.notify(problem.on_screen, severity="warning", markup=False)
            return
        if isinstance(self._before, Target) and self._before.profile == profile:
            self._before = profile
        for said in _outcome(outcomes, profile):
            self._app.notify(said, severity="warning" if outcomes.problems else "information", markup=False)
        self._triage.loader.stop()
        self._triage.running_loader.forget()
        self._triage.list_watch.end()
        self._triage.heading = replace(self._triage.heading, login=_("none, logged out"))
        # Otherwise the next request would use the login that was being found.
        self._cancel_opening()
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    def switch_back(self) -> None:
        """Switch back to what was in use before the last switch."""
        before = self._before
        is_known = isinstance(before, Target) or any(profile.name == before for profile in self._session.profiles())
        if before is None or not is_known:
            self._app.notify(_("no previous profile"), markup=False)
        else:
            self.switch_to(before)

    def switch_to(self, to: str | Target) -> None:
        """Switch to the profile with this name, or to a target."""
        start_worker(self._app, partial(self._switch_to, to), group="sign-in", exclusive=True)

    async def _switch_to(self, to: str | Target) -> None:
        try:
            await self._switch(await _with_project(await self._session.use(to) if isinstance(to, str) else to))
        except Problem as problem:
            self.ask_for_login(problem.on_screen)


def _is_new_login(before: Target, after: Target) -> bool:
    """Return whether `after` only replaces the login of `before`, for the same project and profile."""
    is_same_project = (before.place.endpoint, before.place.project_id) == (after.place.endpoint, after.place.project_id)
    return is_same_project and after.profile in ("", before.profile)


def _outcome(outcomes: "KeyringOutcomes", profile: str) -> list[str]:
    """Return what to say after deleting the login of `profile`: a sentence for each keyring that may still have it."""
    name = line(profile, 64)
    said = _("the login of profile “{name}” may still be in a keyring: {problem}")
    problems = [said.format(name=name, problem=problem.on_screen) for problem in outcomes.problems.values()]
    if outcomes.done:
        return [_("removed the login of profile “{name}”").format(name=name), *problems]
    return problems or [_("profile “{name}” had no login").format(name=name)]


def profile_line(profile: Profile) -> Content:
    """Return the line of a profile: its name, place, kind of login and project. A narrow dialog cuts its end."""
    texts = (
        padded(cut(line(profile.name), 18), 18),
        padded(cut(line(profile.region or profile.endpoint), 30), 18),
        padded(profile.kind, 11),
        line(profile.project_id),
    )
    return Content("  ".join(texts))


async def _with_project(target: Target) -> Target:
    """Return `target` with a project id: its own, or that of the login, for which IAM is asked.

    Raises:
        Problem: the login is refused, or it may use several projects.
    """
    if target.place.project_id:
        return target
    from kps_tui.session.sign_in import verify_login

    return await verify_login(target)
