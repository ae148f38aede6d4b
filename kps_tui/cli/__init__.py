"""The command line: one module a command, and the exit codes.

0 done · 1 the answer is of no use, or not found · 2 usage · 3 network, 5xx, 429 · 4 login · 5 permission ·
6 incomplete · 10 `--fail-if-any` and something matched · 70 a fault of ours · 129, 130, 141, 143 signals.
"""

import contextlib
import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

import click

from kps_tui.i18n import _
from kps_tui.problems import Problem
from kps_tui.sanitize import line

FAULT = 70
INTERRUPTED = 130
PIPE_CLOSED = 141


def main() -> None:
    """Run the command of `sys.argv` and exit with its code."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run one command; return its exit code. What went wrong is one line on stderr, without a traceback."""
    from kps_tui.cli.commands import kps_tui

    try:
        # Not `kps_tui.main`: that takes a closed pipe for exit code 1.
        with kps_tui.make_context("kps-tui", [*arguments]) as context:
            code = kps_tui.invoke(context)
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except click.exceptions.Exit as ended:
        return ended.exit_code
    except click.ClickException as error:
        complain(f"{line(error.format_message())} · {_hint(error)}")
        return error.exit_code
    except Problem as problem:
        complain(str(problem))
        return problem.exit_code
    except (KeyboardInterrupt, click.Abort):
        return INTERRUPTED
    except BrokenPipeError:
        # The reader is gone; what is still buffered must not be complained about at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED
    except Exception as error:
        complain(crash_report(error))
        return FAULT


def complain(text: str) -> None:
    """Say `text` on stderr."""
    with contextlib.suppress(OSError):
        print(f"kps-tui: {text}", file=sys.stderr, flush=True)


def crash_report(error: BaseException) -> str:
    """Return where `error` was raised, without its message and without locals: both may hold a login."""
    frames = traceback.extract_tb(error.__traceback__)
    where = " < ".join(f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in reversed(frames))
    said = _("a fault of kps-tui, {kind} at {where} · please report this line")
    return said.format(kind=type(error).__name__, where=where or "?")


def _hint(error: click.ClickException) -> str:
    context = error.ctx if isinstance(error, click.UsageError) else None
    path = context.command_path if context else "kps-tui"
    return _("see {command} --help").format(command=path)
