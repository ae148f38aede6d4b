"""Commands that copy to the clipboard: tasks in several formats, a ticket, the view as a command line, a request id."""

import shlex
from array import array
from collections.abc import Callable, Sequence, Set
from itertools import chain, compress, filterfalse, islice
from typing import TYPE_CHECKING

from kps_tui.blocking import run_async
from kps_tui.i18n import _, counted
from kps_tui.kps.task import FailedTask, RowKey
from kps_tui.session.extent import Extent
from kps_tui.triage.query import Query
from kps_tui.triage.row_set import RowSet
from kps_tui.triage.store import Tasks
from kps_tui.triage.view import View
from kps_tui.ui.heading import Heading
from kps_tui.ui.workers import start_worker

if TYPE_CHECKING:
    from kps_tui.triage.ticket import TicketHeading
    from kps_tui.ui.screens.dialogs.copy_menu import Chosen
    from kps_tui.ui.screens.triage import TriageScreen


def copy_menu(screen: "TriageScreen") -> None:
    """Let the user choose what to copy of the marked tasks or of the task under the cursor, or the view."""
    from kps_tui.triage.copies import PREVIEWED, copies
    from kps_tui.ui.screens.dialogs.copy_menu import Choice, CopyMenu, CopyPage
    from kps_tui.ui.task_words import task_title

    heading = screen.heading
    offered = {copy.key: copy for copy in copies(heading.region, heading.project_id, demo=heading.demo)}
    command = command_line(screen.bench.query, heading)

    def page(title: str, tasks: Sequence[FailedTask]) -> CopyPage:
        several = len(tasks) > 1
        choices = [
            Choice(copy.key, (several and copy.title_of_several) or copy.title, copy.preview(tasks), copy.is_previewed)
            for copy in offered.values()
        ]
        return CopyPage(title, [*choices, Choice("q", _("this view as a command"), command)])

    marked, view, task = screen.bench.marked, screen.view, screen.table.task_at_cursor
    at_cursor = [task] if task else []
    begins = [[*marked_tasks(view, marked, PREVIEWED + 1)] if marked else at_cursor]
    copied = _("Copy · {what}")
    titles = [copied.format(what=chosen_title(screen) or _("the view"))]
    if marked and at_cursor not in ([], begins[0]):
        begins.append(at_cursor)
        titles = [
            _("{title} (Tab: only the one under the cursor)").format(title=titles[0]),
            counted(
                len(marked),
                "{title} (Tab: the marked task)",
                "{title} (Tab: all {count} marked tasks)",
                title=copied.format(what=task_title(at_cursor[0])),
            ),
        ]

    def chosen(choice: "Chosen | None") -> None:
        if choice is None:
            return
        if (copy := offered.get(choice.key)) is None:
            send(screen, _("this view"), lambda: command)
            return
        of_marked = marked and choice.page == 0
        name = counted(len(marked) if of_marked else 1, "{what}", "{what} of {count} tasks", what=copy.title)
        send(screen, name, lambda: copy.of(marked_tasks(view, marked) if of_marked else at_cursor))

    screen.app.push_screen(CopyMenu(list(map(page, titles, begins))), chosen)


def copy_ticket(screen: "TriageScreen") -> None:
    """Copy a Markdown ticket about the marked tasks, or the task under the cursor."""
    from kps_tui.triage.ticket import ticket

    marked, view, task = screen.bench.marked, screen.view, screen.table.task_at_cursor
    single = [task] if task else []
    if not (marked or single):
        screen.notify(_("there is no task to write about"), markup=False)
        return
    where = ticket_heading(screen.heading, screen.load.extent, marked_words(screen) if marked else "")
    name = counted(len(marked or single), "ticket of 1 task", "ticket of {count} tasks")
    if not marked and screen.bench.is_filtered and (shown := len(view)) > 1:
        # A filter suggests that the ticket is about all that it shows.
        name = counted(
            shown,
            "{name}, not of the {count} that match (* marks them)",
            "{name}, not of the {count} that match (* marks them)",
            name=name,
        )
    send(screen, name, lambda: ticket(marked_tasks(view, marked) if marked else single, where))


def ticket_heading(heading: Heading, extent: Extent, chosen: str = "") -> "TicketHeading":
    """Return the heading of a ticket; `chosen` says which of the loaded tasks it is about."""
    from kps_tui.triage.ticket import TicketHeading

    base = f"{chosen}, {extent.base}" if chosen else extent.base
    return TicketHeading(heading.region, heading.project_id, base, extent.answered_at, heading.demo, heading.host)


def choose_request(screen: "TriageScreen") -> None:
    """Show the last requests, and copy the request id that the user chooses."""
    from kps_tui.session.request_log import recent_requests
    from kps_tui.ui.screens.dialogs.requests import RequestsScreen

    def chosen(request_id: str | None) -> None:
        if request_id:
            send(screen, _("request id"), lambda: request_id)

    screen.app.push_screen(RequestsScreen(recent_requests()), chosen)


def marked_words(screen: "TriageScreen") -> str:
    """Return how many tasks are marked, and how many of these the filter hides."""
    words = counted(len(screen.bench.marked), "1 marked", "{count} marked")
    if hidden := screen.bench.hidden(screen.view):
        words = counted(
            hidden,
            "{marked}, {count} of them hidden by the filter",
            "{marked}, {count} of them hidden by the filter",
            marked=words,
        )
    return words


def chosen_title(screen: "TriageScreen") -> str:
    """Return what a dialog calls the marked tasks, or the one under the cursor; empty if there is none."""
    from kps_tui.ui.task_words import marked_title, task_title

    if marked := screen.bench.marked:
        return marked_title(len(marked), screen.bench.hidden(screen.view))
    task = screen.table.task_at_cursor
    return task_title(task) if task else ""


def marked_tasks(view: View, marked: Set[RowKey], most: int | None = None) -> Tasks:
    """Return the first `most` marked tasks: those that are shown, in the order of the view, then those that are hidden.

    A million tasks take a tenth of a second, so call it in a thread if that many are wanted.
    """
    rows = RowSet.of(view.store, marked)
    is_marked = rows.flags_up_to(len(view.store)).__getitem__
    is_shown = view.shown.flags_up_to(len(view.store)).__getitem__
    shown = compress(view.order, map(is_marked, view.order))
    hidden = filterfalse(is_shown, rows.indices)
    return Tasks(view.store, array("i", islice(chain(shown, hidden), most)))


def command_line(query: Query, heading: Heading) -> str:
    """Return the `kps-tui list` command for `query` at the place of `heading`. It contains no secret."""
    return shlex.join(["kps-tui", "list", *heading.arguments, *query.arguments()])


def copy_comparison(screen: "TriageScreen") -> None:
    """Copy the comparison on the screen as a Markdown table."""
    from kps_tui.triage.compare import markdown

    if (made := screen.comparison.comparison) is None:
        return
    shown = screen.bench.query.filter
    base = " · ".join(filter(None, (str(shown), screen.load.base_of(screen.view))))
    send(screen, _("comparison"), lambda: markdown(made, base, demo=screen.heading.demo))


def send(screen: "TriageScreen", name: str, text: Callable[[], str]) -> None:
    """Copy the result of `text`, called `name`, to the terminal's clipboard, and notify the user."""

    async def deliver() -> None:
        said, is_well = await screen.delivery.deliver(name, await run_async(text))
        screen.notify(said, severity="information" if is_well else "warning", markup=False)

    start_worker(screen, deliver, group="delivery")
