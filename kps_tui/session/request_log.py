"""Remembers the last requests for the screen, and writes a line for each to the log of `--debug`.

No header, no body and no login is remembered or logged.
"""

import logging
from collections import deque
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from kps_tui.clock import utc_now
from kps_tui.files import appended, reason
from kps_tui.i18n import _
from kps_tui.problems import ConfigError
from kps_tui.sanitize import line

if TYPE_CHECKING:
    from kps_tui.kps.transport import RequestRecord

REMEMBERED = 50
"""Number of requests that are remembered."""

_log = logging.getLogger("kps_tui.requests")
_recent: "deque[tuple[datetime, RequestRecord]]" = deque(maxlen=REMEMBERED)


def recent_requests() -> "tuple[tuple[datetime, RequestRecord], ...]":
    """Return the last requests of this process with the time each ended, newest first."""
    return tuple(reversed(_recent))


def log_request(record: "RequestRecord") -> None:
    """Remember a request that has ended; with `--debug`, also log it."""
    _recent.append((utc_now(), record))
    _log.debug(
        "%s %s status=%s ms=%s request_id=%s %s",
        record.method,
        record.path,
        record.status or "-",
        record.milliseconds,
        record.request_id or "-",
        record.error,
    )


def log_to(path: Path) -> None:
    """Append every request to the file `path`, which gets mode 0600.

    Raises:
        ConfigError: the file can't be written.
    """
    try:
        stream = appended(path)
    except OSError as error:
        raise ConfigError(
            _("--debug: can't write {path}").format(path=line(str(path), 200)),
            why=line(reason(error), 120),
            next_step=_("free some space or leave out --debug"),
        ) from None
    # The handler would open the file by its name and follow a link.
    handler = logging.FileHandler(path, delay=True)
    handler.setStream(stream)
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    _log.addHandler(handler)
    _log.setLevel(logging.DEBUG)
    _log.propagate = False
