"""Logins that run out: when they are renewed, and one renewal for many who wait for it."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from kps_tui.kps.errors import KpsError, Refusal
from kps_tui.kps.login import Clock, Login

TOO_YOUNG = timedelta(minutes=5)
"""What we got so lately is not replaced after a 401: a service that refuses every token would make us ask for ever."""
MUST_BE_UPDATED = ".0307"
"""The end of the gateway's code for a token that was made invalid before its time (`APIGW.0307`)."""


class SingleFlight:
    """Runs one call at a time; whoever asks while it runs waits for that one, and shares its error."""

    def __init__(self, call: Callable[[], Awaitable[None]]) -> None:
        self._call = call
        self._flight: asyncio.Task[None] | None = None
        self._waiting = 0

    async def __call__(self) -> None:
        """Run the call, or wait for the one that runs. It is cancelled only when no one waits any more."""
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
            flight.exception()  # Looked at, so that asyncio does not call it lost where all who waited have left.


class RenewingLogin(Login):
    """Gets what it sends when that is first needed, and again before it ends; one renewal for all who wait."""

    early = timedelta()

    def __init__(self, origin: str, now: Clock) -> None:
        super().__init__(origin)
        self._now = now
        self._flight = SingleFlight(self.fetch)
        self._has_one = False
        self._expires_at: datetime | None = None
        self._got_at: datetime | None = None
        self._failed_early = False

    async def ready(self) -> None:
        """Get or renew what requests need. A renewal ahead of time that fails is left until the time has come."""
        if not self._has_one or self._ends_within(timedelta()):
            await self._flight()
        elif not self._failed_early and self._ends_within(self._margin()):
            try:
                await self._flight()
            except KpsError:
                self._failed_early = True

    async def renewed_after(self, refusal: Refusal, serial: int) -> bool:
        """Renew once where what was sent had run out, or the gateway says that it must be updated."""
        if serial != self.serial:
            return True  # Another request has renewed it meanwhile.
        if not self._ends_within(timedelta()):
            young = self._got_at is not None and self._now() - self._got_at < TOO_YOUNG
            if young or not refusal.code.endswith(MUST_BE_UPDATED):
                return False
        await self._flight()
        return True

    def took(self, expires_at: datetime | None, got_at: datetime | None) -> None:
        """Note until when the new one holds; one that is over on arrival tells of a wrong clock, and of no end."""
        over = expires_at is not None and got_at is not None and expires_at <= got_at
        self._has_one, self._expires_at, self._got_at = True, None if over else expires_at, got_at
        self._failed_early = False
        self.serial += 1

    async def fetch(self) -> None:
        """Get a new one and call `took`."""
        raise NotImplementedError

    def _ends_within(self, margin: timedelta) -> bool:
        return self._expires_at is not None and self._now() + margin >= self._expires_at

    def _margin(self) -> timedelta:
        """A short-lived one (or a clock that is off) must not be renewed for each request."""
        if self._expires_at is None or self._got_at is None:
            return self.early
        return min(self.early, (self._expires_at - self._got_at) / 2)
