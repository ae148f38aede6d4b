"""The place to read from: endpoints, region and project. Values are checked here; nothing is sent."""

import os
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from kps_tui.i18n import _
from kps_tui.identity.profiles import PROFILE_SOURCE
from kps_tui.kps.credentials import PROJECT_ID
from kps_tui.kps.endpoint import Endpoint
from kps_tui.kps.proxy import route_to
from kps_tui.kps.regions import (
    check_region,
    endpoint_of,
    host_mistake,
    iam_beside,
    iam_endpoint_of,
    is_of_vendor,
)
from kps_tui.problems import ConfigError, NextStep
from kps_tui.sanitize import line
from kps_tui.settings import PLACE_OPTIONS, Sourced

if TYPE_CHECKING:
    from kps_tui.identity.stored import Origins

_LONGEST_PROJECT_NAME = 128
"""Characters; IAM allows 64."""


@dataclass(frozen=True, slots=True)
class Place:
    """One project at one endpoint."""

    endpoint: Endpoint
    iam_endpoint: Endpoint
    region: str = ""
    """Empty if only an endpoint was named."""
    project_id: str = ""
    """Empty if it must be found out with the login."""
    project_name: str = ""
    """The name of the project, if the user gave that instead of its id; IAM is asked for the id."""
    ca_bundle: Path | None = None
    sources: Mapping[str, str] = field(default_factory=dict, compare=False)
    """The flag, variable or configuration key that each part comes from."""

    @property
    def origins(self) -> "Origins":
        """The origins that a login for this place is sent to."""
        from kps_tui.identity.stored import Origins

        return Origins(self.endpoint.origin, self.iam_endpoint.origin)

    @property
    def name(self) -> str:
        """The region, or the host if no region was named."""
        return self.region or self.endpoint.netloc

    def warnings(self, environ: Mapping[str, str] = os.environ) -> tuple[str, ...]:
        """Return a warning for each unusual host and malformed `NO_PROXY` entry; `environ` has the proxy variables.

        There is none for a host that a profile names, because the user logged in there.

        Raises:
            ConfigError: the proxy that is used is malformed.
        """
        named = [name for name, source in self.sources.items() if not source.startswith(PROFILE_SOURCE)]
        return (*self.host_warnings(named), *route_to(self.endpoint, environ).warnings)

    def host_warnings(self, named: Collection[str] = ("endpoint", "iam_endpoint")) -> Iterator[str]:
        """Yield a warning for each of the `named` endpoints to which a login should perhaps not be sent."""
        for name, endpoint in (("endpoint", self.endpoint), ("iam_endpoint", self.iam_endpoint)):
            if name not in named or endpoint.is_loopback:
                continue
            if name == "iam_endpoint" and endpoint in (self.endpoint, iam_beside(self.endpoint)):
                continue  # The same cloud.
            if not is_of_vendor(endpoint):
                yield _("{host} is not a Huawei Cloud host: the login will be sent there").format(
                    host=line(endpoint.netloc, 100)
                )
            elif mistake := host_mistake(endpoint):
                yield _("{what}: {why}").format(what=line(endpoint.netloc, 100), why=mistake)

    def arguments(self, profile: str = "") -> tuple[str, ...]:
        """Return the options that name this place: `profile` and what overrides it, else each part; never a secret."""
        if profile:
            return ("--profile", profile, *self._overrides())
        has_endpoint = not self.region or "endpoint" in self.sources
        where = ("--endpoint", str(self.endpoint)) if has_endpoint else ("--region", self.region)
        return (*where, "--project-id", self.project_id) if self.project_id else where

    def _overrides(self) -> Iterator[str]:
        """Yield options for the parts that come from a flag or a variable, and so override the profile."""
        for name, option in PLACE_OPTIONS.items():
            if not self.sources.get(name, PROFILE_SOURCE).startswith(PROFILE_SOURCE):
                yield from (option, str(getattr(self, name)))


def place_of(given: Mapping[str, Sourced], ca_bundle: Path | None = None) -> Place:
    """Return the place that `given` names: `region`, `project_id` or `project_name`, `endpoint` and `iam_endpoint`.

    Raises:
        ConfigError: neither region nor endpoint is named, or a value is malformed.
    """
    region, endpoint, iam = given.get("region"), given.get("endpoint"), given.get("iam_endpoint")
    if region:
        check_region(region.value, region.source)
    if endpoint:
        service = Endpoint.parse(endpoint.value, endpoint.source)
        iam_service = iam_beside(service)
    elif region:
        service = endpoint_of(region.value, region.source)
        iam_service = iam_endpoint_of(region.value, region.source)
    else:
        raise ConfigError(
            _("no region is set"),
            next_step=NextStep(
                _("set --region or KPS_TUI_REGION, log in with kps-tui login, or try --demo"),
                _("choose one, or press F2 for demo data"),
            ),
        )
    return Place(
        service,
        Endpoint.parse(iam.value, iam.source) if iam else iam_service,
        region.value if region else "",
        project_id_of(given.get("project_id")),
        _project_name_of(given.get("project_name")),
        ca_bundle,
        {name: value.source for name, value in given.items()},
    )


def project_id_of(given: Sourced | None) -> str:
    """Return the project id, or an empty text if none is given.

    Raises:
        ConfigError: it is malformed.
    """
    if given is None:
        return ""
    if not re.fullmatch(PROJECT_ID, given.value):
        raise ConfigError(
            _("{name} “{value}” is not a project ID").format(name=given.source, value=line(given.value, 80)),
            next_step=_("use the 32 characters shown in the console under My Credentials"),
        )
    return given.value


def _project_name_of(given: Sourced | None) -> str:
    if given is None:
        return ""
    if not given.value.isprintable() or len(given.value) > _LONGEST_PROJECT_NAME:
        raise ConfigError(
            _("{name} “{value}” is not a project name").format(name=given.source, value=line(given.value, 80)),
            next_step=_("use the name shown in the console under My Credentials, such as cn-north-4"),
        )
    return given.value
