"""How a credential goes onto a request."""

from collections.abc import Generator

import httpx

from kps_tui.kps.credentials import Token


class TokenAuth(httpx.Auth):
    """Sends an IAM token as `X-Auth-Token`, to the origin it was made for and nowhere else."""

    def __init__(self, token: Token, origin: str) -> None:
        self._token = token
        self._origin = httpx.URL(origin)

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Add the header.

        Raises:
            ValueError: the request goes to another origin.
        """
        if (request.url.scheme, request.url.netloc) != (self._origin.scheme, self._origin.netloc):
            raise ValueError("a request to another origin carries no login")
        request.headers["X-Auth-Token"] = self._token.secret.reveal()
        yield request
