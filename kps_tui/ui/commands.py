"""The registry of commands. Bindings, footer, help, palette and the README's table are generated from it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import groupby

from textual.binding import Binding, BindingType

from kps_tui.i18n import N_, _
from kps_tui.kps.paging import Verdict
from kps_tui.triage.facets import facet_labels
from kps_tui.ui.actions import acknowledging, copying, detail, escaping, exporting, loading, marking, querying
from kps_tui.ui.key_names import no_key
from kps_tui.ui.model.when import Needs, When
from kps_tui.ui.screens.triage import TriageScreen


@dataclass(frozen=True, slots=True)
class Command:
    """A command of the user. Its texts are message ids, translated when they are shown."""

    id: str
    """Must not change: users name it in their configuration of keys."""
    group: str
    """Title of its group in help."""
    keys: str
    """Textual's names of its keys, comma-separated; empty if only the palette offers it."""
    shown: str
    """Its keys as they are shown."""
    title: str
    """What it does; `{facets}` stands for the names of all facets."""
    run: Callable[[TriageScreen], None] | str | None = None
    """A function of the screen, or the name of an action of the app; None if the focused widget handles the key."""
    footer: str = ""
    """Its label in the footer; empty if it is not in the footer."""
    when: When = When.ANYWHERE
    """The parts of the screen in which its keys have this meaning."""
    needs: Needs = Needs.NOTHING
    """What else must be there to offer it."""

    @property
    def words(self) -> str:
        """The title in the language of the user."""
        return _(self.title).format(facets=facet_labels())


MOVE, LOOK, NARROW, ORDER, MARK = N_("Move"), N_("Look"), N_("Narrow"), N_("Order"), N_("Mark")
KNOWN = N_("New and acknowledged")
TAKE, VIEWS, DATA, APP = N_("Take away"), N_("Views"), N_("Data"), N_("Program")
FACETS, COMPARISON = N_("In the groups"), N_("In the comparison")
TIME_LINE, TYPING = N_("In the time-line"), N_("While typing a filter")
SORT = N_("sort by the active column; again: reverse")
REFRESH = N_("read the list again; the rows stay until it is there")
BACK = N_("one step back: stop loading, leave detail, groups, filter")
TICKET = N_("a ticket in Markdown of the marked tasks, or of this one")
ACKNOWLEDGE = N_("acknowledge the marked tasks, or this one, with a note; again: change or withdraw")
EXPORT = N_("export what is shown, or marked, to a file: CSV, JSON, Markdown")
VIEW_KEYS = range(1, 10)
"""Numbers of the saved views that have a key."""

COMMANDS = (
    Command("table.down", MOVE, "j,down", "j ↓", N_("next task"), when=When.LIST),
    Command("table.up", MOVE, "k,up", "k ↑", N_("previous task"), when=When.LIST),
    Command("table.page-down", MOVE, "pagedown", "PgDn", N_("a screen down"), when=When.LIST),
    Command("table.page-up", MOVE, "pageup", "PgUp", N_("a screen up"), when=When.LIST),
    Command("table.half-page-down", MOVE, "ctrl+d", "Ctrl+D", N_("half a screen down"), when=When.LIST),
    Command("table.half-page-up", MOVE, "ctrl+u", "Ctrl+U", N_("half a screen up"), when=When.LIST),
    Command("table.first", MOVE, "g,home", "g Home", N_("first task shown"), when=When.LIST),
    Command("table.last", MOVE, "G,end", "G End", N_("last task shown; moving there loads the next page"),
            when=When.LIST),
    Command("table.left", MOVE, "h,left", "h ←", N_("active column to the left"), when=When.LIST),
    Command("table.right", MOVE, "l,right", "l →", N_("active column to the right"), when=When.LIST),
    Command("look.detail", LOOK, "enter,d", "Enter d", N_("all about the task; again: back"),
            TriageScreen.toggle_detail, N_("Detail"), When.MAIN, Needs.TASK),
    Command("look.next", LOOK, "j", "j", N_("in the detail: next task"), detail.next_task, N_("Next"), When.DETAIL),
    Command("look.previous", LOOK, "k", "k", N_("in the detail: previous task"), detail.previous_task,
            when=When.DETAIL),
    Command("narrow.filter", NARROW, "slash", "/", N_("filter: words, field:value, since:24h, -not"),
            querying.edit_filter, N_("Filter"), When.LIST | When.GROUPS | When.COMPARISON),
    Command("narrow.only", NARROW, "equals_sign", "=", N_("only this value of the active column (of a time: its day)"),
            querying.only_this, when=When.LIST),
    Command("narrow.not", NARROW, "exclamation_mark", "!", N_("not this value of the active column"),
            querying.not_this, when=When.LIST),
    Command("narrow.facet", NARROW, "f", "f", N_("groups of the active column, counted; Enter shows one"),
            querying.group_by_column, when=When.LIST),
    Command("narrow.facets", NARROW, "F", "F", N_("all groups: {facets}"),
            querying.all_groups, N_("Groups"), When.MAIN),
    Command("narrow.time-line", NARROW, "t", "t", N_("choose a stretch of time in the time-line"),
            querying.choose_time, when=When.LIST | When.TIME_LINE),
    Command("order.sort", ORDER, "s", "s", SORT, querying.sort, N_("Sort"), When.LIST),
    Command("order.then", ORDER, "S", "S", N_("sort by this column after the others; again: reverse it"),
            querying.then_sort, when=When.LIST),
    Command("mark.toggle", MARK, "space", "Space", N_("mark the task, or take its mark away"), marking.toggle,
            when=When.LIST),
    Command("mark.range", MARK, "v", "v", N_("begin a range of marks, or end it"), marking.toggle_range,
            when=When.LIST),
    Command("mark.all", MARK, "asterisk", "*", N_("mark all tasks that are shown"), marking.all_shown,
            when=When.LIST),
    Command("mark.none", MARK, "u", "u", N_("take all marks away"), marking.none, needs=Needs.MARKS),
    Command("known.next", KNOWN, "n", "n", N_("next new task"), acknowledging.next_new, when=When.MAIN),
    Command("known.previous", KNOWN, "N", "N", N_("previous new task"), acknowledging.previous_new, when=When.MAIN),
    Command("known.acknowledge", KNOWN, "a", "a", ACKNOWLEDGE, acknowledging.acknowledge, N_("Ack"), When.MAIN,
            Needs.TASK),
    Command("known.hide", KNOWN, "A", "A", N_("hide acknowledged tasks, or show them again"),
            acknowledging.toggle_acknowledged, when=When.LIST | When.GROUPS),
    Command("take.copy", TAKE, "y", "y", N_("copy: row, error, an id, JSON, hcloud command, check script, this view…"),
            copying.copy_menu, when=When.MAIN),
    Command("take.ticket", TAKE, "Y", "Y", TICKET, copying.copy_ticket, when=When.MAIN),
    Command("take.comparison", TAKE, "m", "m", N_("in a comparison: copy it as a table in Markdown"),
            copying.copy_comparison, N_("Markdown"), When.COMPARISON),
    Command("take.export", TAKE, "e", "e", EXPORT, exporting.ask_for_file, when=When.MAIN),
    *(
        Command(f"view.{n}", VIEWS, str(n), "1–9" if n == 1 else "", N_("open a saved view"), f"open_view({n})")
        for n in VIEW_KEYS
    ),
    Command("view.save", VIEWS, "V", "V", N_("save filter, order and groups under a name"), "save_view"),
    Command("view.back", VIEWS, "left_square_bracket", "[", N_("back to what was shown before"), querying.back),
    Command("view.forward", VIEWS, "right_square_bracket", "]", N_("forward again"), querying.forward),
    Command("data.refresh", DATA, "r", "r", REFRESH, loading.refresh),
    Command("data.rest", DATA, "R", "R", N_("load the rest of the list"), loading.load_rest, N_("Rest"),
            needs=Needs.REST),
    Command("data.watch", DATA, "w", "w", N_("watch: read again every minute, mark the new; again: stop"),
            loading.toggle_watch),
    Command("app.context", APP, "C", "C", N_("another profile: region, project, login"), "choose_profile"),
    Command("app.previous", APP, "minus", "-", N_("back to the profile before"), "previous_profile"),
    Command("app.doctor", APP, "", N_("palette"), N_("doctor: what stands in the way?"), "doctor"),
    Command("app.requests", APP, "E", "E", N_("the last requests: status, time, request id"), "requests"),
    Command("app.login", APP, "L", "L", N_("log in, or log in again"), "log_in"),
    Command("app.back", APP, "escape", "Esc", BACK, escaping.escape, N_("Back"), needs=Needs.LAYER),
    Command("app.palette", APP, "colon,ctrl+p", ": Ctrl+P", N_("find a command by name"), "palette"),
    Command("app.help", APP, "question_mark,f1", "? F1", N_("this help"), "help", N_("Help")),
    Command("app.redraw", APP, "ctrl+l", "Ctrl+L", N_("draw the screen again"), "redraw"),
    Command("app.suspend", APP, "ctrl+z", "Ctrl+Z", N_("back to the shell; fg returns"), "to_shell"),
    Command("app.quit", APP, "q", "q", N_("quit"), "leave", N_("Quit")),
    Command("app.interrupt", APP, "ctrl+c", "Ctrl+C", N_("quit with exit code 130"), "interrupt"),
)  # fmt: skip
"""In the order of help and README, which omit commands whose `shown` is empty."""

PASSING = frozenset(
    {command.id for command in COMMANDS if command.group in (MOVE, LOOK, ORDER)}
    | {"narrow.only", "narrow.not", "narrow.facet", "narrow.facets", "narrow.time-line"}
    | {"known.next", "known.previous", "known.hide"}
    | {"mark.toggle", "mark.range", "mark.none", "view.back", "view.forward", *(f"view.{n}" for n in VIEW_KEYS)}
    | {"data.refresh", "data.rest", "data.watch", "app.back", "app.redraw"}
)
"""Commands whose effects end with the program, and which open neither a dialog nor an input line."""

ELSEWHERE = {
    FACETS: (
        Command("facet.move", FACETS, "", "j k ↑ ↓", N_("next or previous value")),
        Command("facet.beside", FACETS, "", "h l Tab", N_("the groups beside")),
        Command("facet.drill", FACETS, "", "Enter", N_("tasks of this value, or of the marked ones; Esc comes back")),
        Command("facet.mark", FACETS, "", "Space", N_("mark or unmark the value; u clears the marks")),
        Command("facet.compare", FACETS, "", "c", N_("compare two marked values side by side")),
        Command("facet.open", FACETS, "", "f", N_("these groups alone, every value")),
    ),
    COMPARISON: (
        Command("compare.next", COMPARISON, "", "Tab", N_("compare by error, server family, key pair, operation, day")),
        Command("compare.drill", COMPARISON, "", "Enter", N_("tasks of this line, of both values; Esc comes back")),
    ),
    TIME_LINE: (
        Command("time.later", TIME_LINE, "", "h l ← →", N_("one bucket earlier or later")),
        Command("time.range", TIME_LINE, "", "v", N_("begin a range")),
        Command("time.choose", TIME_LINE, "", "Enter", N_("only the tasks of this stretch; Esc comes back")),
    ),
    TYPING: (
        Command("filter.apply", TYPING, "", "Enter", N_("apply, back to the table")),
        Command("filter.cancel", TYPING, "", "Esc", N_("the filter from before")),
        Command("filter.older", TYPING, "", "↑ ↓", N_("what was typed before")),
    ),
}
"""Keys that widgets handle while they have the focus, by group; only for help and README."""

SHOWN_ELSEWHERE = {command.id: command.shown for commands in ELSEWHERE.values() for command in commands}

BY_ID = {command.id: command for command in COMMANDS}

_GROUP_OF = {
    When.LIST: "",
    When.DETAIL: LOOK,
    When.GROUPS: FACETS,
    When.COMPARISON: COMPARISON,
    When.TIME_LINE: TIME_LINE,
}


def bindings() -> list[BindingType]:
    """Return the bindings of the app. Keys without a `run` are bound by the widgets that handle them."""
    return [
        Binding(
            command.keys or no_key(command.id),
            f"command({command.id!r})",
            command.footer or command.title,
            show=bool(command.footer),
            id=command.id,
            # Dialogs hide the other bindings of the app.
            priority=command.id == "app.redraw",
        )
        for command in COMMANDS
        if command.run
    ]


def help_groups(shown: Mapping[str, str], first: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return each group of commands as its title and (keys, title) of each command.

    Args:
        shown: the keys of each command as they are shown, by its id.
        first: the group to put first.
    """
    groups = {group: [*commands] for group, commands in groupby(COMMANDS, lambda command: command.group)}
    groups |= {group: [*commands] for group, commands in ELSEWHERE.items()}
    return [
        (_(group), [(shown.get(c.id) or _(c.shown), c.words) for c in groups[group] if c.shown])
        for group in sorted(groups, key=lambda group: group != first)
    ]


def is_offered(command: Command, screen: TriageScreen) -> bool:
    """Return whether a command makes sense now. If not, its keys do nothing and the footer omits it."""
    if When.ANYWHERE not in command.when and screen.front not in command.when:
        return False
    match command.needs:
        case Needs.TASK:
            return len(screen.view) > 0
        case Needs.MARKS:
            return bool(screen.bench.marked)
        case Needs.REST:
            return screen.load.extent.verdict in (None, Verdict.ENDLESS)
        case Needs.LAYER:
            return escaping.has_layer(screen)
    return True


def group_in_front(screen: TriageScreen) -> str:
    """Return the group of commands for the part of the screen that has the focus; empty for the table."""
    return TYPING if screen.filter_bar.is_typing else _GROUP_OF[screen.front]
