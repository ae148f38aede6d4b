"""The session of a run: finds the login, tries new ones, keeps them."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from kps_tui.blocking import run_async
from kps_tui.i18n import _
from kps_tui.identity.profiles import Chosen, Profile
from kps_tui.identity.vault import Vault
from kps_tui.identity.vendor import ImportableLogin
from kps_tui.identity.vendor import found as found_offers
from kps_tui.locations import database_file
from kps_tui.problems import ConfigError, CredentialError, Problem
from kps_tui.session.kept_lists import KeptLists
from kps_tui.session.place import Place
from kps_tui.session.resolve import Context, target_of
from kps_tui.session.sign_in import (
    DEFAULT_PROFILE,
    Kind,
    LoginForm,
    LoginResult,
    place_to_keep,
    store_login,
    verify_login,
)
from kps_tui.session.target import Target
from kps_tui.settings import Sourced


class LiveSession:
    """What was found out, and the keyring."""

    def __init__(self, context: Context, vault: Vault, start_demo: Callable[[], Target]) -> None:
        self._context = context
        self._vault = vault
        self._start_demo = start_demo
        self._last: LoginForm | None = None

    def opening(self) -> Place | None:
        """Return where to look, as far as it is known without a login; `None` where nothing names it.

        Raises:
            ConfigError: a value that was given can't be used.
        """
        if self._context.chosen is None and not self._is_named:
            return None
        return self._context.place()

    @property
    def _is_named(self) -> bool:
        """Whether anything names a place at all."""
        from kps_tui.identity.environment import place_in

        named = {**place_in(self._context.environ), **self._context.settings.place}
        return "region" in named or "endpoint" in named

    def find(self) -> Target:
        """Return place and login; blocks for the keyring's deadline at most.

        Raises:
            Problem: nothing usable is named.
        """
        return target_of(self._context, self._vault)

    def answers(self) -> LoginForm:
        """Return what is known before the user is asked: the last login, else the profile."""
        if self._last is not None:
            return self._last
        context = self._context
        profile = context.chosen.profile if context.chosen else None
        place: dict[str, Sourced] = dict(profile.place(context.configuration.path)) if profile else {}
        place |= dict(context.settings.place)
        hints = {}
        if profile:
            hints = {key: getattr(profile, key) for key in ("user", "user_id", "account", "access_key")}
        kind = Kind(profile.kind) if profile and profile.kind in {*Kind} else None
        return LoginForm(place, kind, None, hints, context.settings.profile or context.profile_name or DEFAULT_PROFILE)

    def offers(self) -> list[ImportableLogin]:
        """Return the logins that files of the vendor's tools hold; they are read, never changed."""
        return found_offers(Path.home())

    @property
    def context(self) -> Context:
        """What was known at the start, and which profile is used now."""
        return self._context

    def storage(self) -> str:
        """Say where a login will be kept; blocks for the keyring's deadline at most."""
        return place_to_keep(self._vault.state())

    async def sign_in(self, answers: LoginForm) -> LoginResult:
        """Try a login; keep it where that is possible, else for this run.

        Raises:
            Problem: it is refused, or can't be tried.
        """
        if answers.credential is None:
            raise ConfigError(_("nothing to log in with"), next_step=_("fill in the fields"))
        target = await verify_login(Target(answers.checked_place(), answers.credential, _("this run only")))
        self._last = answers.without_secret()
        name = answers.profile or DEFAULT_PROFILE
        path = self._context.configuration.path
        try:
            return LoginResult(await run_async(lambda: store_login(target, name, path, self._vault)))
        except (CredentialError, ConfigError) as problem:
            return LoginResult(replace(target, profile=""), remark=_said(problem))

    def profiles(self) -> tuple[Profile, ...]:
        """Return the profiles that can be switched to."""
        return tuple(self._context.configuration.profiles.values())

    def use(self, name: str) -> Target:
        """Return the target of a profile; blocks for the keyring's deadline at most.

        Raises:
            Problem: its login can't be had.
        """
        settings = replace(self._context.settings, profile=name, place={})
        profile = self._context.configuration.profiles[name]
        self._last = None
        self._context = replace(self._context, settings=settings, chosen=Chosen(profile, _("chosen on the screen")))
        return target_of(self._context, self._vault)

    @property
    def lists(self) -> KeptLists:
        """Where the last lists are kept, unless the configuration says that they are not."""
        return KeptLists(database_file(), wanted=self._context.configuration.snapshot)

    def demo(self) -> Target:
        """Return the demo service, started."""
        return self._start_demo()


def _said(problem: Problem) -> str:
    return _("signed in for this run only: {why}").format(why=problem.what)
