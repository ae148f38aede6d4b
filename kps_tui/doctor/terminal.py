"""Check of the terminal that the screen would use."""

import shutil
from collections.abc import Iterator

from kps_tui.doctor.examination import Examination
from kps_tui.doctor.finding import Finding
from kps_tui.i18n import _
from kps_tui.problems import NextStep
from kps_tui.terminal.clipboard import ClipboardMethod, clipboard_method, is_behind_tmux
from kps_tui.terminal.terminal import DUMB, Terminal, size_of_terminal, terminal_of

SMALLEST = 60, 15
"""Columns and rows that the screen needs."""


def terminal(examination: Examination) -> Iterator[Finding]:
    """Report the capabilities of the terminal."""
    seen = terminal_of(examination.environ, size_of_terminal())
    behind_tmux = is_behind_tmux(examination.environ)
    yield from terminal_findings(seen, clipboard_method(examination.environ, shutil.which), behind_tmux=behind_tmux)


def terminal_findings(seen: Terminal, clipboard: ClipboardMethod, *, behind_tmux: bool = False) -> Iterator[Finding]:
    """Yield the findings about a terminal and its clipboard."""
    yield _size(seen)
    if seen.name in DUMB:
        says = _("TERM is “{name}”").format(name=seen.name) if seen.name else _("TERM is not set")
        yield Finding("TERM", "warning", says, _("set it to your terminal's type, such as xterm-256color"))
    else:
        yield Finding("TERM", "ok", seen.name)
    colours = {0: _("none"), 2**24: _("24 bit")}.get(seen.colours, str(seen.colours))
    yield Finding("colours", "ok", colours)
    if seen.utf8:
        yield Finding("encoding", "ok", "UTF-8")
    else:
        yield Finding("encoding", "warning", _("the locale is not UTF-8"), _("set LC_ALL=C.UTF-8"))
    around = [name for name in (seen.multiplexer, "SSH" if seen.ssh else "") if name]
    yield Finding("inside", "ok", " · ".join(around) or _("no tmux, no screen, no SSH"))
    if clipboard == "none":
        do = NextStep(_("export to a file instead: kps-tui list -o FILE"), _("press e to export to a file instead"))
        yield Finding("clipboard", "warning", _("this terminal has none"), do)
    elif clipboard == "OSC 52" and behind_tmux:
        says = _("{way}, which an outer tmux may drop").format(way=clipboard)
        yield Finding("clipboard", "warning", says, _("in the outer tmux run: tmux set -s set-clipboard on"))
    else:
        yield Finding("clipboard", "ok", clipboard)


def _size(seen: Terminal) -> Finding:
    if not seen.columns or not seen.rows:
        return Finding("terminal", "ok", _("none here: only commands work"))
    size = f"{seen.columns}×{seen.rows}"
    if seen.columns < SMALLEST[0] or seen.rows < SMALLEST[1]:
        needed = f"{SMALLEST[0]}×{SMALLEST[1]}"
        return Finding("terminal", "warning", size, _("the screen needs {needed}").format(needed=needed))
    return Finding("terminal", "ok", size)
