"""Opens the terminal UI, which `kps-tui` does if no subcommand is named."""

import gc
import io
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import replace

from kps_tui.blocking import TimedOut, run, run_async
from kps_tui.cli.connection import demo_target, settings_of
from kps_tui.clock import use_zone
from kps_tui.i18n import _
from kps_tui.identity.profiles import Configuration
from kps_tui.kps.proxy import route_to
from kps_tui.problems import ExitCode, Problem
from kps_tui.sanitize import line
from kps_tui.session.own_runbook import use_own_runbook
from kps_tui.session.resolve import configuration_of, load_context
from kps_tui.session.session import Session
from kps_tui.terminal.encoding import environment_given, fit_to_locale
from kps_tui.terminal.hangup import end_with_the_terminal
from kps_tui.terminal.terminal import is_described, terminal_of

LEAVE_SECONDS = 0.2
"""Seconds to wait at exit for the terminal to read the last lines."""
GC_THRESHOLDS = (10_000, 2, 1_000)
"""The thresholds of Python's three garbage collector generations while the screen is open.

Collecting 10,000 new objects takes up to 8 ms. A full collection takes 0.2 s with a million rows, so it must be rare.
Little garbage waits for it: reference counting frees a list, and most of a closed dialog.
"""
SWITCH_SECONDS = 0.001
"""How long a thread may hold the interpreter lock while another one waits for it; Python's default is 5 ms."""
FRAMES_PER_SECOND = 250
"""The most frames that Textual draws in a second; its default is 60.

A key often causes two frames, such as the table and then the detail, of which the second would wait for 16 ms. Frames
are drawn only if something has changed, and those that wait for a slow line are sent as one.
"""


class NoTerminalError(Problem):
    """There is no terminal to draw the screen on."""

    exit_code = ExitCode.USAGE


def open_screen(options: Mapping[str, object]) -> int:
    """Open the terminal UI, and return its exit code.

    Raises:
        Problem: there is no suitable terminal; or nothing names a place, and prompts are not allowed.
    """
    settings = settings_of(options)
    _need_a_terminal()
    if not terminal_of(os.environ, (0, 0)).colours:
        settings = replace(settings, color=False)
    # The theme `mono` sends no colours. With NO_COLOR, Textual would also paint the background black.
    os.environ.pop("NO_COLOR", None)
    for name in ("COLUMNS", "LINES"):
        # Python takes the size from these for good, even after the terminal is resized.
        os.environ.pop(name, None)
    # Textual reads this variable at import.
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
                # Report an unusable proxy before the screen opens.
                route_to(place.endpoint, os.environ)
        use_zone(session.context.configuration.zone)
        from kps_tui.cli.messages import crash_report
        from kps_tui.ui.app import ENDING, KpsApp

        end_with_the_terminal(sys.__stdin__.fileno() if sys.__stdin__ else 0)
        if isinstance(sys.__stderr__, io.TextIOWrapper):
            # Textual draws on stderr.
            fit_to_locale(sys.__stderr__, environment_given())
        app = KpsApp(session, settings, report=crash_report, warnings=_warnings(os.environ), ready=_tune_collector)
        for number in ENDING:
            signal.signal(number, lambda received, _frame: app.end_by(received))
        # Each step of handling a key may have to wait this long for a thread that parses or sorts.
        sys.setswitchinterval(SWITCH_SECONDS)
        app.run(mouse=settings.mouse)
        if app.parting and app.return_code != ExitCode.BUG:
            _print_last_lines(app.parting)
        return app.return_code or 0


def _print_last_lines(lines: Sequence[str]) -> None:
    """Write lines to the terminal; give up if it does not read them within `LEAVE_SECONDS`."""
    stream = sys.__stderr__
    if stream is None:
        return
    data = "".join(f"{each}\r\n" for each in lines).encode(stream.encoding, stream.errors or "replace")
    descriptor = stream.fileno()

    def write() -> None:
        # Not through the stream: the interpreter flushes that at exit, and would block.
        with suppress(OSError):
            os.write(descriptor, data)

    async def write_soon() -> None:
        with suppress(TimedOut):
            await run_async(write, deadline=LEAVE_SECONDS)

    run(write_soon())


def _tune_collector() -> None:
    """Exempt everything that exists at the first frame from garbage collection, and keep later collections short.

    No key is handled during a collection, and one of all modules takes up to a tenth of a second.
    """
    gc.freeze()
    gc.set_threshold(*GC_THRESHOLDS)


def _warnings(environ: Mapping[str, str]) -> list[str]:
    """Return the warning about a terminal that this host does not know, if any."""
    if is_described(environ):
        return []
    name = line(environ.get("TERM", ""), 40)
    says = _("this host does not know TERM={name}") if name else _("TERM is not set")
    do = _("if the screen looks wrong, set it to your terminal's type, such as xterm-256color")
    return [f"{says.format(name=name)} · {do}"]


def _with_own_runbook(configuration: Configuration) -> Configuration:
    """Load the user's own runbook, and return the configuration with a warning for each mistake in it."""
    return replace(configuration, warnings=(*configuration.warnings, *use_own_runbook(configuration)))


def _need_a_terminal() -> None:
    """Refuse to start without a terminal, where Textual would draw on stderr and never end.

    Raises:
        NoTerminalError: stdin, stdout or stderr is no terminal, or it is a dumb one.
    """
    streams = (sys.__stdin__, sys.__stdout__, sys.__stderr__)
    if not all(stream is not None and not stream.closed and stream.isatty() for stream in streams):
        raise NoTerminalError(
            _("the screen needs a terminal for input and output"), next_step=_("use: kps-tui list --format plain")
        )
    if os.environ.get("TERM", "") == "dumb":
        raise NoTerminalError(
            _("the screen can't be drawn on TERM=dumb"), next_step=_("use: kps-tui list --format plain")
        )
