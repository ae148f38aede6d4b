"""What is worked on: one project at one endpoint, and the login for it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

from kps_tui.kps.credentials import Credential, Token
from kps_tui.session.place import Place

if TYPE_CHECKING:
    from kps_tui.kps.client import KpsClient, Waits
    from kps_tui.kps.iam import IssuedToken


def keep_nothing(issued: "IssuedToken") -> None:
    """Store no token."""


@dataclass(frozen=True, slots=True)
class Target:
    """One project, and who asks."""

    place: Place
    credential: Credential
    source: str
    """Where the credential came from, in words."""
    profile: str = ""
    """The profile that it belongs to, if any."""
    last: Token | None = None
    """The last token that a password was given."""
    demo: bool = False
    keep: Callable[["IssuedToken"], None] = keep_nothing
    """Called with each new token of a password; must neither block nor raise."""

    @property
    def arguments(self) -> tuple[str, ...]:
        """How the command line names this place; never a secret."""
        return ("--demo",) if self.demo else self.place.arguments(self.profile)

    def in_project(self, project_id: str) -> Self:
        """Return the same login in a project."""
        return replace(self, place=replace(self.place, project_id=project_id))

    def client(self, waits: "Waits | None" = None) -> "KpsClient":
        """Return a client for it; `waits` is told of each wait before a repetition.

        Imports httpx, which takes as long as Textual: call it after the first frame.

        Raises:
            ConfigError: the CA bundle or a proxy can't be used.
        """
        from kps_tui.kps.auth_factory import auth_for, needs_iam
        from kps_tui.kps.client import KpsClient, ignore_wait
        from kps_tui.kps.iam import IamClient
        from kps_tui.session.request_log import log_request

        uses_iam = needs_iam(self.credential)
        iam = IamClient(self.place.iam_endpoint, self.place.ca_bundle, ended=log_request) if uses_iam else None
        login = auth_for(
            self.credential,
            self.place.endpoint,
            self.place.project_id,
            region=self.place.region,
            iam=iam,
            last=self.last,
            renewed=self.keep,
        )
        return KpsClient(
            self.place.endpoint,
            self.place.project_id,
            login,
            region=self.place.region,
            ca_bundle=self.place.ca_bundle,
            ended=log_request,
            waits=waits or ignore_wait,
            iam=iam,
        )
