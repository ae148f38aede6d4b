"""Every command of the screen, once: bindings, footer, help, palette and the README's table are made from it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.binding import Binding, BindingType

from kps_tui.i18n import _
from kps_tui.ui.actions import application, data, look, order

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


MOVE, LOOK, ORDER, DATA, APP = _("Move"), _("Look"), _("Order"), _("Data"), _("Program")
SORT, REFRESH = (
    _("sort by the active column; again: reverse"),
    _("read the list again; the rows stay until it is there"),
)
BACK = _("one step back: stop loading, leave the detail")

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
    Command("look.detail", LOOK, "enter,d", "Enter d", _("all about the task; again: back"), look.toggle, _("Detail")),
    Command("look.next", LOOK, "j", "j", _("in the detail: next task"), look.next_task, _("Next"), look.is_full, True),
    Command("look.previous", LOOK, "k", "k", _("in the detail: previous task"), look.previous, "", look.is_full, True),
    Command("order.sort", ORDER, "s", "s", SORT, order.sort, _("Sort"), look.is_list),
    Command("data.refresh", DATA, "r", "r", REFRESH, data.refresh, _("Refresh")),
    Command("data.rest", DATA, "R", "R", _("load the rest of the list"), data.load_rest, _("Rest"), data.has_rest),
    Command("app.context", APP, "C", "C", _("another profile: region, project, login"), application.choose_context),
    Command("app.previous", APP, "minus", "-", _("back to the profile before"), application.previous_context),
    Command("app.doctor", APP, "", "palette", _("doctor: what stands in the way?"), application.ask_doctor),
    Command("app.login", APP, "L", "L", _("log in, or log in again"), application.log_in),
    Command("app.back", APP, "escape", "Esc", BACK, application.back, _("Back"), application.has_layers),
    Command("app.palette", APP, "colon,ctrl+p", ": Ctrl+P", _("find a command by name"), application.palette),
    Command("app.help", APP, "question_mark,f1", "? F1", _("this help"), application.show_help, _("Help")),
    Command("app.redraw", APP, "ctrl+l", "Ctrl+L", _("draw the screen again"), application.redraw),
    Command("app.suspend", APP, "ctrl+z", "Ctrl+Z", _("back to the shell; fg returns"), application.suspend),
    Command("app.quit", APP, "q", "q", _("quit"), application.leave, _("Quit")),
    Command("app.interrupt", APP, "ctrl+c", "Ctrl+C", _("quit with exit code 130"), application.interrupt),
)
"""In the order of help and README."""

BY_ID = {command.id: command for command in COMMANDS}


def bindings() -> list[BindingType]:
    """Return the bindings of the screen; those of the table are its own."""
    return [
        Binding(
            command.keys,
            f"command({command.id!r})",
            command.footer or command.title,
            show=bool(command.footer),
            key_display=command.shown.split()[0],
            id=command.id,
        )
        for command in COMMANDS
        if command.run and command.keys
    ]
