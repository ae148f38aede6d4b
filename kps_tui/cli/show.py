"""`show`: prints the tasks that have one id."""

from collections.abc import Mapping, Sequence

from kps_tui.cli.connection import task_settings_of
from kps_tui.cli.loading import Loaded, load_list
from kps_tui.cli.messages import print_message
from kps_tui.cli.output import open_output
from kps_tui.cli.selection import matching_indices, print_notes
from kps_tui.i18n import _, counted, number
from kps_tui.kps.task import FailedTask
from kps_tui.problems import ExitCode
from kps_tui.sanitize import line
from kps_tui.triage import export
from kps_tui.triage.filter import parsed_strictly


def print_task(options: Mapping[str, object], task_id: str, where: str, output_format: str) -> int:
    """Print the tasks whose id is `task_id`, or begins with it if only one does, among those that match `where`."""
    settings = task_settings_of(options)
    expression = parsed_strictly(where)
    with load_list(settings) as loaded:
        store = loaded.reading.store
        tasks = [store[index] for index in matching_indices(expression, loaded)]
        exact = [task for task in tasks if task.task_id == task_id]
        matches = exact or [task for task in tasks if task_id and task.task_id.startswith(task_id)]
        if exact or len({task.task_id for task in matches}) == 1:
            with open_output(None, output_format) as out:
                export.write_tasks(matches, output_format, out)
            if loaded.reading.is_cached:
                print_message(loaded.remark)
                return 0
            print_notes(loaded)
            return 0 if loaded.complete else ExitCode.INCOMPLETE
        _print_not_found(task_id, matches, len(tasks), loaded)
    return ExitCode.UNUSABLE if loaded.complete else ExitCode.INCOMPLETE


def _print_not_found(task_id: str, matches: Sequence[FailedTask], looked_at: int, loaded: Loaded) -> None:
    name = line(task_id, 80)
    if matches:
        said = counted(
            len(matches),
            "{count} of {all} tasks begin with “{id}”, such as {some} · give more characters of the ID",
            "{count} of {all} tasks begin with “{id}”, such as {some} · give more characters of the ID",
            all=number(looked_at),
            id=name,
            some=", ".join(line(task.task_id, 80) for task in matches[:3]),
        )
        print_message(said)
    else:
        print_message(_("no task begins with “{id}” ({all} tasks searched)").format(id=name, all=number(looked_at)))
    print_notes(loaded)
