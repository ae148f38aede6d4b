"""The client of the Key Pair Service (KPS): one method per API call, with its retries."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Self

from kps_tui.blocking import run_async
from kps_tui.clock import Clock, utc_now
from kps_tui.i18n import _
from kps_tui.kps.answer import Page, page_of
from kps_tui.kps.auth import Login
from kps_tui.kps.endpoint import Endpoint
from kps_tui.kps.errors import (
    LIST_ACTION,
    RUNNING_ACTION,
    KpsError,
    LoginRefused,
    Refusal,
    UnreadableAnswer,
    refused,
)
from kps_tui.kps.retries import REAL_TIME, Retries, Timing, Waits, ignore_wait
from kps_tui.kps.transport import Answer, RequestRecord, Transport, ignore
from kps_tui.sanitize import line

BYTES_PER_ROW = 4 * 1024
"""Bytes of a response body that each requested row may take; a real row has about 330."""
SMALLEST_CAP, LARGEST_CAP = 256 * 1024, 4 * 1024 * 1024
"""Bounds of the largest accepted response body, in bytes."""


class KpsClient:
    """Reads the tasks of one project in one region. Use it as an async context manager, or call `aclose`."""

    def __init__(
        self,
        endpoint: Endpoint,
        project_id: str,
        login: Login,
        *,
        region: str = "",
        ca_bundle: Path | None = None,
        ended: Callable[[RequestRecord], None] = ignore,
        waits: Waits = ignore_wait,
        now: Clock = utc_now,
        timing: Timing = REAL_TIME,
    ) -> None:
        """`ended` is called with each finished request, `waits` with each wait before a retry.

        `login` is closed with the client.

        Raises:
            ConfigError: the CA bundle or the proxy of the environment can't be used.
        """
        self.endpoint = endpoint
        self._project_id = project_id
        self._region = region
        self._retries = Retries(waits, timing)
        self._now = now
        self._login = login
        self._transport = Transport(endpoint, auth=self._login, ca_bundle=ca_bundle, ended=ended)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close every connection."""
        await self._transport.aclose()
        await self._login.aclose()

    async def page(self, offset: int, limit: int) -> Page:
        """Return up to `limit` rows of the failed tasks, starting at row `offset` (from 0).

        A request is retried at most twice, and only if the connection or the service failed; one that reached its
        deadline is not.

        Raises:
            KpsError: see `kps_tui.kps.errors`.
        """
        answer = await self._with_login(self._request("failed-tasks", LIST_ACTION, offset, limit))
        return await run_async(partial(_page_in, answer, offset))

    async def running_page(self, offset: int, limit: int) -> Page:
        """Return up to `limit` rows of the running tasks, like `page`; these have no error.

        Raises:
            KpsError: see `kps_tui.kps.errors`.
        """
        answer = await self._with_login(self._request("running-tasks", RUNNING_ACTION, offset, limit))
        return await run_async(partial(_page_in, answer, offset))

    async def running_page_once(self, limit: int) -> Page:
        """Return the first page of the running tasks. The request is never repeated, and no other one waits for it.

        Raises:
            KpsError: see `kps_tui.kps.errors`.
        """
        return await self._once(self._request("running-tasks", RUNNING_ACTION, 0, limit), 0)

    async def page_once(self, offset: int, limit: int) -> Page:
        """Return a page of the failed tasks, like `page`, but never repeat the request.

        Raises:
            KpsError: see `kps_tui.kps.errors`.
        """
        return await self._once(self._request("failed-tasks", LIST_ACTION, offset, limit), offset)

    async def _once(self, request: Callable[[], Awaitable[Answer]], offset: int) -> Page:
        await self._login.ready()
        answer = await self._retries.send_once(request)
        return await run_async(partial(_page_in, answer, offset))

    def _request(self, tasks: str, action: str, offset: int, limit: int) -> Callable[[], Awaitable[Answer]]:
        """Return a function that requests a page of the list `tasks`; `action` is the permission that it needs."""
        cap = min(max(SMALLEST_CAP, limit * BYTES_PER_ROW), LARGEST_CAP)
        path = f"/v3/{self._project_id}/{tasks}"
        params = {"limit": limit, "offset": offset}
        return partial(self._transport.request, "GET", path, partial(self._refused, action), limit=cap, params=params)

    async def _with_login(self, request: Callable[[], Awaitable[Answer]]) -> Answer:
        """Send with a valid login; after a 401, send once more if the login could be renewed."""
        await self._login.ready()
        serial = self._login.serial
        try:
            return await self._retries.send(request)
        except LoginRefused as error:
            if error.refusal is None or not await self._login.renewed_after(error.refusal, serial):
                raise
        return await self._retries.send(request)

    def _refused(self, action: str, refusal: Refusal, answer: Answer) -> KpsError:
        if refusal.status == 401:
            skew = self._now() - answer.date if self._login.signs and answer.date else None
            return LoginRefused(refusal, self._login.advice, skew)
        return refused(refusal, self._where, answer.retry_after, action)

    @property
    def _where(self) -> str:
        """Project, region and host, in words."""
        place = _("project {project} in region {region}") if self._region else _("project {project}")
        place = place.format(project=line(self._project_id, 60), region=self._region)
        return _("{place} at {host}").format(place=place, host=self.endpoint.netloc)


@dataclass(frozen=True, slots=True)
class RunningPages:
    """Reads the running tasks through a client page by page, as the client itself reads the failed ones."""

    client: KpsClient

    async def page(self, offset: int, limit: int) -> Page:
        """Return up to `limit` running tasks, starting at row `offset` (from 0).

        Raises:
            KpsError: see `kps_tui.kps.errors`.
        """
        return await self.client.running_page(offset, limit)


def _page_in(answer: Answer, offset: int) -> Page:
    try:
        return page_of(answer.body, offset, answer.content_type, answer.request_id)
    except UnreadableAnswer:
        # The error shows how the body begins: parse a redacted copy to make it.
        safe = answer.without_secrets()
        return page_of(safe.body, offset, safe.content_type, safe.request_id)
