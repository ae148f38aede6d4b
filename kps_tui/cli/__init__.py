"""The command line: one module for each command.

Exit codes: 0 success · 1 unusable answer, or not found · 2 usage or configuration · 3 network, 5xx, 429 · 4 login ·
5 permission · 6 incomplete list · 10 `--fail-if-any` and a task matches · 70 internal error · 129, 130, 131, 141, 143
signals.
"""

import gc
import io
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress

from kps_tui.cli.messages import crash_report, print_message
from kps_tui.i18n import _
from kps_tui.problems import Problem
from kps_tui.sanitize import line

GARBAGE = 100_000
"""Number of new objects after which garbage is collected; more than there are at the first frame."""
COMPLETING = "_KPS_TUI_COMPLETE"
"""The environment variable in which the script of a shell names the shell, to ask what can be typed next."""
FAULT = 70
INTERRUPTED = 130
UNUSABLE = 2
PIPE_CLOSED = 141


def main() -> None:
    """Run the command in `sys.argv` and exit with its exit code."""
    # While modules are imported nearly nothing is garbage, and looking for it takes a tenth of the start.
    gc.set_threshold(GARBAGE)
    # Until the commands are imported no file or terminal is open, so Ctrl+C may end the process at once.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    from kps_tui.cli.language import choose_language

    choose_language(sys.argv[1:], os.environ)
    code = run(sys.argv[1:])
    # Do not collect garbage at exit: that takes long with many objects, and the process frees its memory anyway.
    gc.freeze()
    sys.exit(code)


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code. An error is printed as one line on stderr, without a traceback."""
    import click

    from kps_tui.cli.commands import kps_tui
    from kps_tui.terminal.process import leave_no_core_dump

    signal.signal(signal.SIGINT, signal.default_int_handler)
    leave_no_core_dump()
    if shell := os.environ.get(COMPLETING):
        _print_completions(shell)
        return 0
    if sys.stdout is None or sys.stdout.closed:
        print_message(_("stdout is closed · open it, or write to a file with -o FILE"))
        return UNUSABLE
    if isinstance(sys.stdout, io.TextIOWrapper):
        # Help holds characters that not every encoding has.
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        # `kps_tui.main` would exit with 1 if a pipe is closed.
        with kps_tui.make_context("kps-tui", [*arguments]) as context:
            code = kps_tui.invoke(context)
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except click.exceptions.Exit as ended:
        return ended.exit_code
    except click.ClickException as error:
        from kps_tui.cli.usage import sentence

        print_message(sentence(error))
        return error.exit_code
    except Problem as problem:
        print_message(str(problem))
        return problem.exit_code
    except (KeyboardInterrupt, click.Abort):
        return INTERRUPTED
    except BrokenPipeError:
        _discard_stdout()
        return PIPE_CLOSED
    except OSError as error:
        if error.filename is not None:
            print_message(crash_report(error))
            return FAULT
        _discard_stdout()
        from kps_tui.files import reason

        why = line(reason(error), 120)
        print_message(_("can't write the output: {why} · free some space, or write elsewhere").format(why=why))
        return UNUSABLE
    except Exception as error:
        print_message(crash_report(error))
        return FAULT


def _print_completions(shell: str) -> None:
    """Print what can be typed next. An error, such as one in the configuration, offers nothing."""
    with suppress(Exception):
        from kps_tui.cli.completion import answer

        sys.stdout.write(answer(shell, os.environ))
        sys.stdout.flush()


def _discard_stdout() -> None:
    """Redirect stdout to the null device, so that flushing its buffer at exit raises no error."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
