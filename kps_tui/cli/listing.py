"""`list` and `count`: print the failed tasks, or their number."""

import re
import sys
from collections.abc import Mapping, Sequence
from itertools import islice

from kps_tui.cli.connection import task_settings_of
from kps_tui.cli.loading import Loaded, load_list
from kps_tui.cli.messages import print_message
from kps_tui.cli.output import open_output, table_width
from kps_tui.cli.selection import (
    completeness,
    matching_indices,
    options_of_filter,
    print_notes,
    query_asked_for,
)
from kps_tui.clock import utc_now
from kps_tui.i18n import _
from kps_tui.kps.task import FailedTask
from kps_tui.problems import ConfigError, ExitCode
from kps_tui.sanitize import line
from kps_tui.triage import export
from kps_tui.triage.export import OF_WHOLE_TASKS, Listing
from kps_tui.triage.fields import BY_KEY, Field, mistake_in_columns
from kps_tui.triage.knowledge import Knowledge
from kps_tui.triage.query import Query
from kps_tui.triage.standings import Standings
from kps_tui.triage.view import View

READER = r"[\w.-]{1,64}"
"""The name of a reader."""


def _listing(loaded: Loaded, tasks: list[FailedTask], *, running: bool) -> Listing:
    reading = loaded.reading
    return Listing(
        tasks,
        reading.paging.total,
        len(reading.store),
        loaded.complete,
        reading.answered_at,
        loaded.place.region,
        loaded.place.project_id,
        loaded.demo,
        running,
    )


def _check_reader(name: str) -> None:
    if re.fullmatch(READER, name):
        return
    raise ConfigError(
        _("--as: “{name}” can't be the name of a reader").format(name=line(name, 80)),
        next_step=_("use 1 to 64 letters, digits, “.”, “_” and “-”, such as “cron”"),
    )


def _columns(text: str | None, output_format: str) -> Sequence[Field]:
    """Return the fields that `--columns` names, or none without the option.

    Raises:
        ConfigError: there is no such field, or the format has no columns.
    """
    if text is None:
        return ()
    if output_format in OF_WHOLE_TASKS:
        raise ConfigError(
            _("--columns can't be combined with --format {format}").format(format=output_format),
            why=_("JSON keeps every task as the service sent it"),
            next_step=_("leave out one of them"),
        )
    keys = [key.strip() for key in text.split(",")]
    if mistake := mistake_in_columns(keys):
        raise ConfigError(f"--columns: {mistake}")
    return [BY_KEY[key] for key in keys]


def _count_as_read(knowledge: Knowledge, loaded: Loaded) -> None:
    """Record in the ledger that a reader has read the list. Call it once the output is written.

    Raises:
        OSError: stdout can't be flushed.
        StorageError: the ledger can't be written.
    """
    if loaded.demo or not loaded.complete:
        print_message(_("nothing counts as read by “{name}”").format(name=knowledge.reader))
        return
    sys.stdout.flush()
    now = utc_now()
    loaded.ledger.record(Standings(knowledge).over(loaded.reading.store), now, now, is_whole=True)


def print_list(
    options: Mapping[str, object],
    view: str | None,
    where: str,
    sort: str | None,
    columns: str | None,
    limit: int | None,
    output: str | None,
    reader: str | None,
    running: bool,
    fail_if_any: bool,
    output_format: str,
) -> int:
    """Print the tasks that match the saved view and `where`, in the order of `sort`, else of the view.

    Raises:
        ConfigError: the options contradict each other, or an option has a value that is not allowed.
        QueryError: the view, `where` or `sort` can't be parsed.
    """
    chosen = _columns(columns, output_format)
    if reader is not None:
        _check_reader(reader)
    settings = task_settings_of(options)
    if running and reader:
        raise ConfigError(
            _("--running can't be combined with --as"),
            why=_("only failed tasks count as read"),
            next_step=_("leave out one of them"),
        )
    query = query_asked_for(settings, view, where, sort)
    with load_list(settings, running=running) as loaded:
        store = loaded.reading.store
        knowledge = loaded.ledger.knowledge(reader) if reader else None
        order = View(query=Query(query.sort)).over(store).order
        indices = matching_indices(query.filter, loaded, order, knowledge, options_of_filter(view, where))
        with open_output(output, output_format) as out:
            tasks = [store[index] for index in islice(indices, limit)]
            export.write(_listing(loaded, tasks, running=running), output_format, out, table_width(output), chosen)
        print_notes(loaded)
        if knowledge is not None:
            _count_as_read(knowledge, loaded)
    if fail_if_any and indices:
        return ExitCode.MATCHED
    return 0 if loaded.complete else ExitCode.INCOMPLETE


def print_count(options: Mapping[str, object], view: str | None, where: str, output_format: str) -> int:
    """Print how many tasks match the view and `where`."""
    settings = task_settings_of(options)
    query = query_asked_for(settings, view, where)
    with load_list(settings) as loaded:
        found = len(matching_indices(query.filter, loaded, options=options_of_filter(view, where)))
        document = {"count": found} | completeness(loaded)
        with open_output(None, output_format) as out:
            print(export.as_json(document) if output_format == "json" else found, file=out)
        print_notes(loaded)
    return 0 if loaded.complete else ExitCode.INCOMPLETE
