"""Messages on stderr, one line each."""

import contextlib
import sys
import traceback
from pathlib import Path

from kps_tui.i18n import _
from kps_tui.problems import not_loadable


def print_message(text: str) -> None:
    """Print `text` as one line on stderr, after the name of the program. Errors of stderr are ignored."""
    with contextlib.suppress(OSError, ValueError):
        print(f"kps-tui: {text}", file=sys.stderr, flush=True)


def crash_report(error: BaseException) -> str:
    """Return the type of `error` and its traceback in one line, without messages and values, which may hold a login."""
    while isinstance(inner := getattr(error, "error", None) or error.__cause__, BaseException):
        # Textual wraps the exception of a worker in its own.
        error = inner
    if isinstance(error, ImportError) and error.name and not error.name.startswith("kps_tui"):
        return str(not_loadable(error))
    frames = traceback.extract_tb(error.__traceback__)
    where = " < ".join(f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in reversed(frames))
    said = _("bug in kps-tui: {kind} at {where} · please report this line")
    return said.format(kind=type(error).__name__, where=where or "?")
