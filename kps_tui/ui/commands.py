"""Every command of the screen, once: bindings, footer, help, palette and the README's table are made from it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.binding import Binding, BindingType

from kps_tui.i18n import _
from kps_tui.triage.facets import facet_labels
from kps_tui.ui.actions import (
    application,
    data,
    exporting,
    layers,
    look,
    mark,
    narrow,
    order,
    take_away,
    views,
)
from kps_tui.ui.key_names import no_key
from kps_tui.ui.widgets.filter_bar import FilterBar
from kps_tui.ui.widgets.time_line import TimeLine

if TYPE_CHECKING:
    from kps_tui.ui.screens.triage import TriageScreen


@dataclass(frozen=True, slots=True)
class Command:
    """One thing that the user can do."""

    id: str
    """Stable: a user's key map names it."""
    group: str
    keys: str
    """As Textual names them, comma-separated; empty: found by its name only."""
    shown: str
    """The keys as a person reads them."""
    title: str
    run: "Callable[[TriageScreen], None] | None" = None
    """`None`: the focused widget does it itself."""
    footer: str = ""
    """Its word in the footer; empty: not there."""
    offered: "Callable[[TriageScreen], bool]" = look.always
    """Whether it can be done now; if not, its key does nothing and the footer does not name it."""
    detail: bool = False
    """Whether its key means this in the full detail only."""


MOVE, LOOK, NARROW, ORDER, MARK = _("Move"), _("Look"), _("Narrow"), _("Order"), _("Mark")
TAKE, VIEWS, DATA, APP = _("Take away"), _("Views"), _("Data"), _("Program")
FACETS, TIME_LINE, TYPING = _("In the groups"), _("In the time-line"), _("While typing a filter")
ALL_FACETS = _("all groups: {names}").format(names=facet_labels())
SORT, REFRESH = (
    _("sort by the active column; again: reverse"),
    _("read the list again; the rows stay until it is there"),
)
BACK = _("one step back: stop loading, leave detail, groups, filter, marks")
TICKET = _("a ticket in Markdown of the marked tasks, or of this one")
EXPORT = _("export what is shown, or marked, to a file: CSV, JSON, Markdown")

COMMANDS = (
    Command("table.down", MOVE, "j,down", "j ↓", _("next task")),
    Command("table.up", MOVE, "k,up", "k ↑", _("previous task")),
    Command("table.page-down", MOVE, "pagedown", "PgDn", _("a screen down")),
    Command("table.page-up", MOVE, "pageup", "PgUp", _("a screen up")),
    Command("table.half-page-down", MOVE, "ctrl+d", "Ctrl+D", _("half a screen down")),
    Command("table.half-page-up", MOVE, "ctrl+u", "Ctrl+U", _("half a screen up")),
    Command("table.first", MOVE, "g,home", "g Home", _("first task shown")),
    Command("table.last", MOVE, "G,end", "G End", _("last task shown; moving there loads the next page")),
    Command("table.left", MOVE, "h,left", "h ←", _("active column to the left")),
    Command("table.right", MOVE, "l,right", "l →", _("active column to the right")),
    Command("look.detail", LOOK, "enter,d", "Enter d", _("all about the task; again: back"), look.toggle, _("Detail"),
            look.has_task),
    Command("look.next", LOOK, "j", "j", _("in the detail: next task"), look.next_task, _("Next"), look.is_full, True),
    Command("look.previous", LOOK, "k", "k", _("in the detail: previous task"), look.previous, "", look.is_full, True),
    Command("narrow.filter", NARROW, "slash", "/", _("filter: words, field:value, since:24h, -not"),
            narrow.edit_filter, _("Filter"), look.can_filter),
    Command("narrow.only", NARROW, "equals_sign", "=", _("only this value of the active column (of a time: its day)"),
            narrow.only_this, "", look.is_list),
    Command("narrow.not", NARROW, "exclamation_mark", "!", _("not this value of the active column"),
            narrow.not_this, "", look.is_list),
    Command("narrow.facet", NARROW, "f", "f", _("groups of the active column, counted; Enter shows one"),
            narrow.facet_of_active, "", look.is_list),
    Command("narrow.facets", NARROW, "F", "F", ALL_FACETS,
            narrow.all_facets, _("Groups"), look.is_main),
    Command("narrow.time-line", NARROW, "t", "t", _("choose a stretch of time in the time-line"),
            narrow.begin_time_line, "", look.can_begin_time_line),
    Command("order.sort", ORDER, "s", "s", SORT, order.sort, _("Sort"), look.is_list),
    Command("order.then", ORDER, "S", "S", _("sort by this column after the others; again: reverse it"),
            order.then, "", look.is_list),
    Command("mark.toggle", MARK, "space", "Space", _("mark the task, or take its mark away"),
            mark.toggle, "", look.is_list),
    Command("mark.range", MARK, "v", "v", _("begin a range of marks, or end it"), mark.mark_range, "", look.is_list),
    Command("mark.all", MARK, "asterisk", "*", _("mark all tasks that are shown"), mark.all_shown, "", look.is_list),
    Command("mark.none", MARK, "u", "u", _("take all marks away"), mark.none, "", mark.has_marks),
    Command("take.copy", TAKE, "y", "y", _("copy: row, error, an id, JSON, hcloud command, this view…"),
            take_away.copy_menu, "", look.is_main),
    Command("take.ticket", TAKE, "Y", "Y", TICKET, take_away.copy_ticket, "", look.is_main),
    Command("take.export", TAKE, "e", "e", EXPORT, exporting.ask_for_file, "", look.is_main),
    *(
        Command(f"view.{n}", VIEWS, str(n), "1–9" if n == 1 else "", _("open a saved view"), views.opens(n))
        for n in views.DIGITS
    ),
    Command("view.save", VIEWS, "V", "V", _("save filter, order and groups under a name"), views.save),
    Command("view.back", VIEWS, "left_square_bracket", "[", _("back to what was shown before"), views.back),
    Command("view.forward", VIEWS, "right_square_bracket", "]", _("forward again"), views.forward),
    Command("data.refresh", DATA, "r", "r", REFRESH, data.refresh),
    Command("data.rest", DATA, "R", "R", _("load the rest of the list"), data.load_rest, _("Rest"), data.has_rest),
    Command("data.watch", DATA, "w", "w", _("watch: read again every minute, mark the new; again: stop"), data.watch),
    Command("app.context", APP, "C", "C", _("another profile: region, project, login"), application.choose_context),
    Command("app.previous", APP, "minus", "-", _("back to the profile before"), application.previous_context),
    Command("app.doctor", APP, "", "palette", _("doctor: what stands in the way?"), application.ask_doctor),
    Command("app.requests", APP, "E", "E", _("the last requests: status, time, request id"),
            application.show_requests),
    Command("app.login", APP, "L", "L", _("log in, or log in again"), application.log_in),
    Command("app.back", APP, "escape", "Esc", BACK, layers.back, _("Back"), layers.has_layers),
    Command("app.palette", APP, "colon,ctrl+p", ": Ctrl+P", _("find a command by name"), application.palette),
    Command("app.help", APP, "question_mark,f1", "? F1", _("this help"), application.show_help, _("Help")),
    Command("app.redraw", APP, "ctrl+l", "Ctrl+L", _("draw the screen again"), application.redraw),
    Command("app.suspend", APP, "ctrl+z", "Ctrl+Z", _("back to the shell; fg returns"), application.suspend),
    Command("app.quit", APP, "q", "q", _("quit"), application.leave, _("Quit")),
    Command("app.interrupt", APP, "ctrl+c", "Ctrl+C", _("quit with exit code 130"), application.interrupt),
)  # fmt: skip
"""In the order of help and README; one without a word for its keys stands behind the one before it."""

ELSEWHERE = {
    FACETS: (
        Command("facet.move", FACETS, "", "j k ↑ ↓", _("next or previous value")),
        Command("facet.beside", FACETS, "", "h l Tab", _("the groups beside")),
        Command("facet.drill", FACETS, "", "Enter", _("only the tasks of this value; Esc comes back")),
        Command("facet.open", FACETS, "", "f", _("these groups alone, every value")),
    ),
    TIME_LINE: (
        Command("time.later", TIME_LINE, "", "h l ← →", _("one bucket earlier or later")),
        Command("time.range", TIME_LINE, "", "v", _("begin a range")),
        Command("time.choose", TIME_LINE, "", "Enter", _("only the tasks of this stretch; Esc comes back")),
    ),
    TYPING: (
        Command("filter.apply", TYPING, "", "Enter", _("apply, back to the table")),
        Command("filter.cancel", TYPING, "", "Esc", _("the filter from before")),
        Command("filter.older", TYPING, "", "↑ ↓", _("what was typed before")),
    ),
}
"""Keys of parts that have the keys for a while, for help and README."""

SHOWN_ELSEWHERE = {command.id: command.shown for commands in ELSEWHERE.values() for command in commands}

BY_ID = {command.id: command for command in COMMANDS}


def bindings() -> list[BindingType]:
    """Return the bindings of the screen; those of the table are its own."""
    return [
        Binding(
            command.keys or no_key(command.id),
            f"command({command.id!r})",
            command.footer or command.title,
            show=bool(command.footer),
            id=command.id,
        )
        for command in COMMANDS
        if command.run
    ]


def group_in_front(screen: "TriageScreen") -> str:
    """Return the group of commands that belongs to what is in front; empty: the table."""
    if screen.query_one(FilterBar).is_typing:
        return TYPING
    if screen.query_one(TimeLine).is_active:
        return TIME_LINE
    if screen.facet:
        return FACETS
    return LOOK if screen.full_detail else ""
