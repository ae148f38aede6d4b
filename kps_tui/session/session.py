"""The session of one run of the program: finds the login, tries new ones and stores them."""

from collections.abc import Callable
from dataclasses import replace
from functools import cached_property, partial
from typing import TYPE_CHECKING

from kps_tui.blocking import run_async
from kps_tui.i18n import _
from kps_tui.identity.environment import place_in
from kps_tui.identity.login_kinds import LOGIN_KINDS
from kps_tui.identity.profiles import Chosen, Configuration, Profile, none_chosen
from kps_tui.locations import config_file, database_file, typed_path
from kps_tui.problems import ConfigError, CredentialError
from kps_tui.session.place import Place
from kps_tui.session.resolve import Context, target_of
from kps_tui.session.target import Target
from kps_tui.settings import Settings, Sourced

if TYPE_CHECKING:
    from kps_tui.identity.vault import KeyringOutcomes, Vault
    from kps_tui.identity.vendor import ImportableLogin
    from kps_tui.session.cached_lists import CachedLists
    from kps_tui.session.sign_in import LoginForm, LoginResult


class Session:
    """The context of the run, the keyring and the logins of this run.

    A session with a `fixed` target begins there without looking for a login, and keeps no list: the demo.
    """

    def __init__(
        self,
        context: Context,
        vault: "Vault | None",
        start_demo: Callable[[], Target],
        *,
        fixed: Target | None = None,
    ) -> None:
        """`vault` defaults to the user's keyring, which is imported when it is first used."""
        self._context = context
        self._given_vault = vault
        self._start_demo = start_demo
        self.fixed = fixed
        """The target that the session begins on without looking for a login, or None."""
        self._last_form: LoginForm | None = None

    @classmethod
    def on(cls, target: Target, configuration: Configuration | None = None) -> "Session":
        """Return a session that begins on `target`, which also serves as its demo."""
        context = Context(Settings(demo=True), {}, configuration or Configuration(config_file()), None)
        return cls(context, None, lambda: target, fixed=target)

    @cached_property
    def _vault(self) -> "Vault":
        from kps_tui.identity.vault import Vault

        return self._given_vault or Vault()

    @property
    def context(self) -> Context:
        """The settings, the environment, the configuration and the profile in use."""
        return self._context

    @property
    def warnings(self) -> tuple[str, ...]:
        """The warnings about the configuration and the place."""
        return self._context.warnings() if self.fixed is None else self._context.configuration.warnings

    @property
    def lists(self) -> "CachedLists":
        """The cache of the last lists; a disabled one if the configuration or a fixed target rules it out."""
        from kps_tui.session.cached_lists import CachedLists

        if self.fixed is not None:
            return CachedLists()
        return CachedLists(database_file(), wanted=self._context.configuration.snapshot)

    def opening(self) -> Place | None:
        """Return the place as far as it is known without a login, or None if none is named.

        Raises:
            ConfigError: a value that was given can't be used.
        """
        if self.fixed is not None:
            return self.fixed.place
        if self._context.chosen is None and not self._is_place_named:
            return None
        return self._context.place()

    def none_chosen(self) -> ConfigError | None:
        """Return the error that nothing chooses one of several profiles; None if one is chosen, or there is none."""
        if self._context.chosen is not None or not self._context.configuration.profiles:
            return None
        return none_chosen(self._context.configuration)

    @property
    def _is_place_named(self) -> bool:
        flags = self._context.settings.place
        named = {**place_in(self._context.environ, above=flags), **flags}
        return "region" in named or "endpoint" in named

    async def find(self) -> Target:
        """Return the place with its login. Waits for the keyring, at most until its deadline.

        Raises:
            Problem: nothing usable is named.
        """
        return self.fixed or await target_of(self._context, self._given_vault)

    def remember_form(self, form: "LoginForm") -> None:
        """Use `form`, which has no secret, to fill the sign-in form when it is opened again in this run."""
        self._last_form = form

    def login_form(self) -> "LoginForm":
        """Return what the sign-in form is filled with: what was typed last in this run, else the profile."""
        from kps_tui.session.sign_in import DEFAULT_PROFILE, LoginForm

        if self._last_form is not None:
            return self._last_form
        context = self._context
        profile = context.chosen.profile if context.chosen else None
        place: dict[str, Sourced] = dict(profile.place(context.configuration.file_of(profile.name))) if profile else {}
        place |= dict(context.settings.place)
        kind = LOGIN_KINDS.get(profile.kind) if profile else None
        names = [field.name for each in LOGIN_KINDS.values() for field in each.plain_fields]
        hints = {name: getattr(profile, name) for name in names} if profile else {}
        return LoginForm(place, kind, None, hints, context.settings.profile or context.profile_name or DEFAULT_PROFILE)

    def importable_logins(self) -> "list[ImportableLogin]":
        """Return the logins in the files of the vendor's tools; the files are only read."""
        from kps_tui.identity.vendor import importable_logins

        return importable_logins(typed_path("~"))

    async def storage(self) -> str:
        """Return a sentence about where a login will be stored. Waits for the keyring, at most until its deadline."""
        from kps_tui.session.sign_in import storage_sentence

        return storage_sentence(await self._vault.state())

    async def sign_in(self, form: "LoginForm") -> "LoginResult":
        """Try a login once, then store it; if it can't be stored, it is used in this run only.

        Raises:
            Problem: the login is refused, or can't be tried.
        """
        from kps_tui.session.sign_in import DEFAULT_PROFILE, LoginResult, store_login, verify_login

        if form.credential is None:
            raise ConfigError(_("the form is empty"), next_step=_("fill in the fields"))
        target = await verify_login(Target(form.checked_place(), form.credential, _("this run only")))
        self._last_form = form.without_secret()
        name = form.profile or DEFAULT_PROFILE
        path = self._context.configuration.path
        try:
            stored = await store_login(target, name, path, self._vault)
        except (CredentialError, ConfigError) as problem:
            remark = _("signed in for this run only: {why}").format(why=problem.what)
            return LoginResult(replace(target, profile=""), remark)
        await self._add_saved_profiles()
        return LoginResult(stored)

    async def _add_saved_profiles(self) -> None:
        """Add the profiles that have been saved since the start, so that the user can switch to them."""
        from kps_tui.identity.configuration import load

        before = self._context.configuration
        try:
            saved = await run_async(partial(load, before.path))
        except ConfigError:
            # The user is editing the file.
            return
        profiles = {**before.profiles, **saved.profiles}
        configuration = replace(before, profiles=profiles, saved=before.saved | saved.saved)
        self._context = replace(self._context, configuration=configuration)

    async def log_out(self, profile: str) -> "KeyringOutcomes":
        """Delete the login of `profile` from every keyring. The profile stays.

        Raises:
            CredentialError: there is no keyring.
        """
        known = self._context.configuration.profiles.get(profile)
        self._last_form = None
        return await self._vault.delete(profile, known.keyring if known else "")

    def profiles(self) -> tuple[Profile, ...]:
        """Return the profiles that the user can switch to."""
        return tuple(self._context.configuration.profiles.values())

    async def use(self, name: str) -> Target:
        """Switch to a profile and return its target. Waits for the keyring, at most until its deadline.

        Raises:
            Problem: the profile has no usable login.
        """
        settings = replace(self._context.settings, profile=name, place={})
        profile = self._context.configuration.profiles[name]
        self._last_form = None
        self._context = replace(self._context, settings=settings, chosen=Chosen(profile, _("chosen on the screen")))
        return await target_of(self._context, self._given_vault)

    def demo(self) -> Target:
        """Start the demo service, if it is not running yet, and return it."""
        return self._start_demo()
