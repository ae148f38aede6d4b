"""Commands about what is new and acknowledged."""

from collections.abc import Sequence, Set
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from kps_tui.blocking import run_async
from kps_tui.i18n import _, counted
from kps_tui.kps.task import RowKey
from kps_tui.problems import Problem
from kps_tui.triage.filter import Not, Term, Value
from kps_tui.triage.row_set import RowSet
from kps_tui.triage.standings import Standing, Standings
from kps_tui.ui.actions.copying import chosen_title
from kps_tui.ui.age import since_time
from kps_tui.ui.model.view_maker import THREAD_ROWS
from kps_tui.ui.workers import start_worker

if TYPE_CHECKING:
    from kps_tui.session.ledger import Ledger
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


def acknowledge(screen: "TriageScreen", tasks: Set[RowKey] | None = None, what: str = "") -> None:
    """Acknowledge `tasks`, called `what`; by default the marked tasks, or the one under the cursor.

    If all are acknowledged already, let the user change the note or withdraw the acknowledgements.
    """
    view, task = screen.view, screen.table.task_at_cursor
    chosen = screen.bench.marked or frozenset({task.row_key} if task else ()) if tasks is None else tasks
    # Another project may be shown when the user has typed the note.
    ledger = screen.visits.ledger
    from kps_tui.ui.screens.dialogs.prompt import Prompt

    what = what or chosen_title(screen)
    rows, standings = RowSet.of(view.store, chosen), view.standings
    if not rows:
        screen.notify(_("there is no task to acknowledge"), markup=False)
        return
    left = RowSet.of(view.store, rows - RowSet(view.store, standings.having(Standing.ACKED)))
    if not left:
        if len(rows) > THREAD_ROWS:
            offer = partial(_offer_many_changes, screen, ledger, rows, standings, what)
            start_worker(screen, offer, group="acknowledge")
        else:
            _offer_changes(screen, ledger, rows, _summary(rows, standings), what)
        return
    acked = len(rows) - len(left)
    known = counted(acked, "{count} of them is acknowledged already.", "{count} of them are acknowledged already.")
    ends = _("It ends when the same server fails at the same operation again.")
    explanation = _("{text}\nNote (optional):").format(text=f"{known}\n{ends}" if acked else ends)
    title, enter = _("Acknowledge · {what}").format(what=what), _("Enter acknowledges")
    screen.app.push_screen(Prompt(title, explanation, "", _acknowledging(screen, ledger, left), enter))


def _acknowledging(screen: "TriageScreen", ledger: "Ledger | None", chosen: RowSet) -> "Attempt":
    """Return the attempt of a prompt that acknowledges the `chosen` tasks with the text as the note."""

    async def attempt(text: str, _again: bool) -> str:
        try:
            await screen.visits.acknowledge(ledger, chosen.store, chosen.indices, text)
        except Problem as problem:
            return problem.on_screen
        said = counted(len(chosen), "{count} task is acknowledged", "{count} tasks are acknowledged")
        screen.notify(_("{said} · a changes that").format(said=said), markup=False)
        return ""

    return attempt


class _Summary(NamedTuple):
    """What a dialog shows of one or several acknowledgements."""

    rows: Sequence[int]
    """The numbers of the rows that were acknowledged."""
    notes: Sequence[str]
    """The different notes."""
    latest: int
    """When the last one was made, in milliseconds since the epoch."""


def _summary(chosen: RowSet, standings: Standings) -> _Summary:
    made = [standings.acknowledgements[index] for index in chosen.indices]
    notes = [*dict.fromkeys(each.note for each in made if each.note)]
    return _Summary([each.row for each in made], notes, max(each.at for each in made))


async def _offer_many_changes(
    screen: "TriageScreen", ledger: "Ledger | None", chosen: RowSet, standings: Standings, what: str
) -> None:
    _offer_changes(screen, ledger, chosen, await run_async(partial(_summary, chosen, standings)), what)


def _offer_changes(screen: "TriageScreen", ledger: "Ledger | None", chosen: RowSet, made: _Summary, what: str) -> None:
    """Let the user change the note of acknowledgements, or withdraw them."""
    from kps_tui.ui.screens.dialogs.acknowledged import Acknowledged, Change
    from kps_tui.ui.screens.dialogs.prompt import Prompt

    latest = datetime.fromtimestamp(made.latest / 1000, UTC)
    when = counted(len(chosen), "at {time}", "the last of them at {time}", time=since_time(latest, screen.now()))

    def change(wanted: "Change | None") -> None:
        if wanted is Change.NOTE:
            title = _("Change the note · {what}").format(what=what)
            note = made.notes[0] if len(made.notes) == 1 else ""
            attempt = _acknowledging(screen, ledger, chosen)
            screen.app.push_screen(Prompt(title, _("Note:"), note, attempt, _("Enter saves")))
        elif wanted is Change.WITHDRAW:
            start_worker(screen, withdraw, group="acknowledge")

    async def withdraw() -> None:
        try:
            await screen.visits.withdraw(ledger, made.rows)
        except Problem as problem:
            screen.notify(problem.on_screen, severity="warning", markup=False)
        else:
            text = counted(len(chosen), "{count} task is open again", "{count} tasks are open again")
            screen.notify(text, markup=False)

    screen.app.push_screen(Acknowledged(_("Acknowledged · {what}").format(what=what), when, made.notes), change)
