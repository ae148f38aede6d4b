"""Logins that expire: when they are renewed, and one renewal shared by all requests that wait for it."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from kps_tui.clock import Clock
from kps_tui.kps.auth import Login
from kps_tui.kps.errors import KpsError, Refusal

TOO_YOUNG = timedelta(minutes=5)
"""A login younger than this is not renewed after a 401: a service may refuse every token, which would never end."""
MUST_BE_UPDATED = ".0307"
"""How the gateway's code for a token that was invalidated early ends (`APIGW.0307`)."""


class SingleFlight:
    """Runs one call at a time. Callers that arrive while it runs wait for it and share its result or its error."""

    def __init__(self, call: Callable[[], Awaitable[None]]) -> None:
        self._call = call
        self._flight: asyncio.Task[None] | None = None
        self._waiting = 0

    async def __call__(self) -> None:
        """Run the call, or wait for the running one. It is cancelled only once no caller waits for it any more."""
        if self._flight is None:
            self._flight = asyncio.create_task(self._run())
            self._flight.add_done_callback(self._landed)
        flight = self._flight
        self._waiting += 1
        try:
            await asyncio.shield(flight)
        finally:
            self._waiting -= 1
            if not self._waiting and not flight.done():
                self._flight = None
                flight.cancel()

    async def _run(self) -> None:
        await self._call()

    def _landed(self, flight: asyncio.Task[None]) -> None:
        if self._flight is flight:
            self._flight = None
        if not flight.cancelled():
            flight.exception()  # Retrieved, so that asyncio does not report it if every caller was cancelled.


class RenewingLogin(Login):
    """Fetches what it sends on first use and again before it expires, once for all waiting requests."""

    early = timedelta()
    """How long before its expiry it is renewed."""

    def __init__(self, origin: str, now: Clock) -> None:
        super().__init__(origin)
        self._now = now
        self._flight = SingleFlight(self.fetch)
        self._is_fetched = False
        self._expires_at: datetime | None = None
        self._renewed_at: datetime | None = None
        self._failed_early = False

    async def ready(self) -> None:
        """Fetch or renew what requests need. If an early renewal fails, the next one waits for the expiry."""
        if not self._is_fetched or self._ends_within(timedelta()):
            await self._flight()
        elif not self._failed_early and self._ends_within(self._margin()):
            try:
                await self._flight()
            except KpsError:
                self._failed_early = True

    async def renewed_after(self, refusal: Refusal, serial: int) -> bool:
        """Renew once if the login had expired, or if the gateway says that it must be updated."""
        if serial != self.serial:
            return True  # Another request has renewed it in the meantime.
        if not self._ends_within(timedelta()):
            young = self._renewed_at is not None and self._now() - self._renewed_at < TOO_YOUNG
            if young or not refusal.code.endswith(MUST_BE_UPDATED):
                return False
        await self._flight()
        return True

    def record_renewal(self, expires_at: datetime | None, renewed_at: datetime | None) -> None:
        """Record that a login was fetched at `renewed_at` (None: by an earlier run), and when it expires.

        An expiry that is already past at `renewed_at` means clock skew, and counts as unknown.
        """
        over = expires_at is not None and renewed_at is not None and expires_at <= renewed_at
        self._is_fetched, self._expires_at, self._renewed_at = True, None if over else expires_at, renewed_at
        self._failed_early = False
        self.serial += 1

    async def fetch(self) -> None:
        """Fetch a new login and call `record_renewal`."""
        raise NotImplementedError

    def _ends_within(self, margin: timedelta) -> bool:
        return self._expires_at is not None and self._now() + margin >= self._expires_at

    def _margin(self) -> timedelta:
        """Return `early`, or less for a short-lived login (or a wrong clock), so that not every request renews it."""
        if self._expires_at is None or self._renewed_at is None:
            return self.early
        return min(self.early, (self._expires_at - self._renewed_at) / 2)
