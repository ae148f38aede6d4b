"""Opens the output of a command: stdout, or a file that is written completely or not at all."""

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from kps_tui.files import opened_special, reason, resolved, whole_file
from kps_tui.i18n import _
from kps_tui.problems import ConfigError
from kps_tui.sanitize import line

_JSON = ("json", "jsonl")
"""Formats that are UTF-8 by their standard (RFC 8259)."""


@contextmanager
def open_output(name: str | None, kind: str) -> Iterator[TextIO]:
    """Yield stdout, or the file `name`, for data in the format `kind`.

    A new file replaces an old one when the block ends without an error (mode 0600).

    A device, a pipe or another special file is written as it is, and a link stays a link. Both are refused if they are
    another user's and in a sticky folder.

    Raises:
        ConfigError: the file can't be written.
    """
    if name is None or name == "-":
        _prepare(sys.stdout, kind)
        yield sys.stdout
        return
    if not name:
        raise ConfigError(_("-o needs a file name"), next_step=_("name one, or leave -o out"))
    try:
        path = Path(name).expanduser()
        with opened_special(path, wait=True) or whole_file(resolved(path), replace=True) as file:
            yield file
    except OSError as error:
        raise ConfigError(
            _("can't write -o “{path}”").format(path=line(name, 200)),
            why=line(reason(error), 120),
            next_step=_("use a file in a folder that exists and is yours"),
        ) from None


def table_width(name: str | None) -> int | None:
    """Return the width of the terminal in cells, or None if the data does not go to a terminal and is not cut."""
    return shutil.get_terminal_size().columns if name is None and sys.stdout.isatty() else None


def _prepare(stream: TextIO, kind: str) -> None:
    """Let `stream` escape what it can't encode, instead of raising an error. JSON is UTF-8 in every locale."""
    if hasattr(stream, "reconfigure"):
        stream.reconfigure(encoding="utf-8" if kind in _JSON else None, errors="backslashreplace")
