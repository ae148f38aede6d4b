"""A request and what came of it: noted when it ends, and an error where the status says so."""

import time
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from kps_tui.i18n import _
from kps_tui.kps import retry
from kps_tui.kps.answer import decoded
from kps_tui.kps.errors import (
    KPS,
    KpsError,
    Redirected,
    Refusal,
    Service,
    UnreadableAnswer,
    refusal_of,
)
from kps_tui.kps.transport import Answer
from kps_tui.sanitize import line


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request that ended, for the log: no header, no body, no login."""

    path: str
    milliseconds: int
    status: int | None
    """`None` where no answer came."""
    request_id: str
    error: str
    method: str = "GET"


def ignore(exchange: Exchange) -> None:
    """Keep nothing of an exchange."""


Refuse = Callable[[Refusal, Answer], KpsError]
"""Makes the error of an answer with a 4xx or 5xx status."""


async def exchanged(
    sending: Awaitable[Answer],
    target: str,
    refuse: Refuse,
    *,
    method: str = "GET",
    good: Collection[int] = (200,),
    ended: Callable[[Exchange], None] = ignore,
    service: Service = KPS,
) -> Answer:
    """Return the answer that `sending` gives, if its status is `good`; `target` is path and query, for the log.

    Raises:
        KpsError: none came, or another status.
    """
    started = time.monotonic()
    answer: Answer | None = None
    said = ""
    try:
        answer = await sending
        if answer.status not in good:
            raise _error_of(answer, refuse, service)
    except KpsError as error:
        said = str(error)
        raise
    finally:
        spent = round((time.monotonic() - started) * 1000)
        status, identity = (answer.status, answer.request_id) if answer is not None else (None, "")
        ended(Exchange(target, spent, status, identity, said, method))
    return answer


def _error_of(answer: Answer, refuse: Refuse, service: Service) -> KpsError:
    if answer.status < 300:
        why = _("status {status}, without what was asked for").format(status=answer.status)
        return UnreadableAnswer(why, answer.request_id, service)
    if answer.status < 400:
        return Redirected(answer.status, _host_of(answer.headers.get("Location", "")), service)
    try:
        body = decoded(answer.body)
    except UnreadableAnswer:
        body = None
    return refuse(refusal_of(answer.status, body, answer.request_id), answer)


def seconds_asked(answer: Answer) -> float | None:
    """Return the seconds that the service asked to wait, if it did."""
    return retry.retry_after(answer.headers.get("Retry-After"), datetime.now(UTC))


def _host_of(location: str) -> str:
    try:
        return line(urlsplit(location).hostname or location, 100)
    except ValueError:
        return line(location, 100)
