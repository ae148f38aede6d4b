"""Resolves the place and the login of a run: flags first, then the environment, then the profile.

The place and the credential are resolved separately, except that a profile named by flag brings both.
"""

import os
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kps_tui.i18n import _
from kps_tui.identity.configuration import load
from kps_tui.identity.environment import credential_in, place_in, pop_secrets
from kps_tui.identity.profiles import Chosen, Configuration, choose, none_chosen
from kps_tui.problems import ConfigError, CredentialError, NextStep
from kps_tui.session.place import Place, place_of
from kps_tui.session.target import Target
from kps_tui.settings import Settings, Sourced, layered, readable_ca_bundle

if TYPE_CHECKING:
    from kps_tui.identity.vault import Vault


@dataclass(frozen=True)
class Context:
    """Everything that is known without asking the keyring or the network."""

    settings: Settings
    environ: Mapping[str, str]
    """The variables that name a place or a login. Those with a secret have been removed from `os.environ`."""
    configuration: Configuration
    chosen: Chosen | None
    """The profile in use, with what chose it."""

    @property
    def profile_name(self) -> str:
        """The name of the profile in use, or an empty text."""
        return self.chosen.profile.name if self.chosen else ""

    def place(self) -> Place:
        """Return the place to read from.

        Raises:
            ConfigError: nothing names it, or a value is malformed.
        """
        flags, profile = self.settings.place, self._profile_place()
        # A profile named by flag counts before the environment.
        below = profile if self.settings.profile is None else {}
        above = layered(profile if self.settings.profile is not None else {}, flags)
        given = layered(below, place_in(self.environ, below, above), above)
        if self.chosen is None and self.configuration.profiles and not given:
            raise none_chosen(self.configuration)
        ca_bundle = readable_ca_bundle(self.settings.ca_bundle) if self.settings.ca_bundle else None
        return place_of(given, ca_bundle)

    def warnings(self) -> tuple[str, ...]:
        """Return the warnings about the configuration and the place."""
        try:
            return (*self.configuration.warnings, *self.place().warnings())
        except ConfigError:
            # The error is reported where the place is used.
            return self.configuration.warnings

    def _profile_place(self) -> dict[str, Sourced]:
        if self.chosen is None:
            return {}
        profile = self.chosen.profile
        return profile.place(self.configuration.file_of(profile.name))


def configuration_of(settings: Settings) -> Configuration:
    """Read the configuration file that `settings` name, else the default one, which need not exist.

    Raises:
        ConfigError: the file is malformed, or it was named and does not exist.
    """
    return load(settings.config_path, must_exist=settings.config is not None)


def load_context(settings: Settings, environ: MutableMapping[str, str] = os.environ) -> Context:
    """Read the configuration, choose the profile, and remove the secrets from `environ`.

    Raises:
        ConfigError: the file is malformed, or the chosen profile does not exist.
    """
    configuration = configuration_of(settings)
    chosen = choose(configuration, settings.profile, environ)
    return Context(settings, pop_secrets(environ), configuration, chosen)


async def target_of(context: Context, vault: "Vault | None" = None) -> Target:
    """Return the place and its login. Reads the keyring if a profile needs it, which may take up to 3 s.

    `vault` is that of the user unless it is given.

    Raises:
        ConfigError: no place is named.
        CredentialError: there is no login, or it can't be used now.
    """
    place = context.place()
    if context.settings.profile is None:
        in_environment = credential_in(context.environ, place.iam_endpoint.netloc)
        if in_environment.credential is not None:
            return Target(place, in_environment.credential, in_environment.source)
    if context.chosen is None:
        if context.configuration.profiles:
            several = none_chosen(context.configuration)
            raise CredentialError(several.what, why=several.why, next_step=several.next_step)
        raise CredentialError(
            _("no login"),
            next_step=NextStep(
                _("log in with kps-tui login, set KPS_TUI_TOKEN, or try --demo"),
                _("log in, or press F2 for demo data"),
            ),
        )
    from kps_tui.session.profile_login import target_of_profile

    return await target_of_profile(context.chosen.profile, place, vault)
