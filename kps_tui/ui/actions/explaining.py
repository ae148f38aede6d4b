"""Commands about incidents: explain one, or show only its tasks."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from kps_tui.i18n import _, counted
from kps_tui.triage.filter import in_incident
from kps_tui.triage.row_set import RowSet
from kps_tui.ui.actions import acknowledging, copying

if TYPE_CHECKING:
    from kps_tui.triage.incidents import Incident
    from kps_tui.ui.screens.triage import TriageScreen


def only_incident(screen: "TriageScreen") -> None:
    """Show only the tasks of the incident in the band."""
    if screen.incidents.first is None:
        screen.notify(_("there is no incident among the tasks shown"), markup=False)
    else:
        _only(screen, screen.incidents.first)


def _only(screen: "TriageScreen", incident: "Incident") -> None:
    screen.full_detail = False
    screen.bench = screen.bench.narrowed(in_incident(incident, is_new=screen.incidents.is_new))


def explain(screen: "TriageScreen") -> None:
    """Explain the incident of the task under the cursor, or the task if it belongs to none. The user can choose others.

    Before the user has moved the cursor, explain the incident in the band: no task has been chosen yet.
    """
    from kps_tui.ui.screens.dialogs.diagnosis import Act, DiagnosisScreen
    from kps_tui.ui.task_words import title_of

    task, incidents = screen.table.task_at_cursor, screen.incidents
    if task is None:
        screen.notify(_("there is no task to explain"), markup=False)
        return
    own, store = incidents.of(task), screen.view.store
    shown = own or (incidents.first if screen.table.chosen is None else None)
    index = store.index_of(task.row_key)

    def act(what: Act, incident: "Incident | None") -> None:
        tasks = incident.tasks if incident else [] if index is None else [index]
        match what:
            case Act.MARK:
                _mark(screen, tasks)
            case Act.ACKNOWLEDGE:
                of_incident = counted(len(tasks), "the task of an incident", "the {count} tasks of an incident")
                title = of_incident if incident else title_of(task)
                acknowledging.acknowledge(screen, RowSet.at(store, tasks), title)
            case Act.TICKET:
                _copy_ticket(screen, tasks, incident)
            case Act.ONLY if incident:
                _only(screen, incident)

    screen.app.push_screen(DiagnosisScreen(task, own, incidents, screen.load, screen.now(), act, shown))


def _mark(screen: "TriageScreen", tasks: Sequence[int]) -> None:
    """Mark tasks, or unmark them if all are marked."""
    row_keys = RowSet.at(screen.view.store, tasks)
    marked = screen.bench.marked
    if row_keys <= marked:
        screen.bench = replace(screen.bench, range=None, marked=marked - row_keys)
        said = counted(len(row_keys), "{count} task is unmarked", "{count} tasks are unmarked")
    else:
        screen.bench = replace(screen.bench, range=None, marked=row_keys | marked)
        said = counted(len(row_keys), "{count} task is marked", "{count} tasks are marked")
    screen.notify(said, markup=False)


def _copy_ticket(screen: "TriageScreen", tasks: Sequence[int], incident: "Incident | None") -> None:
    from kps_tui.triage.incidents import spread
    from kps_tui.triage.store import Tasks
    from kps_tui.triage.ticket import ticket

    store, chosen = screen.view.store, ""
    name = counted(len(tasks), "ticket of 1 task", "ticket of {count} tasks")
    if incident is not None:
        chosen = counted(len(tasks), "the task of one incident", "the {count} tasks of one incident")
        name = counted(len(tasks), "ticket of the incident, 1 task", "ticket of the incident, {count} tasks")
    where = copying.ticket_heading(screen, chosen)

    def text() -> str:
        return ticket(Tasks(store, tasks), where, incident=(incident, spread(store, tasks)) if incident else None)

    copying.send(screen, name, text)
