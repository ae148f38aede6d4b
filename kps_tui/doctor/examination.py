"""The state of one run of doctor: what is examined, and the results of checks that later ones need."""

import os
from collections.abc import Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field
from urllib.parse import unquote

from kps_tui.identity.configuration import load
from kps_tui.identity.env_families import FAMILIES
from kps_tui.identity.environment import pop_secrets
from kps_tui.identity.profiles import Configuration, choose
from kps_tui.identity.vault import Vault
from kps_tui.kps.credentials import Secret
from kps_tui.kps.probe import Probe
from kps_tui.kps.proxy import Route, secrets_in
from kps_tui.problems import ConfigError
from kps_tui.session.place import Place
from kps_tui.session.resolve import Context
from kps_tui.session.target import Target
from kps_tui.settings import Settings

_SHORTEST = 6
"""The fewest characters of a secret that is redacted. The gaps that a shorter one leaves in words would reveal it."""


@dataclass
class Examination:
    """One run of doctor. Each check reads the results of earlier ones, and is skipped if they are missing."""

    context: Context
    environ: Mapping[str, str]
    config_error: ConfigError | None = None
    """Why the configuration can't be read."""
    profile_error: ConfigError | None = None
    """Why no profile is chosen."""
    vault: Vault = field(default_factory=Vault)
    given: Target | None = None
    """The target of the demo or of the screen; None to find one in the configuration."""
    place: Place | None = None
    """The place that requests go to; None if it can't be resolved."""
    route: Route | None = None
    """How requests reach the endpoint; None if the proxy can't be used, so that nothing is sent."""
    probe: Probe | None = None
    """The outcome of a request without a login."""
    target: Target | None = None
    """The place and the login; None if the login failed."""
    token_project: str = ""
    """The id of the project that the token is for."""

    @property
    def is_demo(self) -> bool:
        """Whether the demo is examined. Then the user's configuration and keyring are not used."""
        return self.given is not None and self.given.demo

    def secrets(self) -> Iterator[str]:
        """Yield every known secret, for redaction of the report."""
        names = [name for family in FAMILIES for name in family.secrets + family.access_key]
        texts = [self.context.environ[name] for name in names if name in self.context.environ]
        for text in [*texts, *secrets_in(self.environ), *_secrets_of(self.target)]:
            yield from {part for part in (text, text.strip(), unquote(text)) if len(part) >= _SHORTEST}


def _secrets_of(target: Target | None) -> Iterator[str]:
    if target is None:
        return
    for holder in (target.credential, target.cached_token):
        for name in getattr(holder, "__slots__", ()):
            if isinstance(value := getattr(holder, name), Secret):
                yield value.reveal()


def open_examination(
    settings: Settings,
    environ: MutableMapping[str, str] = os.environ,
    vault: Vault | None = None,
    given: Target | None = None,
) -> Examination:
    """Read the configuration, and remove the secrets from `environ`. The checks report the errors of this."""
    path = settings.config_path
    configuration, chosen = Configuration(path), None
    config_error = profile_error = None
    if given is None:
        try:
            configuration = load(path, must_exist=settings.config is not None)
        except ConfigError as error:
            config_error = error
        try:
            chosen = choose(configuration, settings.profile, environ) if config_error is None else None
        except ConfigError as error:
            profile_error = error
    context = Context(settings, pop_secrets(environ), configuration, chosen)
    return Examination(context, environ, config_error, profile_error, vault or Vault(), given)
