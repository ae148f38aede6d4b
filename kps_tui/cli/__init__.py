"""The command line: one module a command, and the exit codes.

0 done · 1 the answer is of no use, or not found · 2 usage · 3 network, 5xx, 429 · 4 login · 5 permission ·
6 incomplete · 10 `--fail-if-any` and something matched · 70 a fault of ours · 129, 130, 131, 141, 143 signals.
"""

import contextlib
import os
import signal
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

from kps_tui.i18n import _
from kps_tui.problems import Problem
from kps_tui.sanitize import line

FAULT = 70
INTERRUPTED = 130
UNUSABLE = 2
PIPE_CLOSED = 141


def main() -> None:
    """Run the command of `sys.argv` and exit with its code."""
    # Until the commands are imported nothing is open: Ctrl+C may end the process without a word.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run one command; return its exit code. What went wrong is one line on stderr, without a traceback."""
    import click

    from kps_tui.cli.commands import kps_tui
    from kps_tui.terminal.process import leave_no_core_dump

    signal.signal(signal.SIGINT, signal.default_int_handler)
    leave_no_core_dump()
    if sys.stdout is None or sys.stdout.closed:
        complain(_("stdout is closed · open it, or name a file with -o"))
        return UNUSABLE
    try:
        # Not `kps_tui.main`: that takes a closed pipe for exit code 1.
        with kps_tui.make_context("kps-tui", [*arguments]) as context:
            code = kps_tui.invoke(context)
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except click.exceptions.Exit as ended:
        return ended.exit_code
    except click.ClickException as error:
        path = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else "kps-tui"
        hint = _("see {command} --help").format(command=path)
        complain(f"{line(error.format_message())} · {hint}")
        return error.exit_code
    except Problem as problem:
        complain(str(problem))
        return problem.exit_code
    except (KeyboardInterrupt, click.Abort):
        return INTERRUPTED
    except BrokenPipeError:
        _forget_stdout()
        return PIPE_CLOSED
    except OSError as error:
        if error.filename is not None:
            complain(crash_report(error))
            return FAULT
        _forget_stdout()
        why = line(error.strerror or type(error).__name__, 120)
        complain(_("the output can't be written: {why} · free the place, or write elsewhere").format(why=why))
        return UNUSABLE
    except Exception as error:
        complain(crash_report(error))
        return FAULT


def _forget_stdout() -> None:
    """What is still buffered must not be complained about when the process ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def complain(text: str) -> None:
    """Say `text` on stderr."""
    with contextlib.suppress(OSError, ValueError):
        print(f"kps-tui: {text}", file=sys.stderr, flush=True)


def crash_report(error: BaseException) -> str:
    """Return where `error` was raised, without its message and without locals: both may hold a login."""
    while isinstance(inner := getattr(error, "error", None) or error.__cause__, BaseException):
        # Textual wraps what a worker raised.
        error = inner
    frames = traceback.extract_tb(error.__traceback__)
    where = " < ".join(f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in reversed(frames))
    said = _("a fault of kps-tui, {kind} at {where} · please report this line")
    return said.format(kind=type(error).__name__, where=where or "?")
