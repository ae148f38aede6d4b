"""Opens the output of a command: stdout, or a file that is written as a whole or not at all."""

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from kps_tui.files import opened_special, reason, resolved, whole_file
from kps_tui.i18n import _
from kps_tui.locations import typed_path
from kps_tui.problems import ConfigError
from kps_tui.sanitize import line

_JSON = ("json", "jsonl")
"""Formats that are always UTF-8 (RFC 8259)."""


@contextmanager
def open_output(name: str | None, output_format: str) -> Iterator[TextIO]:
    """Yield stdout, or the file `name`, for data in `output_format`.

    The file (mode 0600) gets its name when the block ends without an error, and then replaces an existing one. Links
    are followed, and devices, pipes and other special files are written directly; both are refused in a sticky folder
    if they belong to another user.

    Raises:
        ConfigError: the file can't be written.
    """
    if name is None or name == "-":
        _prepare(sys.stdout, output_format)
        yield sys.stdout
        return
    if not name:
        raise ConfigError(_("-o needs a file name"), next_step=_("name one, or leave -o out"))
    try:
        path = typed_path(name)
        with opened_special(path, wait=True) or whole_file(resolved(path), replace=True) as file:
            yield file
    except OSError as error:
        raise ConfigError(
            _("can't write -o “{path}”").format(path=line(name, 200)),
            why=line(reason(error), 120),
            next_step=_("use a file in a folder that exists and is yours"),
        ) from None


def table_width(name: str | None) -> int | None:
    """Return the width of the terminal in cells, or None for an output that is no terminal, where nothing is cut."""
    return shutil.get_terminal_size().columns if name is None and sys.stdout.isatty() else None


def _prepare(stream: TextIO, output_format: str) -> None:
    """Set the encoding of `stream` for the format; characters that it lacks are escaped instead of raising an error."""
    if hasattr(stream, "reconfigure"):
        stream.reconfigure(encoding="utf-8" if output_format in _JSON else None, errors="backslashreplace")
