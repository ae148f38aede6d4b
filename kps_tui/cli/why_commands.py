"""The declaration of `why`. It is not in `task_commands`, because it needs the runbook and the others don't."""

import click

from kps_tui.cli.options import Example, command, format_option, lazy, option
from kps_tui.cli.task_commands import READING
from kps_tui.i18n import N_, _
from kps_tui.triage.runbook_parser import OPERATIONS

why = command(
    "why",
    click.Argument(["subject"], nargs=-1, required=True, metavar="SUBJECT", shell_complete=lazy("candidates.subjects")),
    option(
        "--op",
        "operation",
        type=click.Choice(OPERATIONS),
        default=None,
        text=lambda: _("The operation that failed, if a code or a message is explained."),
    ),
    option(
        "--script",
        is_flag=True,
        text=lambda: _("Print a shell script that looks for the causes on the server; it changes nothing there."),
    ),
    format_option("plain", "json", "md"),
    runs="why.explain",
    text=lambda: _(
        "Say what is likely to be the cause of a failure, how sure that is, and what to check.\n\n"
        "SUBJECT is the id of a task (8 or more hex digits and dashes), an error code such as KPS.0003, or a message; "
        "“-” reads a log, such as that of Terraform, from stdin and explains each task that it names. Only for ids is "
        "the service asked."
    ),
    examples=(
        Example("kps-tui why 392c88ea", N_("the likely cause of this task, and the checks in order")),
        Example("kps-tui why 'Server login credential incorrect' --op replace", N_("what this message means")),
    ),
    shown=READING,
)
