"""Commands about what is new and acknowledged."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from kps_tui.blocking import run_async
from kps_tui.i18n import _, counted
from kps_tui.kps.task import RowKey
from kps_tui.problems import Problem
from kps_tui.triage.filter import Not, Term, Value
from kps_tui.triage.knowledge import Acknowledgement
from kps_tui.triage.standings import ACKED, Standing
from kps_tui.triage.store import TaskStore
from kps_tui.ui.actions.copying import chosen_title
from kps_tui.ui.age import since_time

if TYPE_CHECKING:
    from kps_tui.ui.screens.dialogs.prompt import Attempt
    from kps_tui.ui.screens.triage import TriageScreen

NOT_ACKNOWLEDGED = Not(Term("is", (Value("acked"),)))
"""The part of a filter that hides acknowledged tasks."""


def next_new(screen: "TriageScreen") -> None:
    """Go to the next new task that is not acknowledged; after the last comes the first."""
    _go_to_new(screen, 1)


def previous_new(screen: "TriageScreen") -> None:
    """Go to the previous new task that is not acknowledged; before the first comes the last."""
    _go_to_new(screen, -1)


def _go_to_new(screen: "TriageScreen", step: int) -> None:
    view, here = screen.view, screen.table.cursor_row
    if (row := view.next_new(here, step)) is not None:
        screen.table.go_to_row(row)
        return
    if view.standings.open_new:
        shown = bool(len(view)) and view.standings.is_open_new[view.order[here]]
        hidden = view.standings.open_new - shown
        said = _("no other task is new")
        if hidden:
            said = counted(hidden, "the filter hides {count} new task", "the filter hides {count} new tasks")
    else:
        is_any = view.standings.count(Standing.NEW) > 0
        said = _("every new task is acknowledged") if is_any else _("no task is new")
    if not screen.load.extent.at_end:
        said = f"{said} · {screen.load.extent.base}"
    screen.notify(said, markup=False)


def toggle_acknowledged(screen: "TriageScreen") -> None:
    """Hide acknowledged tasks, or show them again."""
    screen.bench = screen.bench.part_toggled(NOT_ACKNOWLEDGED)


def acknowledge(screen: "TriageScreen", tasks: Sequence[RowKey] = (), what: str = "") -> None:
    """Acknowledge `tasks`, which the user knows as `what`, else the marked ones, else the one under the cursor.

    If all are acknowledged, let the user change the note, or withdraw them.
    """
    view, task = screen.view, screen.table.task_at_cursor
    chosen = tasks or screen.bench.marked or ({task.row_key} if task else ())
    if not chosen:
        screen.notify(_("there is no task to acknowledge"), markup=False)
        return
    # From the acknowledgements, which are few, to the tasks: a hundred thousand may be marked.
    wanted, row_key, standings = frozenset(chosen), view.store.row_key, view.standings
    acked = {index: each for index, each in standings.acknowledgements.items() if standings.flags[index] & ACKED}
    made = {key: each for index, each in acked.items() if (key := row_key(index)) in wanted}
    from kps_tui.ui.screens.dialogs.prompt import Prompt

    what = what or chosen_title(screen)
    if len(made) == len(chosen):
        _offer_changes(screen, view.store, made, what)
        return
    known = counted(len(made), "{count} of them is acknowledged already.", "{count} of them are acknowledged already.")
    ends = _("It is open again when the same server fails at the same operation again.")
    explanation = _("{text}\nNote (optional):").format(text=f"{known}\n{ends}" if made else ends)
    attempt = _acknowledging(screen, view.store, [row_key for row_key in chosen if row_key not in made])
    title, enter = _("Acknowledge · {what}").format(what=what), _("Enter acknowledges")
    screen.app.push_screen(Prompt(title, explanation, "", attempt, enter))


def _acknowledging(screen: "TriageScreen", store: TaskStore, chosen: Sequence[RowKey]) -> "Attempt":
    """Return what acknowledges the `chosen` tasks with a note."""

    async def attempt(text: str, _again: bool) -> str:
        indices = await run_async(lambda: [index for each in chosen if (index := store.index_of(each)) is not None])
        try:
            await screen.visits.acknowledge(store, indices, text)
        except Problem as problem:
            return problem.on_screen
        said = counted(len(indices), "{count} task is acknowledged", "{count} tasks are acknowledged")
        screen.notify(_("{said} · a changes that").format(said=said), markup=False)
        return ""

    return attempt


def _offer_changes(screen: "TriageScreen", store: TaskStore, made: dict[RowKey, Acknowledgement], what: str) -> None:
    """Let the user change the note of acknowledgements, or withdraw them."""
    from kps_tui.ui.screens.dialogs.acknowledged import Acknowledged, Change
    from kps_tui.ui.screens.dialogs.prompt import Prompt

    notes = [*dict.fromkeys(each.note for each in made.values() if each.note)]
    latest = datetime.fromtimestamp(max(each.at for each in made.values()) / 1000, UTC)
    when = counted(len(made), "at {time}", "the last of them at {time}", time=since_time(latest, screen.now()))

    def chosen(change: "Change | None") -> None:
        if change is Change.NOTE:
            title = _("Change the note · {what}").format(what=what)
            note = notes[0] if len(notes) == 1 else ""
            attempt = _acknowledging(screen, store, [*made])
            screen.app.push_screen(Prompt(title, _("Note:"), note, attempt, _("Enter saves")))
        elif change is Change.WITHDRAW:
            screen.run_worker(withdraw(), group="acknowledge")

    async def withdraw() -> None:
        try:
            await screen.visits.withdraw([each.row for each in made.values()])
        except Problem as problem:
            screen.notify(problem.on_screen, severity="warning", markup=False)
        else:
            text = counted(len(made), "{count} task is open again", "{count} tasks are open again")
            screen.notify(text, markup=False)

    screen.app.push_screen(Acknowledged(_("Acknowledged · {what}").format(what=what), when, notes), chosen)
