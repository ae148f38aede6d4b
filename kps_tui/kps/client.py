"""The client of the Key Pair Service: one method per call, with its deadline and its repetitions."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Self
from urllib.parse import urlencode

from kps_tui.blocking import run_async
from kps_tui.i18n import _
from kps_tui.kps import retry
from kps_tui.kps.answer import Page, page_of
from kps_tui.kps.auth import auth_for
from kps_tui.kps.credentials import Credential
from kps_tui.kps.endpoint import Endpoint
from kps_tui.kps.errors import KpsError, LoginRefused, Refusal, Throttled, UnreadableAnswer, refused
from kps_tui.kps.exchange import Exchange, exchanged, ignore, seconds_asked
from kps_tui.kps.iam import IamClient
from kps_tui.kps.login import Clock, Login, utc_now
from kps_tui.kps.transport import Answer, Interrupted, http_client, send
from kps_tui.kps.waiting import Wait, Waits, ignore_wait
from kps_tui.sanitize import line

__all__ = ["Exchange", "KpsClient", "Wait"]

BYTES_PER_ROW = 4 * 1024
"""A body may have so many bytes for each row asked for; a real row has about 330."""
SMALLEST_CAP, LARGEST_CAP = 256 * 1024, 4 * 1024 * 1024
"""Bytes."""


class KpsClient:
    """Reads one project of one region. Use it as an async context manager, or close it."""

    def __init__(
        self,
        endpoint: Endpoint,
        project_id: str,
        credential: Credential | Login,
        *,
        region: str = "",
        ca_bundle: Path | None = None,
        ended: Callable[[Exchange], None] = ignore,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
        waits: Waits = ignore_wait,
        iam: IamClient | None = None,
        now: Clock = utc_now,
    ) -> None:
        self.endpoint = endpoint
        self.project_id = project_id
        self.region = region
        self._ended = ended
        self._pause = pause
        self._waits = waits
        self._now = now
        if not isinstance(credential, Login):
            credential = auth_for(credential, endpoint, project_id, region=region, iam=iam, now=now)
        self._login = credential
        self._http = http_client(endpoint, self._login, ca_bundle)
        self.last_date: datetime | None = None
        """What the service's clock said in its last answer."""
        self.skew: timedelta | None = None
        """How far our clock was ahead of it then."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close every connection."""
        await self._http.aclose()

    async def page(self, offset: int, limit: int) -> Page:
        """Ask for `limit` rows of the failed tasks from row `offset` (from 0) on.

        Repeated at most twice, and only where the connection or the service failed; a request that reached its
        deadline is not.

        Raises:
            KpsError: see `kps_tui.kps.errors`.
        """
        cap = min(max(SMALLEST_CAP, limit * BYTES_PER_ROW), LARGEST_CAP)
        path = f"/v3/{self.project_id}/failed-tasks"
        answer = await self._answered(path, {"limit": limit, "offset": offset}, cap)
        return await run_async(partial(_page_in, answer, offset, limit))

    async def _answered(self, path: str, params: dict[str, int], cap: int) -> Answer:
        """Ask with a login that holds; after a 401 again only where the login itself says that it is worth it."""
        await self._login.ready()
        serial = self._login.serial
        try:
            return await self._repeated(path, params, cap)
        except LoginRefused as error:
            if error.refusal is None or not await self._login.renewed_after(error.refusal, serial):
                raise
        return await self._repeated(path, params, cap)

    async def _repeated(self, path: str, params: dict[str, int], cap: int) -> Answer:
        repetition = 0
        while True:
            try:
                return await self._once(path, params, cap)
            except KpsError as error:
                worth = isinstance(error, Interrupted) or (error.refusal and error.refusal.status in retry.STATUSES)
                if not worth or repetition == len(retry.PAUSES):
                    raise
                asked = error.retry_after if isinstance(error, Throttled) else None
                wait = Wait(retry.pause(repetition, asked), error.what)
            with self._waits(wait):
                await self._pause(wait.seconds)
            repetition += 1

    async def _once(self, path: str, params: dict[str, int], cap: int) -> Answer:
        sending = self._sent(path, params, cap)
        return await exchanged(sending, f"{path}?{urlencode(params)}", self._refused, ended=self._ended)

    async def _sent(self, path: str, params: dict[str, int], cap: int) -> Answer:
        answer = await send(self._http, "GET", path, cap, params=params)
        if answer.date is not None:
            self.last_date, self.skew = answer.date, self._now() - answer.date
        return answer

    def _refused(self, refusal: Refusal, answer: Answer) -> KpsError:
        if refusal.status == 401:
            return LoginRefused(refusal, self._login.advice, self.skew if self._login.signs and answer.date else None)
        return refused(refusal, self.where, seconds_asked(answer))

    @property
    def where(self) -> str:
        """Project, region and host, in words."""
        place = _("project {project} in region {region}") if self.region else _("project {project}")
        place = place.format(project=line(self.project_id, 60), region=self.region)
        return _("{place} at {host}").format(place=place, host=self.endpoint.netloc)


def _page_in(answer: Answer, offset: int, limit: int) -> Page:
    try:
        return page_of(answer.body, offset, limit, answer.content_type, answer.request_id)
    except UnreadableAnswer:
        # The error shows how the body begins.
        safe = answer.without_secrets()
        return page_of(safe.body, offset, limit, safe.content_type, safe.request_id)
