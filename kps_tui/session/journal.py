"""What is remembered of requests: the last ones for the screen, and a line each for `--debug`.

Never a header, a body or a login.
"""

import logging
from collections import deque
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from kps_tui.files import create, reason
from kps_tui.i18n import _
from kps_tui.problems import ConfigError
from kps_tui.sanitize import line

if TYPE_CHECKING:
    from kps_tui.kps.transport import RequestRecord

KEPT = 50
"""Requests that are remembered."""

_log = logging.getLogger("kps_tui.requests")
_recent: "deque[tuple[datetime, RequestRecord]]" = deque(maxlen=KEPT)


def recent() -> "tuple[tuple[datetime, RequestRecord], ...]":
    """Return the last requests of this process and when each ended, the newest first."""
    return tuple(reversed(_recent))


def noted(record: "RequestRecord") -> None:
    """Note one request; in the log only if `--debug` is on."""
    _recent.append((datetime.now(UTC), record))
    _log.debug(
        "%s %s status=%s ms=%s request_id=%s %s",
        record.method,
        record.path,
        record.status or "-",
        record.milliseconds,
        record.request_id or "-",
        record.error,
    )


def write_to(path: Path) -> None:
    """Append what is noted to `path`, readable by its owner alone.

    Raises:
        ConfigError: it can't be written.
    """
    try:
        create(path)
        handler = logging.FileHandler(path, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise ConfigError(
            _("--debug can't write {path}").format(path=line(str(path), 200)),
            why=line(reason(error), 120),
            next_step=_("free the place or leave out --debug"),
        ) from None
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    _log.addHandler(handler)
    _log.setLevel(logging.DEBUG)
    _log.propagate = False
