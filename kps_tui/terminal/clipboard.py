"""By which way a text would reach the clipboard of whoever sits in front of the terminal.

Measured (features.md §0.3): with tmux as it is installed OSC 52 is lost without a word, `load-buffer -w` arrives.
"""

from collections.abc import Callable, Mapping
from typing import Literal

ClipboardPath = Literal["tmux load-buffer -w", "OSC 52", "none"]
_SILENT = ("", "dumb", "unknown", "linux")
"""Terminals that have no clipboard."""


def clipboard_path(environ: Mapping[str, str], find: Callable[[str], str | None]) -> ClipboardPath:
    """Return the way; `find` says where a program lies (`shutil.which`)."""
    if environ.get("TMUX") and find("tmux"):
        return "tmux load-buffer -w"
    if environ.get("TMUX") or environ.get("STY") or environ.get("TERM", "") in _SILENT:
        return "none"
    return "OSC 52"
