"""By which way a text would reach the clipboard of whoever sits in front of the terminal, and the sending.

Measured: with tmux as it is installed OSC 52 is lost without a word, `load-buffer -w` arrives.
No way tells whether a text arrived, so the words say no more than that it was sent.
"""

import base64
import shutil
import subprocess
from collections.abc import Callable, Mapping
from typing import Literal, NamedTuple

from kps_tui.i18n import _
from kps_tui.sanitize import line

ClipboardPath = Literal["tmux load-buffer -w", "OSC 52", "none"]
_SILENT = ("", "dumb", "unknown", "linux")
"""Terminals that have no clipboard."""

BASE64_LIMIT = 74_994
"""Bytes of base64 that terminals are known to take; k9s sends no more either."""
LIMIT = BASE64_LIMIT // 4 * 3
"""Bytes of text (UTF-8) that are sent."""
TMUX_SECONDS = 2.0
"""How long tmux may take."""


class Sent(NamedTuple):
    """What became of a text."""

    way: ClipboardPath
    """The way it went; `none` where it was not sent."""
    says: str
    """The words for the user, one safe line."""

    @property
    def sent(self) -> bool:
        """Whether it was sent; if not, a file is the way to take it away."""
        return self.way != "none"


def clipboard_path(environ: Mapping[str, str], find: Callable[[str], str | None]) -> ClipboardPath:
    """Return the way; `find` says where a program lies (`shutil.which`)."""
    if environ.get("TMUX") and find("tmux"):
        return "tmux load-buffer -w"
    if environ.get("TMUX") or environ.get("STY") or environ.get("TERM", "") in _SILENT:
        return "none"
    return "OSC 52"


def send(
    text: str,
    environ: Mapping[str, str],
    write: Callable[[str], None],
    find: Callable[[str], str | None] = shutil.which,
) -> Sent:
    """Send `text`, which is safe to show, to the clipboard; `write` puts a string on the terminal as it is.

    Takes up to twice `TMUX_SECONDS` inside tmux, so it belongs into a thread there.
    """
    way = clipboard_path(environ, find)
    data = text.encode("utf-8", "replace")
    if not data:
        return Sent("none", _("nothing to send"))
    if way == "none":
        return Sent("none", _("this terminal has no clipboard"))
    if len(data) > LIMIT:
        size, limit = -(-len(data) // 1000), LIMIT // 1000
        says = _("too large for the terminal: {size} kB, at most {limit} kB")
        return Sent("none", says.format(size=size, limit=limit))
    if way == "OSC 52":
        write(f"\x1b]52;c;{base64.b64encode(data).decode('ascii')}\x07")
        return Sent(way, _("sent to the terminal (OSC 52)"))
    return _send_to_tmux(data, find("tmux") or "tmux", environ)


def _send_to_tmux(data: bytes, tmux: str, environ: Mapping[str, str]) -> Sent:
    """Let tmux keep the text and send it on, by OSC 52, to the terminal that it runs in."""
    refused = _load([tmux, "load-buffer", "-w", "-"], data, environ)
    if not refused:
        return Sent("tmux load-buffer -w", _("sent to the terminal (tmux)"))
    # Before 3.2 it has no -w, and keeps the text to itself.
    if "load-buffer" in refused and not _load([tmux, "load-buffer", "-"], data, environ):
        says = _("sent to tmux only, which is too old to send it on: paste with its prefix and ]")
        return Sent("tmux load-buffer -w", says)
    # No OSC 52 instead: inside tmux it would be lost without a word.
    return Sent("none", _("tmux did not take it: {why}").format(why=line(refused, 120)))


def _load(command: list[str], data: bytes, environ: Mapping[str, str]) -> str:
    """Return why the command failed, or nothing."""
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=TMUX_SECONDS, env=environ, check=False)
    except subprocess.TimeoutExpired:
        return _("no answer in {seconds:g} s").format(seconds=TMUX_SECONDS)
    except OSError as error:
        return error.strerror or type(error).__name__
    if done.returncode == 0:
        return ""
    said = done.stderr.decode("utf-8", "replace").strip()
    return said or _("it ended with {code}").format(code=done.returncode)
