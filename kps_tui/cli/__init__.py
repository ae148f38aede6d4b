"""The command line: one module for each command. `topics.EXIT_CODES` says what its exit codes mean."""

import gc
import io
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress

from kps_tui.cli.messages import crash_report, print_message
from kps_tui.i18n import _
from kps_tui.problems import ExitCode, Problem
from kps_tui.sanitize import line

GC_THRESHOLD = 100_000
"""Number of new objects that starts a garbage collection; more than are made until the first frame."""
COMPLETING = "_KPS_TUI_COMPLETE"
"""The environment variable by which a shell's completion script asks for completions; its value names the shell."""


def main() -> None:
    """Run the command in `sys.argv` and exit with its exit code."""
    # Imports make hardly any garbage, and collecting it would take a tenth of the start-up time.
    gc.set_threshold(GC_THRESHOLD)
    # Until the commands are imported there is nothing to clean up, so Ctrl+C may kill the process.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    from kps_tui.cli.language import choose_language

    choose_language(sys.argv[1:], os.environ)
    code = run(sys.argv[1:])
    # A collection at exit would take long with many objects, and the memory is freed anyway.
    gc.freeze()
    sys.exit(code)


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code. An error becomes one line on stderr, without a traceback."""
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
        return ExitCode.USAGE
    if isinstance(sys.stdout, io.TextIOWrapper):
        # The help contains characters that some encodings lack.
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        # Not `kps_tui.main`, which exits with 1 when a pipe is closed.
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
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        _discard_stdout()
        return ExitCode.PIPE_CLOSED
    except OSError as error:
        if error.filename is not None:
            print_message(crash_report(error))
            return ExitCode.BUG
        _discard_stdout()
        from kps_tui.files import reason

        why = line(reason(error), 120)
        print_message(_("can't write the output: {why} · free some space, or write elsewhere").format(why=why))
        return ExitCode.USAGE
    except Exception as error:
        print_message(crash_report(error))
        return ExitCode.BUG


def _print_completions(shell: str) -> None:
    """Print the completions. After an error, such as one in the configuration, there are none."""
    with suppress(Exception):
        from kps_tui.cli.completion import answer

        sys.stdout.write(answer(shell, os.environ))
        sys.stdout.flush()


def _discard_stdout() -> None:
    """Redirect stdout to the null device, so that the flush at exit raises no error."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
