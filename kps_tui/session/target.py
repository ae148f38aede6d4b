"""The target of a run: one project at one endpoint, with the login for it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

from kps_tui.kps.credentials import Agency, Credential, Token
from kps_tui.session.place import Place

if TYPE_CHECKING:
    from kps_tui.kps.client import KpsClient
    from kps_tui.kps.iam_answer import IssuedToken
    from kps_tui.kps.retries import Waits


def cache_nothing(issued: "IssuedToken") -> None:
    """Store nothing: the default of `Target.cache_token`."""


@dataclass(frozen=True, slots=True)
class Target:
    """One project, and the login that reads it."""

    place: Place
    credential: Credential
    source: str
    """Where the credential comes from, in words for the user."""
    profile: str = ""
    """The profile that the login belongs to, or an empty text."""
    cached_token: Token | None = None
    """The last token that IAM issued for a password, or None."""
    demo: bool = False
    cache_token: Callable[["IssuedToken"], None] = cache_nothing
    """Called on the event loop with each new token of a password; must neither block nor raise."""

    @property
    def arguments(self) -> tuple[str, ...]:
        """The options that name this place on the command line; never a secret."""
        return ("--demo",) if self.demo else self.place.arguments(self.profile)

    def in_project(self, project_id: str) -> Self:
        """Return the target with another project id."""
        return replace(self, place=replace(self.place, project_id=project_id))

    def client(self, waits: "Waits | None" = None) -> "KpsClient":
        """Return a client for the target. `waits` is called with each wait before a request is repeated.

        Imports httpx, which takes about as long as importing Textual: call it after the first frame.

        Raises:
            ConfigError: the CA bundle or a proxy can't be used.
        """
        from kps_tui.kps.auth_factory import auth_for, needs_iam
        from kps_tui.kps.client import KpsClient
        from kps_tui.kps.retries import ignore_wait
        from kps_tui.session.request_log import log_request

        # Each is imported only for the login that needs it.
        iam = metadata = None
        if needs_iam(self.credential):
            from kps_tui.kps.iam import IamClient

            iam = IamClient(self.place.iam_endpoint, self.place.ca_bundle, ended=log_request)
        if isinstance(self.credential, Agency):
            from kps_tui.kps.metadata import Metadata

            metadata = Metadata(ended=log_request)
        login = auth_for(
            self.credential,
            self.place.endpoint,
            self.place.project_id,
            region=self.place.region,
            iam=iam,
            metadata=metadata,
            cached=self.cached_token,
            renewed=self.cache_token,
        )
        return KpsClient(
            self.place.endpoint,
            self.place.project_id,
            login,
            region=self.place.region,
            ca_bundle=self.place.ca_bundle,
            ended=log_request,
            waits=waits or ignore_wait,
        )
