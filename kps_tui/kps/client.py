"""The client of the Key Pair Service: one method per call, with its deadline and its repetitions."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from kps_tui.i18n import _
from kps_tui.kps import retry
from kps_tui.kps.answer import Page, decoded, page_of
from kps_tui.kps.auth import TokenAuth
from kps_tui.kps.credentials import Token
from kps_tui.kps.endpoint import Endpoint
from kps_tui.kps.errors import KpsError, Redirected, Throttled, UnreadableAnswer, refusal_of, refused
from kps_tui.kps.transport import Answer, Interrupted, get, http_client
from kps_tui.sanitize import line

BYTES_PER_ROW = 4 * 1024
"""A body may have so many bytes for each row asked for; a real row has about 330."""
SMALLEST_CAP, LARGEST_CAP = 256 * 1024, 4 * 1024 * 1024
"""Bytes."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request that ended, for the log: no header, no body, no login."""

    path: str
    milliseconds: int
    status: int | None
    """`None` where no answer came."""
    request_id: str
    error: str


def ignore(exchange: Exchange) -> None:
    """Keep nothing of an exchange."""


class KpsClient:
    """Reads one project of one region. Use it as an async context manager, or close it."""

    def __init__(
        self,
        endpoint: Endpoint,
        project_id: str,
        credential: Token,
        *,
        region: str = "",
        ca_bundle: Path | None = None,
        ended: Callable[[Exchange], None] = ignore,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.endpoint = endpoint
        self.project_id = project_id
        self.region = region
        self._ended = ended
        self._pause = pause
        self._http = http_client(endpoint, TokenAuth(credential, str(endpoint)), ca_bundle)

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
        answer = await self._repeated(path, {"limit": limit, "offset": offset}, cap)
        return await asyncio.to_thread(page_of, answer.body, offset, limit, answer.content_type, answer.request_id)

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
            await self._pause(retry.pause(repetition, asked))
            repetition += 1

    async def _once(self, path: str, params: dict[str, int], cap: int) -> Answer:
        started = time.monotonic()
        answer: Answer | None = None
        said = ""
        try:
            answer = await get(self._http, path, params, cap)
            if answer.status != 200:
                raise self._error_of(answer)
        except KpsError as error:
            said = str(error)
            raise
        finally:
            query = "&".join(f"{name}={value}" for name, value in params.items())
            spent = round((time.monotonic() - started) * 1000)
            status, identity = (answer.status, answer.request_id) if answer is not None else (None, "")
            self._ended(Exchange(f"{path}?{query}", spent, status, identity, said))
        return answer

    def _error_of(self, answer: Answer) -> KpsError:
        if answer.status < 300:
            why = _("status {status}, without the list").format(status=answer.status)
            return UnreadableAnswer(why, answer.request_id)
        if answer.status < 400:
            return Redirected(answer.status, _host_of(answer.headers.get("Location", "")))
        try:
            body = decoded(answer.body)
        except UnreadableAnswer:
            body = None
        wait = retry.retry_after(answer.headers.get("Retry-After"), datetime.now(UTC))
        return refused(refusal_of(answer.status, body, answer.request_id), self.where, wait)

    @property
    def where(self) -> str:
        """Project, region and host, in words."""
        place = _("project {project} in region {region}") if self.region else _("project {project}")
        place = place.format(project=line(self.project_id, 60), region=self.region)
        return _("{place} at {host}").format(place=place, host=self.endpoint.netloc)


def _host_of(location: str) -> str:
    try:
        return line(urlsplit(location).hostname or location, 100)
    except ValueError:
        return line(location, 100)
