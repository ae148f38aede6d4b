"""Commands about incidents: explain one, or show only its tasks."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from kps_tui.i18n import _, counted
from kps_tui.triage.filter.narrowing import in_incident
from kps_tui.triage.row_set import RowSet
from kps_tui.ui.actions import acknowledging, copying

if TYPE_CHECKING:
    from kps_tui.session.extent import Extent
    from kps_tui.triage.incidents import Incident
    from kps_tui.triage.store import TaskStore
    from kps_tui.ui.heading import Heading
    from kps_tui.ui.screens.triage import TriageScreen


def only_incident(screen: "TriageScreen") -> None:
    """Show only the tasks of the incident in the band."""
    if screen.incidents.first is None:
        screen.notify(_("there is no incident among the tasks shown"), markup=False)
    else:
        _only(screen, screen.incidents.first, is_new=screen.incidents.is_new)


def _only(screen: "TriageScreen", incident: "Incident", *, is_new: bool) -> None:
    screen.full_detail = False
    screen.bench = screen.bench.narrowed(in_incident(incident, is_new=is_new))


def explain(screen: "TriageScreen") -> None:
    """Explain the incident of the task under the cursor, or the task if it belongs to none. The user can choose others.

    Before the user has moved the cursor, explain the incident in the band: no task has been chosen yet.
    """
    from kps_tui.ui.screens.dialogs.diagnosis import Act, DiagnosisScreen
    from kps_tui.ui.task_words import task_title

    task, incidents = screen.table.task_at_cursor, screen.incidents
    if task is None:
        screen.notify(_("there is no task to explain"), markup=False)
        return
    # Another list, or that of another project, may be shown while the dialog is open.
    own, store, load, heading = incidents.of(task), screen.view.store, screen.load, screen.heading
    shown = own or (incidents.first if screen.table.chosen is None else None)
    index = store.index_of(task.row_key)

    def act(what: Act, incident: "Incident | None") -> None:
        indices = incident.tasks if incident else [] if index is None else [index]
        match what:
            case Act.MARK:
                _mark(screen, RowSet.at(store, indices))
            case Act.ACKNOWLEDGE:
                of_incident = counted(len(indices), "the task of an incident", "the {count} tasks of an incident")
                title = of_incident if incident else task_title(task)
                acknowledging.acknowledge(screen, RowSet.at(store, indices), title)
            case Act.TICKET:
                name, text = _ticket(heading, load.extent, store, indices, incident)
                copying.send(screen, name, text)
            case Act.ONLY if incident:
                _only(screen, incident, is_new=incidents.is_new)

    screen.app.push_screen(DiagnosisScreen(task, own, incidents, load, screen.now(), act, shown))


def _mark(screen: "TriageScreen", tasks: RowSet) -> None:
    """Mark tasks, or unmark them if all are marked."""
    row_keys, before = RowSet.of(screen.view.store, tasks), len(screen.bench.marked)
    screen.bench = screen.bench.all_toggled(row_keys)
    if len(screen.bench.marked) < before:
        said = counted(len(row_keys), "{count} task is unmarked", "{count} tasks are unmarked")
    else:
        said = counted(len(row_keys), "{count} task is marked", "{count} tasks are marked")
    screen.notify(said, markup=False)


def _ticket(
    heading: "Heading", extent: "Extent", store: "TaskStore", indices: Sequence[int], incident: "Incident | None"
) -> tuple[str, Callable[[], str]]:
    """Return what to call a ticket, and what makes its text."""
    from kps_tui.triage.incidents import spread
    from kps_tui.triage.store import Tasks
    from kps_tui.triage.ticket import ticket

    tasks = Tasks(store, indices)
    if incident is None:
        where = copying.ticket_heading(heading, extent)
        return counted(len(tasks), "ticket of 1 task", "ticket of {count} tasks"), lambda: ticket(tasks, where)
    name = counted(len(tasks), "ticket of the incident, 1 task", "ticket of the incident, {count} tasks")
    chosen = counted(len(tasks), "the task of one incident", "the {count} tasks of one incident")
    where = copying.ticket_heading(heading, extent, chosen)
    return name, lambda: ticket(tasks, where, incident=(incident, spread(store, indices)))
