"""What the checks look at, and what they tell each other on the way."""

import os
from collections.abc import Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

from kps_tui.doctor.proxy import passwords_in
from kps_tui.identity.configuration import load
from kps_tui.identity.env_families import FAMILIES
from kps_tui.identity.environment import pop_secrets
from kps_tui.identity.profiles import Configuration, choose
from kps_tui.identity.vault import Vault
from kps_tui.kps.credentials import Secret
from kps_tui.locations import config_file
from kps_tui.problems import ConfigError
from kps_tui.session.place import Place
from kps_tui.session.resolve import Context
from kps_tui.session.target import Target
from kps_tui.settings import Settings

_SHORTEST = 6
"""A shorter secret is not looked for in a text: taking it out of ordinary words would tell it."""


@dataclass
class Case:
    """One examination. A check reads what those before it left here, and finds nothing to say where that is missing."""

    found: Context
    environ: Mapping[str, str]
    broken: ConfigError | None = None
    """Why the configuration says nothing."""
    unchosen: ConfigError | None = None
    """Why no profile is chosen."""
    vault: Vault = field(default_factory=Vault)
    given: Target | None = None
    """What is known already: the demo, or what the screen works on; else it is looked for."""
    at: Place | None = None
    may_send: bool = True
    """No, where a proxy is set that can't be used."""
    target: Target | None = None
    """Whoever asks; absent where the login itself failed."""
    token_project: str = ""
    """The project that the token says it is for."""

    @property
    def is_demo(self) -> bool:
        """Whether it is the demo: then nothing of the user's own is looked at."""
        return self.given is not None and self.given.demo

    def secrets(self) -> Iterator[str]:
        """Yield every secret at hand, so that it can be kept out of the report whatever a text of others holds."""
        names = [name for family in FAMILIES for name in family.secrets + family.access_key]
        texts = [self.found.environ[name] for name in names if name in self.found.environ]
        for text in [*texts, *passwords_in(self.environ), *_secrets_of(self.target)]:
            yield from {part for part in (text, text.strip(), unquote(text)) if len(part) >= _SHORTEST}


def _secrets_of(target: Target | None) -> Iterator[str]:
    if target is None:
        return
    for holder in (target.credential, target.last):
        for name in getattr(holder, "__slots__", ()):
            if isinstance(value := getattr(holder, name), Secret):
                yield value.reveal()


def opened(
    settings: Settings,
    environ: MutableMapping[str, str] = os.environ,
    vault: Vault | None = None,
    given: Target | None = None,
) -> Case:
    """Read the configuration and take the secrets out of `environ`. What is broken is kept for the checks to say."""
    path = Path(settings.config.value).expanduser() if settings.config else config_file()
    configuration, chosen = Configuration(path), None
    broken = unchosen = None
    if given is None:
        try:
            configuration = load(path, must_exist=settings.config is not None)
        except ConfigError as error:
            broken = error
        try:
            chosen = choose(configuration, settings.profile, environ) if broken is None else None
        except ConfigError as error:
            unchosen = error
    found = Context(settings, pop_secrets(environ), configuration, chosen)
    return Case(found, environ, broken, unchosen, vault or Vault(), given)
