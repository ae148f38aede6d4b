"""Opens the terminal UI, which `kps-tui` does if no subcommand is named."""

import asyncio
import gc
import io
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import replace

from kps_tui.blocking import TimedOut, run_async
from kps_tui.cli.connection import demo_target, settings_of
from kps_tui.clock import use_zone
from kps_tui.i18n import _
from kps_tui.identity.profiles import Configuration
from kps_tui.kps.proxy import route_to
from kps_tui.problems import Problem
from kps_tui.sanitize import line
from kps_tui.session.own_runbook import use_own_runbook
from kps_tui.session.resolve import configuration_of, load_context
from kps_tui.session.session import Session
from kps_tui.terminal.encoding import environment_given, fit_to_locale
from kps_tui.terminal.hangup import end_with_the_terminal
from kps_tui.terminal.terminal import is_described, terminal_of

LEAVE_SECONDS = 0.2
"""Seconds that the end of the program waits for the terminal to read the line that stays in it."""
NEW_OBJECTS = 10_000
"""Number of new objects after which they are searched for garbage, which takes up to 8 ms."""
SEARCHES = 2
"""After how many such searches the objects of all of them are searched once more."""
SEARCHES_OF_SOME = 1_000
"""After how many of these all objects are searched, which takes a fifth of a second for a million rows.

What is garbage before that is little: a list is freed without a search, and so is most of a closed dialog.
"""
SWITCH_SECONDS = 0.001
"""How long a thread may hold the interpreter lock while another one waits; Python's own value is 5 ms."""


FRAMES_PER_SECOND = 250
"""How many frames Textual may draw a second.

A key is often answered by two frames, such as the table and then the detail. At Textual's own 60 the second one waits
16 ms. It draws a frame only if something has changed, and frames that wait for a slow line are sent as one.
"""


class NoTerminalError(Problem):
    """There is no terminal that the screen could be drawn on."""

    exit_code = 2


def open_screen(options: Mapping[str, object]) -> int:
    """Open the terminal UI; return the exit code.

    Raises:
        Problem: there is no suitable terminal, or no place is named and asking is not allowed.
    """
    settings = settings_of(options)
    _need_a_terminal()
    if not terminal_of(os.environ, (0, 0)).colours:
        settings = replace(settings, color=False)
    # The theme `mono` sends no colours. With NO_COLOR, Textual would also paint the background black.
    os.environ.pop("NO_COLOR", None)
    for name in ("COLUMNS", "LINES"):
        # Python would believe these for ever, instead of asking the terminal for its size.
        os.environ.pop(name, None)
    # Textual reads it when it is imported.
    os.environ.setdefault("TEXTUAL_FPS", str(FRAMES_PER_SECOND))
    with ExitStack() as running:
        if settings.demo:
            configuration = _with_own_runbook(configuration_of(settings))
            session = Session.on(running.enter_context(demo_target(settings)), configuration)
        else:
            context = load_context(settings)
            context = replace(context, configuration=_with_own_runbook(context.configuration))
            session = Session(context, None, lambda: running.enter_context(demo_target(settings)))
            place = session.opening()
            if place is None and not settings.ask:
                context.place()
            if place is not None:
                # Raises an error for an unusable proxy before the screen opens.
                route_to(place.endpoint, os.environ)
        use_zone(session.context.configuration.zone)
        from kps_tui.cli.messages import crash_report
        from kps_tui.ui.app import ENDING, FAULT, KpsApp

        end_with_the_terminal(sys.__stdin__.fileno() if sys.__stdin__ else 0)
        if isinstance(sys.__stderr__, io.TextIOWrapper):
            # Textual draws on stderr.
            fit_to_locale(sys.__stderr__, environment_given())
        app = KpsApp(session, settings, report=crash_report, warnings=_warnings(os.environ), ready=_never_garbage)
        for number in ENDING:
            signal.signal(number, lambda received, _frame: app.end_by(received))
        # A thread that parses or sorts holds the interpreter lock for this long, which each step of a key waits for.
        sys.setswitchinterval(SWITCH_SECONDS)
        app.run(mouse=settings.mouse)
        if app.parting and app.return_code != FAULT:
            _leave(app.parting)
        return app.return_code or 0


def _leave(lines: Sequence[str]) -> None:
    """Write lines to the terminal, unless it does not read them soon."""
    stream = sys.__stderr__
    if stream is None:
        return
    data = "".join(f"{each}\r\n" for each in lines).encode(stream.encoding, stream.errors or "replace")
    descriptor = stream.fileno()

    def write() -> None:
        # Not through the stream, which the end of the interpreter would wait for.
        with suppress(OSError):
            os.write(descriptor, data)

    async def write_soon() -> None:
        with suppress(TimedOut):
            await run_async(write, deadline=LEAVE_SECONDS)

    asyncio.run(write_soon())


def _never_garbage() -> None:
    """Let no search for garbage look at what there is at the first frame: that would take up to a tenth of a second.

    What is made from then on is searched in small portions, because no key is handled meanwhile.
    """
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS, SEARCHES, SEARCHES_OF_SOME)


def _warnings(environ: Mapping[str, str]) -> list[str]:
    """Return what to say about the terminal."""
    if is_described(environ):
        return []
    name = line(environ.get("TERM", ""), 40)
    says = _("this host does not know TERM={name}") if name else _("TERM is not set")
    do = _("if the screen looks wrong, set it to your terminal's type, such as xterm-256color")
    return [f"{says.format(name=name)} · {do}"]


def _with_own_runbook(configuration: Configuration) -> Configuration:
    """Let the user's own runbook count, and return the configuration with a warning for each mistake in it."""
    return replace(configuration, warnings=(*configuration.warnings, *use_own_runbook(configuration)))


def _need_a_terminal() -> None:
    """Raise an error if there is no terminal, because Textual would draw on stderr and never end."""
    streams = (sys.__stdin__, sys.__stdout__, sys.__stderr__)
    if not all(stream is not None and not stream.closed and stream.isatty() for stream in streams):
        raise NoTerminalError(
            _("the screen needs a terminal for input and output"), next_step=_("use: kps-tui list --format plain")
        )
    if os.environ.get("TERM", "") == "dumb":
        raise NoTerminalError(
            _("the screen can't be drawn on TERM=dumb"), next_step=_("use: kps-tui list --format plain")
        )
