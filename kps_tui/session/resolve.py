"""Finds place and login: flag, then environment, then profile; place and credential are looked up apart."""

import os
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, replace
from pathlib import Path

from kps_tui.i18n import _
from kps_tui.identity.configuration import load
from kps_tui.identity.environment import credential_in, place_in, pop_secrets
from kps_tui.identity.login_kinds import LOGIN_KINDS
from kps_tui.identity.profiles import ENVIRONMENT, Chosen, Configuration, choose
from kps_tui.identity.vault import Vault
from kps_tui.locations import config_file
from kps_tui.problems import ConfigError, CredentialError
from kps_tui.session.place import Place, place_of
from kps_tui.session.target import Target
from kps_tui.session.token_cache import token_cache
from kps_tui.settings import Settings, Sourced, existing_file


@dataclass(frozen=True)
class Context:
    """What can be known without asking keyring or network."""

    settings: Settings
    environ: Mapping[str, str]
    """The variables that name place and login; the secret ones are in the environment no more."""
    configuration: Configuration
    chosen: Chosen | None
    """The profile that is used, and what chose it."""

    @property
    def profile_name(self) -> str:
        """Its name, empty where there is none."""
        return self.chosen.profile.name if self.chosen else ""

    def place(self) -> Place:
        """Return where to look.

        Raises:
            ConfigError: nothing names it, or a value can't be used.
        """
        flags = self.settings.place
        profile = self._profile_place()
        named = flags.get("iam_endpoint") or profile.get("iam_endpoint")
        environment = place_in(self.environ, _host(named.value) if named else "")
        given = profile | environment | dict(flags)
        if self.settings.profile is not None:
            given = environment | profile | dict(flags)
        if self.chosen is None and self.configuration.profiles and not given:
            raise ConfigError(
                _("there are several profiles, and none is chosen"),
                next_step=_("name one with --profile, or choose one with: kps-tui profiles default NAME"),
            )
        ca_bundle = existing_file(self.settings.ca_bundle) if self.settings.ca_bundle else None
        return place_of(given, ca_bundle, os.environ)

    def _profile_place(self) -> dict[str, Sourced]:
        if self.chosen is None:
            return {}
        profile = self.chosen.profile
        return profile.place(self.configuration.file_of(profile.name))


def configuration_of(settings: Settings) -> Configuration:
    """Read the configuration that `settings` name, else the user's own; that one need not be there.

    Raises:
        ConfigError: the file is broken, or was named and is not there.
    """
    path = Path(settings.config.value).expanduser() if settings.config else config_file()
    return load(path, must_exist=settings.config is not None)


def load_context(settings: Settings, environ: MutableMapping[str, str] = os.environ) -> Context:
    """Read the configuration, choose the profile, and take the secrets out of `environ`.

    Raises:
        ConfigError: the file is broken, or names no such profile.
    """
    configuration = configuration_of(settings)
    chosen = choose(configuration, settings.profile, environ)
    return Context(settings, pop_secrets(environ), configuration, chosen)


async def target_of(context: Context, vault: Vault) -> Target:
    """Return what is worked on. Reads the keyring, which may take up to 3 s.

    Raises:
        ConfigError: the place is not named.
        CredentialError: there is no login, or none that can be used now.
    """
    at = context.place()
    if context.settings.profile is None:
        in_environment = credential_in(context.environ, at.iam_endpoint.netloc)
        if in_environment.credential is not None:
            if not at.project_id and in_environment.project_id:
                at = replace(at, project_id=in_environment.project_id.value)
            return Target(at, in_environment.credential, in_environment.source)
    if context.chosen is None:
        raise CredentialError(
            _("no login"),
            next_step=_("log in with kps-tui login, set KPS_TUI_TOKEN, or look around with --demo"),
        )
    return await _of_profile(context, context.chosen, at, vault)


async def _of_profile(context: Context, chosen: Chosen, at: Place, vault: Vault) -> Target:
    profile = chosen.profile
    if profile.kind == ENVIRONMENT:
        raise CredentialError(
            _("profile “{name}” takes its login from the environment, which holds none").format(name=profile.name),
            next_step=_("set KPS_TUI_TOKEN"),
        )
    kind = LOGIN_KINDS[profile.kind]
    if not kind.is_stored:
        return Target(at, kind.parse({}, ""), kind.source(), profile.name)
    stored = await vault.read(profile.name)
    if stored is None:
        raise CredentialError(
            _("no login is kept for profile “{name}”").format(name=profile.name),
            next_step=_("log in with: kps-tui login --profile {name}").format(name=profile.name),
        )
    source = _("keyring, profile “{name}”").format(name=profile.name)
    keep = token_cache(vault, profile.name, stored.credential)
    return Target(at, stored.credential, source, profile.name, stored.token, keep=keep)


def _host(text: str) -> str:
    from kps_tui.kps.endpoint import Endpoint

    try:
        return Endpoint.parse(text).netloc
    except ConfigError:
        return ""
