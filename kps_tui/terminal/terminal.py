"""Describes the terminal by its environment variables and its size."""

import contextlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from kps_tui.terminal.encoding import encoding_of

Multiplexer = Literal["", "tmux", "screen"]
DUMB = ("", "dumb", "unknown")
"""Values of `TERM` for terminals that may know no escape sequence."""
_DESCRIPTIONS = (
    "/etc/terminfo",
    "/lib/terminfo",
    "/usr/lib/terminfo",
    "/usr/share/terminfo",
    "/usr/local/share/terminfo",
)
"""The folders of terminfo."""


@dataclass(frozen=True, slots=True)
class Terminal:
    """The properties of a terminal."""

    columns: int
    """0 if the process has no terminal, like `rows`."""
    rows: int
    name: str
    """The value of `TERM`."""
    colours: int
    """Number of colours: 0, 16, 256 or 2 ** 24."""
    utf8: bool
    multiplexer: Multiplexer
    ssh: bool


def terminal_of(environ: Mapping[str, str], size: tuple[int, int]) -> Terminal:
    """Return the terminal that the variables describe. `size` is (columns, rows)."""
    return Terminal(
        *size,
        environ.get("TERM", ""),
        _colours(environ),
        encoding_of(environ) == "utf-8",
        "tmux" if environ.get("TMUX") else "screen" if environ.get("STY") else "",
        # Not SSH_TTY: a tmux server keeps the value from when it was started.
        bool(environ.get("SSH_CONNECTION")),
    )


def _colours(environ: Mapping[str, str]) -> int:
    name = environ.get("TERM", "")
    if environ.get("NO_COLOR") or name in DUMB or name.startswith(("vt1", "vt2")):
        return 0
    if environ.get("COLORTERM", "").lower() in ("truecolor", "24bit") or name.endswith("-direct"):
        return 2**24
    return 256 if "256color" in name else 16


def is_described(environ: Mapping[str, str]) -> bool:
    """Return whether terminfo of this host knows the terminal. True if it has no terminfo at all.

    xterm and the many terminals that use its name need no entry: the screen is drawn with the sequences of xterm.
    """
    name = environ.get("TERM", "")
    home, listed = environ.get("HOME", ""), environ.get("TERMINFO_DIRS", "")
    own = [environ.get("TERMINFO", ""), f"{home}/.terminfo" if home else "", *listed.split(":")]
    folders = [Path(folder) for folder in (*filter(None, own), *_DESCRIPTIONS)]
    if name.startswith("xterm") or not any(os.access(folder, os.F_OK) for folder in folders):
        return True
    if not name or "/" in name or "\0" in name:
        return False
    # There is a folder for each first letter; on macOS its name is the code of the letter.
    entries = (folder / first / name for folder in folders for first in (name[0], f"{ord(name[0]):02x}"))
    return any(os.access(entry, os.R_OK) for entry in entries)


def size_of_terminal() -> tuple[int, int]:
    """Return (columns, rows) of the terminal, even if the output is redirected; (0, 0) if there is none."""
    for descriptor in (1, 2, 0):
        with contextlib.suppress(OSError):
            return os.get_terminal_size(descriptor)
    return 0, 0
