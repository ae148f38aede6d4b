"""The declarations of the commands that print tasks; `why` has a module of its own."""

import click

from kps_tui.cli.options import Example, OptionGroup, command, format_option, lazy, option
from kps_tui.i18n import N_, _
from kps_tui.triage.export import FORMATS

READING = (OptionGroup.CONNECTION, OptionGroup.DEMO, OptionGroup.LOADING)
"""The shared options that affect a command that loads tasks."""

_WHERE = option(
    "--where",
    metavar="EXPR",
    default="",
    shell_complete=lazy("candidates.filters"),
    text=lambda: _("Only tasks that match, such as “op:bind -server:web since:24h”; see kps-tui help filter."),
)

_VIEW = option(
    "--view",
    metavar="NAME",
    shell_complete=lazy("candidates.views"),
    text=lambda: _("Only the tasks of this view, which V on the screen saved; --where narrows them further."),
)


def _sortable() -> str:
    from kps_tui.triage.fields import BY_KEY

    return ", ".join(BY_KEY)


def _countable() -> str:
    from kps_tui.triage.facets import FACETS

    return ", ".join(FACETS)


list_ = command(
    "list",
    _VIEW,
    _WHERE,
    option(
        "--sort",
        metavar="FIELD[,-FIELD]",
        shell_complete=lazy("candidates.sort_keys"),
        text=lambda: _("Order: {fields}; “-” puts the largest first (default: that of the view, else -time).").format(
            fields=_sortable()
        ),
    ),
    option(
        "--columns",
        metavar="FIELD[,FIELD]",
        shell_complete=lazy("candidates.columns"),
        text=lambda: _("Print only these fields (see --sort), in this order; not for JSON."),
    ),
    option("--limit", type=click.IntRange(0), metavar="N", text=lambda: _("Print at most N tasks.")),
    option(
        "-o",
        "--output",
        metavar="FILE",
        shell_complete=lazy("candidates.files"),
        text=lambda: _("Write to FILE (mode 0600) instead of stdout."),
    ),
    option(
        "--as",
        "reader",
        metavar="NAME",
        text=lambda: _(
            "A reader of this name: “is:new” is what it has not read; what a complete run loads counts as read."
        ),
    ),
    option(
        "--running",
        is_flag=True,
        text=lambda: _("Print the tasks that are under way, in place of those that failed."),
    ),
    option("--fail-if-any", is_flag=True, text=lambda: _("Exit with 10 if any task matches, for cron and CI.")),
    format_option(*FORMATS),
    runs="listing.print_list",
    text=lambda: _("Print the failed tasks of the project; all of them are loaded first."),
    examples=(
        Example("kps-tui list --where 'op:bind since:24h'", N_("the bindings that failed in the last day")),
        Example(
            "kps-tui list --view binds --columns server,key,err --format csv -o tasks.csv",
            N_("three columns of a saved view, as a file"),
        ),
    ),
    shown=READING,
)
count = command(
    "count",
    _VIEW,
    _WHERE,
    format_option("plain", "json"),
    runs="listing.print_count",
    text=lambda: _("Print the number of failed tasks; all of them are loaded first."),
    examples=(
        Example("kps-tui count --where since:today", N_("how many failed today")),
        Example("kps-tui count --where 'err:\"timed out\"' --format json", N_("how many timed out, for a script")),
    ),
    shown=READING,
)
facet = command(
    "facet",
    click.Argument(["field"], required=False, shell_complete=lazy("candidates.facets")),
    _VIEW,
    _WHERE,
    format_option(*FORMATS),
    runs="facet.print_facet",
    text=lambda: _(
        "Print how often each value of FIELD occurs, the most frequent first; FIELD: {fields}. FIELD may be"
        " left out if --view names a view of groups."
    ).format(fields=_countable()),
    examples=(
        Example("kps-tui facet err", N_("the errors, the most frequent first")),
        Example("kps-tui facet server --where cause:security-group", N_("the servers with this likely cause")),
    ),
    shown=READING,
)
show = command(
    "show",
    click.Argument(["task_id"], shell_complete=lazy("candidates.task_ids")),
    _WHERE,
    format_option("plain", "json"),
    runs="show.print_task",
    text=lambda: _(
        "Print the task whose id is, or begins with, TASK_ID; with --where only those that match are looked at. If"
        " several tasks have this id, all of them are printed, in JSON as a list."
    ),
    examples=(
        Example("kps-tui show 392c88ea", N_("the task whose id begins so")),
        Example("kps-tui show 392c88ea --format json", N_("the same as the service sent it")),
    ),
    shown=READING,
)
