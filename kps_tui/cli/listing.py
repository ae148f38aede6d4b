"""`list`, `count` and `show`: the list without the screen."""

from collections.abc import Mapping
from itertools import islice

import click

from kps_tui.cli import complain
from kps_tui.cli.connection import connected, settings_of
from kps_tui.cli.loading import Loaded, load
from kps_tui.cli.options import shared_options
from kps_tui.cli.output import opened, table_width
from kps_tui.i18n import _, number
from kps_tui.kps.task import FailedTask
from kps_tui.sanitize import line
from kps_tui.session.target import Target
from kps_tui.triage import export
from kps_tui.triage.listing import Listing
from kps_tui.triage.query import Query, parse_sort
from kps_tui.triage.store import TaskStore
from kps_tui.triage.view import View

NOT_FOUND = 1
INCOMPLETE = 6
SOMETHING_MATCHED = 10


def _listing(target: Target, loaded: Loaded, tasks: list[FailedTask]) -> Listing:
    reading = loaded.reading
    return Listing(
        tasks,
        reading.paging.total,
        len(reading.store),
        loaded.complete,
        reading.answered_at,
        target.region,
        target.project_id,
        target.demo,
    )


def _say(target: Target, loaded: Loaded) -> None:
    if target.demo:
        complain(_("DEMO: invented tasks"))
    if not loaded.complete:
        complain(_("incomplete: {why}").format(why=loaded.why_incomplete))


def _format(*names: str, default: str) -> click.Option:
    return click.Option(
        ["--format", "kind"], type=click.Choice(names), default=default, show_default=True, help=_("How to print.")
    )


@click.command("list", short_help=_("Print the failed tasks."))
@click.option(
    "--sort",
    metavar="FIELD[,-FIELD]",
    default="-time",
    show_default=True,
    help=_("Order: time, op, state, err, code, server, sid, key, task; “-” puts the largest first."),
)
@click.option("--limit", type=click.IntRange(0), metavar="N", help=_("Print at most N tasks."))
@click.option("-o", "--output", metavar="FILE", help=_("Write to FILE (mode 0600) instead of stdout."))
@click.option("--fail-if-any", is_flag=True, help=_("Exit with 10 if there is any task, for cron and CI."))
@shared_options
@click.pass_obj
def list_(
    options: Mapping[str, object], sort: str, limit: int | None, output: str | None, fail_if_any: bool, kind: str
) -> int:
    """Print the failed tasks of the project; all of them are loaded first."""
    query = Query(parse_sort(sort))
    settings = settings_of(options)
    with connected(settings) as target:
        loaded = load(target, settings.page_size)
        view = View(query=query).over(loaded.reading.store)
        with opened(output) as out:
            export.write(_listing(target, loaded, [*islice(view.tasks(), limit)]), kind, out, table_width(output))
        _say(target, loaded)
    if fail_if_any and len(view):
        return SOMETHING_MATCHED
    return 0 if loaded.complete else INCOMPLETE


@click.command(short_help=_("Print how many tasks failed."))
@shared_options
@click.pass_obj
def count(options: Mapping[str, object], kind: str) -> int:
    """Print the number of failed tasks; all of them are loaded first."""
    settings = settings_of(options)
    with connected(settings) as target:
        loaded = load(target, settings.page_size)
        found = len(loaded.reading.store)
        document = {
            "count": found,
            "total": loaded.reading.paging.total,
            "loaded": found,
            "complete": loaded.complete,
        } | ({"demo": True} if target.demo else {})
        print(export.as_json(document) if kind == "json" else found)
        _say(target, loaded)
    return 0 if loaded.complete else INCOMPLETE


@click.command(short_help=_("Print one task."))
@click.argument("task_id")
@shared_options
@click.pass_obj
def show(options: Mapping[str, object], task_id: str, kind: str) -> int:
    """Print the task whose id is, or begins with, TASK_ID."""
    settings = settings_of(options)
    with connected(settings) as target:
        loaded = load(target, settings.page_size, enough=lambda store: store.get(task_id) is not None)
        matches = _beginning_with(task_id, loaded.reading.store)
        if len(matches) == 1:
            with opened(None) as out:
                export.write_one(matches[0], kind, out)
            if target.demo:
                complain(_("DEMO: invented tasks"))
            return 0
        _complain_of(task_id, matches, loaded)
    return NOT_FOUND if loaded.complete else INCOMPLETE


def _beginning_with(task_id: str, store: TaskStore) -> list[FailedTask]:
    exact = store.get(task_id)
    if exact or not task_id:
        return [exact] if exact else []
    return [task for task in store.tasks if task.task_id.startswith(task_id)]


def _complain_of(task_id: str, matches: list[FailedTask], loaded: Loaded) -> None:
    looked_at = number(len(loaded.reading.store))
    name = line(task_id, 80)
    if matches:
        several = _("{count} of {all} tasks begin with “{id}”, such as {some} · give more of the id")
        some = ", ".join(line(task.task_id, 80) for task in matches[:3])
        complain(several.format(count=number(len(matches)), all=looked_at, id=name, some=some))
    else:
        complain(_("no task begins with “{id}” ({all} looked at)").format(id=name, all=looked_at))
    if not loaded.complete:
        complain(_("incomplete: {why}").format(why=loaded.why_incomplete))


list_.params.append(_format(*export.FORMATS, default="table"))
count.params.append(_format("plain", "json", default="plain"))
show.params.append(_format("plain", "json", default="plain"))
