"""Sends text to the clipboard of the user's terminal, by OSC 52 or through tmux.

With the default settings of tmux, OSC 52 from a program inside it is dropped silently; `load-buffer -w` works.
The terminal never confirms, so the messages only say that the text was sent.
"""

import base64
import shutil
import subprocess
from collections.abc import Callable, Mapping
from typing import Literal, NamedTuple

from kps_tui.files import reason
from kps_tui.i18n import _
from kps_tui.sanitize import line
from kps_tui.terminal.terminal import DUMB

ClipboardMethod = Literal["tmux load-buffer -w", "OSC 52", "none"]

BASE64_LIMIT = 74_994
"""The most bytes of base64 that terminals are known to accept; k9s uses the same limit."""
LIMIT = BASE64_LIMIT // 4 * 3
"""The most bytes of text (UTF-8) that are sent."""
TMUX_SECONDS = 2.0
"""Timeout for one call of tmux."""


class Sent(NamedTuple):
    """The result of sending a text."""

    method: ClipboardMethod
    """How it was sent; `none` if it was not."""
    says: str
    """The message for the user, one safe line."""

    @property
    def sent(self) -> bool:
        """Whether the text was sent."""
        return self.method != "none"


def clipboard_method(environ: Mapping[str, str], find: Callable[[str], str | None]) -> ClipboardMethod:
    """Return how to reach the clipboard. `find` returns the path of a program, as `shutil.which` does."""
    if environ.get("TMUX") and find("tmux"):
        return "tmux load-buffer -w"
    # screen drops OSC 52, and the Linux console has no clipboard.
    if environ.get("TMUX") or environ.get("STY") or environ.get("TERM", "") in (*DUMB, "linux"):
        return "none"
    return "OSC 52"


def is_behind_tmux(environ: Mapping[str, str]) -> bool:
    """Return whether the terminal is a tmux that this process can't reach, such as one at the user's end of ssh.

    Such a tmux passes OSC 52 on only if its option `set-clipboard` is `on`.
    """
    return environ.get("TERM", "").startswith("tmux") and not environ.get("TMUX")


def send(
    text: str,
    environ: Mapping[str, str],
    write: Callable[[str], None],
    find: Callable[[str], str | None] = shutil.which,
) -> Sent:
    """Send `text` to the clipboard. Inside tmux this blocks for up to twice `TMUX_SECONDS`: call it in a thread.

    Args:
        text: the text, already safe to show.
        environ: the environment, which tells which terminal it is.
        write: writes an escape sequence to the terminal.
        find: returns the path of a program.
    """
    method = clipboard_method(environ, find)
    data = text.encode("utf-8", "replace")
    if not data:
        return Sent("none", _("nothing to send"))
    if method == "none":
        return Sent("none", _("this terminal has no clipboard"))
    if len(data) > LIMIT:
        size, limit = -(-len(data) // 1000), LIMIT // 1000
        says = _("too large for the terminal: {size} kB, the limit is {limit} kB")
        return Sent("none", says.format(size=size, limit=limit))
    if method == "OSC 52":
        write(f"\x1b]52;c;{base64.b64encode(data).decode('ascii')}\x07")
        return Sent(method, _("sent to the terminal (OSC 52)"))
    return _send_to_tmux(data, find("tmux") or "tmux", environ)


def _send_to_tmux(data: bytes, tmux: str, environ: Mapping[str, str]) -> Sent:
    """Store the text in a buffer of tmux, which also sends it to the outer terminal by OSC 52."""
    refused = _load([tmux, "load-buffer", "-w", "-"], data, environ)
    if not refused:
        return Sent("tmux load-buffer -w", _("sent to the terminal (tmux)"))
    # Before 3.2, tmux has no `-w`; without it the text stays in the buffer.
    if "load-buffer" in refused and not _load([tmux, "load-buffer", "-"], data, environ):
        says = _("sent to tmux only, which is too old to pass it on: paste with its prefix and ]")
        return Sent("tmux load-buffer -w", says)
    # OSC 52 is no fallback: inside tmux it would be dropped silently.
    return Sent("none", _("tmux rejected it: {why}").format(why=line(refused, 120)))


def _load(command: list[str], data: bytes, environ: Mapping[str, str]) -> str:
    """Run the command, and return why it failed; empty if it succeeded."""
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=TMUX_SECONDS, env=environ, check=False)
    except subprocess.TimeoutExpired:
        return _("no answer in {seconds:g} s").format(seconds=TMUX_SECONDS)
    except OSError as error:
        return reason(error)
    if done.returncode == 0:
        return ""
    said = done.stderr.decode("utf-8", "replace").strip()
    return said or _("it ended with {code}").format(code=done.returncode)
