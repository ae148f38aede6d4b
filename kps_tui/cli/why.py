"""`why`: the likely cause of a failed task, a code or a message, and what to check."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kps_tui.cli.connection import task_settings_of
from kps_tui.cli.loading import Loaded, load_list
from kps_tui.cli.messages import print_message
from kps_tui.cli.output import open_output, table_width
from kps_tui.cli.selection import completeness, print_notes
from kps_tui.clock import utc_now
from kps_tui.i18n import _, counted, number
from kps_tui.problems import ExitCode, QueryError
from kps_tui.sanitize import line
from kps_tui.settings import Settings
from kps_tui.triage import explanation_export
from kps_tui.triage.causes import CODE
from kps_tui.triage.check_script import check_script
from kps_tui.triage.explanation import Explanation, explain_code, explain_task, explain_text
from kps_tui.triage.incidents import find_incidents
from kps_tui.triage.runbook_parser import OPERATIONS
from kps_tui.triage.store import TaskStore
from kps_tui.triage.task_ids import TASK_ID, task_ids
from kps_tui.triage.view import View

STDIN = "-"
SCRIPT = "script"
"""The format that `--script` stands for."""
LONGEST_LINE = 64 * 1024
"""Bytes; a longer line of a log is read in parts."""


def explain(
    options: Mapping[str, object], subject: Sequence[str], operation: str | None, script: bool, output_format: str
) -> int:
    """Print an explanation of `subject`: the id of a task, an error code, a message, or `-` for a log on stdin.

    Raises:
        QueryError: the subject is empty, or a script is asked for and the operation is not known.
    """
    settings = task_settings_of(options)
    output_format = SCRIPT if script else output_format
    asked = " ".join(subject).strip()
    if asked == STDIN:
        return _explain_log(settings, output_format, operation or "")
    if not asked:
        raise QueryError(_("why needs something to explain"), next_step=_("give a task ID, a code or a message"))
    if CODE.fullmatch(asked):
        return _explain_code(asked, operation or "", output_format)
    if TASK_ID.fullmatch(asked):
        return _explain_tasks(settings, output_format, (asked,), (), operation or "")
    _write([explain_text(asked, operation or "")], {}, output_format)
    if operation is None and output_format == "plain":
        print_message(_("--op bind, replace, reset or unbind shows all the checks of the operation that failed"))
    return 0


def _explain_code(code: str, operation: str, output_format: str) -> int:
    explanation = explain_code(code, operation)
    if explanation.code is None and not explanation.causes:
        print_message(_("“{code}” is not in the error tables that kps-tui knows").format(code=explanation.subject))
        return ExitCode.UNUSABLE
    _write([explanation], {}, output_format)
    return 0


def _explain_log(settings: Settings, output_format: str, operation: str) -> int:
    ids = task_ids(_lines_of_stdin())
    if not ids.named and not ids.others:
        print_message(_("the input has no task ID"))
        _write([], {}, output_format)
        return 0
    return _explain_tasks(settings, output_format, ids.named, ids.others, operation)


def _lines_of_stdin() -> Iterator[str]:
    if sys.stdin is None:
        return
    while read := sys.stdin.buffer.readline(LONGEST_LINE):
        yield read.decode("utf-8", "replace")


def _explain_tasks(
    settings: Settings, output_format: str, ids: Sequence[str], perhaps: Sequence[str], operation: str
) -> int:
    """Print explanations of tasks.

    Args:
        settings: those of the run.
        output_format: the format.
        ids: ids of tasks, or beginnings of them; one without a task is reported.
        perhaps: texts of a log that may be ids; one without a task is ignored.
        operation: the only operation of a script; empty for all.

    Raises:
        QueryError: a script is asked for, but no task failed at that operation, or none at a known one.
    """
    with load_list(settings) as loaded:
        store = loaded.reading.store
        incidents = find_incidents(store, View().over(store).newest_first)
        incident_of = {index: incident for incident in incidents for index in incident.tasks}
        found = _with_ids(store, ids, perhaps)
        missing = [id for id in ids if not found[id]]
        indices = dict.fromkeys(index for indices in found.values() for index in indices)
        explanations = [explain_task(store[index], store, incident_of.get(index)) for index in indices]
        head = completeness(loaded) | {"missing": [line(id) for id in missing]}
        _write(explanations, head, output_format, operation)
        _print_notes(loaded, missing)
        if loaded.complete:
            return ExitCode.UNUSABLE if missing else 0
        return ExitCode.INCOMPLETE if missing or not loaded.reading.is_cached else 0


def _with_ids(store: TaskStore, ids: Sequence[str], perhaps: Sequence[str]) -> dict[str, list[int]]:
    """Return the indices of the tasks with each id. One of `ids` may also be the unique beginning of an id."""
    found: dict[str, list[int]] = {id: [] for id in (*ids, *perhaps)}
    for index, task_id in enumerate(store.ids):
        if task_id in found:
            found[task_id].append(index)
    for id in ids:
        if found[id]:
            continue
        begin = id.casefold()
        indices = [index for index, task_id in enumerate(store.ids) if task_id.casefold().startswith(begin)]
        if len({store.ids[index] for index in indices}) <= 1:
            found[id] = indices
            continue
        said = counted(
            len(indices),
            "{count} task begins with “{id}” · give more characters of the ID",
            "{count} tasks begin with “{id}” · give more characters of the ID",
            id=line(id, 80),
        )
        print_message(said)
    return found


def _write(explanations: Sequence[Explanation], head: dict[str, Any], output_format: str, operation: str = "") -> None:
    with open_output(None, output_format) as out:
        if output_format == SCRIPT:
            out.write(_script(explanations, operation))
            return
        explanation_export.write(explanations, head, output_format, out, utc_now(), table_width(None))


def _script(explanations: Sequence[Explanation], wanted: str) -> str:
    """Return a script for the operations of the explanations, or only for the `wanted` one; empty without explanations.

    Raises:
        QueryError: none of the operations is known, a code or message fits several, or `wanted` is not among them.
    """
    failed = {operation for each in explanations for operation in each.operations}
    if not failed:
        return ""
    known = [operation for operation in OPERATIONS if operation in failed]
    if wanted and wanted not in known:
        raise QueryError(
            _("no task failed at {operation}").format(operation=wanted),
            why=_("they failed at {operations}").format(operations=line(", ".join(sorted(failed)), 200)),
            next_step=_("leave out --op for the checks of all of them"),
        )
    is_open = len(failed) > 1 and explanations[0].task is None
    if is_open or not known:
        said = _("there are no checks for {operations}").format(operations=line(", ".join(sorted(failed)), 200))
        raise QueryError(
            _("the script depends on the operation that failed") if is_open else said,
            next_step=_("name it with --op: {known}").format(known=", ".join(OPERATIONS)),
        )
    chosen = [each for each in explanations if not wanted or wanted in each.operations]
    return check_script([wanted] if wanted else known, chosen[0].task if len(chosen) == 1 else None)


def _print_notes(loaded: Loaded, missing: Sequence[str]) -> None:
    looked_at = number(len(loaded.reading.store))
    for id in missing:
        print_message(
            _("no failed task has the ID “{id}” ({all} tasks searched)").format(id=line(id, 80), all=looked_at)
        )
    print_notes(loaded)
