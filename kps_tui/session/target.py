"""What settings and environment name: which project, where, and whose login. Nothing is sent yet."""

import os
import re
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kps_tui.i18n import _
from kps_tui.identity.environment import TOKEN_VARIABLE, take_token
from kps_tui.kps.credentials import Token
from kps_tui.kps.endpoint import Endpoint
from kps_tui.kps.regions import endpoint_of
from kps_tui.problems import ConfigError
from kps_tui.sanitize import line
from kps_tui.settings import Given, Settings, existing_file

if TYPE_CHECKING:
    from kps_tui.kps.client import KpsClient

_PROJECT_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_PROXY_VARIABLES = ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")


@dataclass(frozen=True, slots=True)
class Target:
    """One project at one endpoint, and the login for it."""

    endpoint: Endpoint
    region: str
    """Empty where only an endpoint was named."""
    project_id: str
    credential: Token
    source: str
    """Where the credential came from."""
    ca_bundle: Path | None = None
    demo: bool = False

    @property
    def place(self) -> str:
        """The region, or the host where none was named."""
        return self.region or self.endpoint.netloc

    def client(self) -> "KpsClient":
        """Return a client for it. Imports httpx, which takes as long as Textual: call it after the first frame.

        Raises:
            ConfigError: the CA bundle or a proxy can't be used.
        """
        from kps_tui.kps.client import KpsClient
        from kps_tui.session.journal import noted

        return KpsClient(
            self.endpoint,
            self.project_id,
            self.credential,
            region=self.region,
            ca_bundle=self.ca_bundle,
            ended=noted,
        )


def target_of(settings: Settings, environ: MutableMapping[str, str] = os.environ) -> Target:
    """Return what `settings` and the environment name. The token is taken out of `environ`.

    Raises:
        ConfigError: the place is not named, or can't be one.
        CredentialError: there is no usable login.
    """
    region = settings.region.value if settings.region else ""
    if settings.endpoint:
        endpoint = Endpoint.parse(settings.endpoint.value, settings.endpoint.source)
        if settings.region:
            endpoint_of(region, settings.region.source)
    elif settings.region:
        endpoint = endpoint_of(region, settings.region.source)
    else:
        raise ConfigError(
            _("no region is set"),
            next_step=_("name one with --region or KPS_TUI_REGION, or look around with --demo"),
        )
    project_id = _project_id(settings.project_id)
    ca_bundle = existing_file(settings.ca_bundle) if settings.ca_bundle else None
    if not endpoint.is_loopback:
        _check_proxies(environ)
    return Target(endpoint, region, project_id, take_token(environ), TOKEN_VARIABLE, ca_bundle)


def _project_id(given: Given | None) -> str:
    if given is None:
        raise ConfigError(
            _("no project is set"),
            next_step=_("name its id with --project-id or KPS_TUI_PROJECT_ID (console: My Credentials)"),
        )
    if not _PROJECT_ID.fullmatch(given.value):
        raise ConfigError(
            _("{name} “{value}” is no project id").format(name=given.source, value=line(given.value, 80)),
            next_step=_("use the 32 characters that the console shows under My Credentials"),
        )
    return given.value


def _check_proxies(environ: Mapping[str, str]) -> None:
    """A proxy that can't be used is said before the screen opens, not after it."""
    for name in _PROXY_VARIABLES:
        scheme, separator, _rest = environ.get(name, "").partition("://")
        if separator and scheme.lower() not in ("http", "https"):
            raise ConfigError(
                _("{name} names a proxy that can't be used ({scheme}://)").format(name=name, scheme=line(scheme, 20)),
                next_step=_("use http://host:port, or unset it"),
            )
