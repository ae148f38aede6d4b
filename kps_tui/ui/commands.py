"""The registry of commands. Bindings, footer, the list of commands and the README's table are generated from it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from textual.binding import Binding, BindingType

from kps_tui.i18n import N_, _
from kps_tui.kps.paging import Verdict
from kps_tui.triage.facets import facet_labels
from kps_tui.ui.actions import (
    acknowledging,
    copying,
    detail,
    escaping,
    explaining,
    exporting,
    loading,
    marking,
    querying,
)
from kps_tui.ui.key_names import no_key
from kps_tui.ui.model.load_state import RENEWING
from kps_tui.ui.model.when import Needs, When
from kps_tui.ui.screens.triage import TriageScreen

if TYPE_CHECKING:
    from kps_tui.ui.model.command_search import CommandIndex, Entry


@dataclass(frozen=True, slots=True)
class Command:
    """A command of the user. Its texts are message ids, translated when they are shown."""

    id: str
    """Must not change: users name it in their configuration of keys."""
    group: str
    """Title of its group in the list of commands."""
    keys: str
    """Textual's names of its keys, comma-separated; empty if it has none."""
    shown: str
    """Its keys as they are shown; what to type to find it if it has none."""
    title: str
    """What it does, in at most `TITLE_CELLS` cells; `{facets}` stands for the names of all facets."""
    run: Callable[[TriageScreen], None] | str | None = None
    """A function of the screen, or the name of an action of the app; None if the focused widget handles the key."""
    footer: str = ""
    """Its label in the footer; empty if it is not in the footer."""
    when: When = When.ANYWHERE
    """The parts of the screen in which its keys have this meaning."""
    needs: Needs = Needs.NOTHING
    """What else must exist for it to make sense."""
    brief: str = ""
    """A title of at most `BRIEF_CELLS` cells for the overview; empty if the title is short enough."""
    synonyms: str = ""
    """Other words that find it in the list of commands."""

    @property
    def words(self) -> str:
        """The title in the language of the user."""
        return _(self.title).format(facets=facet_labels())


TITLE_CELLS, BRIEF_CELLS = 48, 19
MOVE, LOOK, NARROW, ORDER, MARK = N_("Move"), N_("Look"), N_("Narrow"), N_("Order"), N_("Mark")
KNOWN = N_("New and acknowledged")
TAKE, VIEWS, DATA, APP = N_("Take away"), N_("Views"), N_("Data"), N_("Program")
DETAILS, FACETS, COMPARISON = N_("In the details"), N_("In the groups"), N_("In the comparison")
TIMELINE, TYPING = N_("In the timeline"), N_("While typing a filter")
VIEW_KEYS = range(1, 10)
"""Numbers of the saved views that have a key."""

COMMANDS = (
    Command("table.down", MOVE, "j,down", "j ↓", N_("next task"), when=When.LIST, needs=Needs.TASK),
    Command("table.up", MOVE, "k,up", "k ↑", N_("previous task"), when=When.LIST, needs=Needs.TASK),
    Command("table.page-down", MOVE, "pagedown", "PgDn", N_("page down"), when=When.LIST, needs=Needs.TASK,
            synonyms=N_("scroll")),
    Command("table.page-up", MOVE, "pageup", "PgUp", N_("page up"), when=When.LIST, needs=Needs.TASK,
            synonyms=N_("scroll")),
    Command("table.half-page-down", MOVE, "ctrl+d", "Ctrl+D", N_("half a page down"), when=When.LIST, needs=Needs.TASK),
    Command("table.half-page-up", MOVE, "ctrl+u", "Ctrl+U", N_("half a page up"), when=When.LIST, needs=Needs.TASK),
    Command("table.first", MOVE, "g,home", "g Home", N_("first task"), when=When.LIST, needs=Needs.TASK,
            synonyms=N_("top begin start")),
    Command("table.last", MOVE, "G,end", "G End", N_("last task; loads the next page"), when=When.LIST,
            needs=Needs.TASK, synonyms=N_("bottom")),
    Command("table.left", MOVE, "h,left", "h ←", N_("column to the left"), when=When.LIST, needs=Needs.SHOWN,
            brief=N_("column left"), synonyms=N_("columns")),
    Command("table.right", MOVE, "l,right", "l →", N_("column to the right"), when=When.LIST, needs=Needs.SHOWN,
            brief=N_("column right"), synonyms=N_("columns")),
    Command("look.detail", LOOK, "enter,d", "Enter d", N_("show or hide details"), TriageScreen.toggle_detail,
            N_("Detail"), When.MAIN, Needs.TASK, N_("details"), N_("open view inspect describe full pane")),
    Command("look.next", DETAILS, "j", "j", N_("next task"), detail.next_task, N_("Next"), When.DETAIL),
    Command("look.previous", DETAILS, "k", "k", N_("previous task"), detail.previous_task, when=When.DETAIL),
    Command("look.why", LOOK, "x", "x", N_("why? the likely cause and what to check"), explaining.explain,
            when=When.MAIN, needs=Needs.TASK, brief=N_("why? what to check"),
            synonyms=N_("explain diagnosis reason incident runbook checks likely")),
    Command("narrow.incident", NARROW, "i", "i", N_("only the tasks of the incident above the table"),
            explaining.only_incident, when=When.MAIN, brief=N_("only this incident"),
            synonyms=N_("band same cause diagnosis")),
    Command("narrow.filter", NARROW, "slash", "/", N_("filter: words, field:value, since:24h, -not"),
            querying.edit_filter, N_("Filter"), When.LIST | When.GROUPS | When.COMPARISON, Needs.LOADED,
            brief=N_("filter"), synonyms=N_("search find grep query where regex")),
    Command("narrow.only", NARROW, "equals_sign", "=", N_("only this value of the column (a time: its day)"),
            querying.only_this, when=When.LIST, needs=Needs.TASK, brief=N_("only this value"),
            synonyms=N_("include same equal filter")),
    Command("narrow.not", NARROW, "exclamation_mark", "!", N_("without this value of the column"), querying.not_this,
            when=When.LIST, needs=Needs.TASK, brief=N_("without this value"),
            synonyms=N_("exclude hide except not filter")),
    Command("narrow.facet", NARROW, "f", "f", N_("count the values of this column"), querying.group_by_column,
            when=When.LIST, needs=Needs.SHOWN, brief=N_("count this column"),
            synonyms=N_("groups facet frequency distinct top")),
    Command("narrow.facets", NARROW, "F", "F", N_("all groups: {facets}"), querying.all_groups, N_("Groups"), When.MAIN,
            Needs.SHOWN, brief=N_("all groups"), synonyms=N_("count facets overview summary statistics")),
    Command("narrow.timeline", NARROW, "t", "t", N_("select a time range in the timeline"), querying.choose_time,
            when=When.LIST | When.TIMELINE, needs=Needs.SHOWN, brief=N_("select a time range"),
            synonyms=N_("time-line period hours days when zoom")),
    Command("narrow.column", NARROW, "", ":column", N_("choose the column that f = ! s apply to"),
            querying.choose_column, when=When.LIST, needs=Needs.SHOWN, synonyms=N_("columns fields active")),
    Command("order.sort", ORDER, "s", "s", N_("sort by this column; again reverses"), querying.sort, N_("Sort"),
            When.LIST, Needs.SHOWN, brief=N_("sort"), synonyms=N_("order arrange ascending descending")),
    Command("order.then", ORDER, "S", "S", N_("then sort by this column; again reverses"), querying.then_sort,
            when=When.LIST, needs=Needs.SHOWN, brief=N_("then sort by"), synonyms=N_("order secondary")),
    Command("mark.toggle", MARK, "space", "Space", N_("mark or unmark"), marking.toggle, when=When.LIST,
            needs=Needs.TASK, brief=N_("mark"), synonyms=N_("select tick check")),
    Command("mark.range", MARK, "v", "v", N_("start or end a range of marks"), marking.toggle_range, when=When.LIST,
            needs=Needs.TASK, brief=N_("mark a range"), synonyms=N_("select visual")),
    Command("mark.all", MARK, "asterisk", "*", N_("mark all tasks shown"), marking.all_shown, when=When.LIST,
            needs=Needs.TASK, brief=N_("mark all shown"), synonyms=N_("select")),
    Command("mark.none", MARK, "u", "u", N_("clear all marks"), marking.none, needs=Needs.MARKS,
            synonyms=N_("unmark unselect deselect none")),
    Command("known.next", KNOWN, "n", "n", N_("next new task"), acknowledging.next_new, when=When.MAIN),
    Command("known.previous", KNOWN, "N", "N", N_("previous new task"), acknowledging.previous_new, when=When.MAIN),
    Command("known.acknowledge", KNOWN, "a", "a", N_("acknowledge with a note; again changes it"),
            acknowledging.acknowledge, "", When.MAIN, Needs.TASK, N_("acknowledge"),
            N_("ack done seen comment note withdraw")),
    Command("known.hide", KNOWN, "A", "A", N_("hide or show acknowledged tasks"), acknowledging.toggle_acknowledged,
            when=When.LIST | When.GROUPS, needs=Needs.LOADED, synonyms=N_("ack open seen filter")),
    Command("take.copy", TAKE, "y", "y", N_("copy ids, names, errors, JSON, commands, script"), copying.copy_menu,
            when=When.MAIN, brief=N_("copy"), synonyms=N_("yank clipboard osc52 hcloud markdown check")),
    Command("take.ticket", TAKE, "Y", "Y", N_("copy a ticket (Markdown)"), copying.copy_ticket, when=When.MAIN,
            brief=N_("ticket"), synonyms=N_("report incident issue summary")),
    Command("take.comparison", TAKE, "m", "m", N_("copy a comparison as a Markdown table"), copying.copy_comparison,
            N_("Markdown"), When.COMPARISON),
    Command("take.export", TAKE, "e", "e", N_("export to a file: CSV, JSON, Markdown"), exporting.ask_for_file,
            when=When.MAIN, brief=N_("export to a file"), synonyms=N_("save download write spreadsheet excel")),
    *(
        Command(f"view.{n}", VIEWS, str(n), "1–9" if n == 1 else "", N_("open a saved view"), f"open_view({n})",
                synonyms=N_("bookmark"))
        for n in VIEW_KEYS
    ),
    Command("view.save", VIEWS, "V", "V", N_("save this view: filter, order, groups"), "save_view",
            synonyms=N_("bookmark remember store")),
    Command("view.back", VIEWS, "left_square_bracket", "[", N_("back to the view or the marks before"), querying.back,
            synonyms=N_("undo previous history")),
    Command("view.forward", VIEWS, "right_square_bracket", "]", N_("forward again"), querying.forward,
            synonyms=N_("redo next history")),
    Command("data.refresh", DATA, "r", "r", N_("refresh; current rows stay meanwhile"), loading.refresh,
            brief=N_("refresh"), synonyms=N_("reload update reread fetch again retry")),
    Command("data.rest", DATA, "R", "R", N_("load the rest of the list"), loading.load_rest, N_("Rest"),
            needs=Needs.REST, brief=N_("load the rest"), synonyms=N_("all more fetch everything pages")),
    Command("data.watch", DATA, "w", "w", N_("watch: refresh every minute; again stops"), loading.toggle_watch,
            brief=N_("watch every minute"), synonyms=N_("follow tail live poll monitor automatic")),
    Command("app.context", APP, "C", "C", N_("switch profile: region, project, login"), "choose_profile",
            brief=N_("switch profile"), synonyms=N_("change account context place environment")),
    Command("app.previous", APP, "minus", "-", N_("back to the profile before"), "previous_profile",
            synonyms=N_("switch last context")),
    Command("app.login", APP, "L", "L", N_("log in, or log in again"), "log_in", brief=N_("log in"),
            synonyms=N_("login sign signin authenticate token password renew credential")),
    Command("app.logout", APP, "", ":logout", N_("log out: remove the login of this profile"), "log_out",
            synonyms=N_("sign signout remove delete credential keyring")),
    Command("app.doctor", APP, "", ":doctor", N_("check connection, login, terminal"), "doctor",
            synonyms=N_("diagnose test health network proxy keyring clipboard permission problem")),
    Command("app.requests", APP, "E", "E", N_("the last requests: status, time, request id"), copying.choose_request,
            synonyms=N_("log http trace network api errors")),
    Command("app.theme", APP, "", ":theme", N_("choose the theme: dark, light, contrast"), "choose_theme",
            synonyms=N_("colors colours appearance background high mono terminal")),
    Command("app.back", APP, "escape", "Esc", N_("one step back: load, details, groups, filter"), escaping.escape,
            N_("Back"), needs=Needs.LAYER, brief=N_("one step back"), synonyms=N_("cancel stop close undo")),
    Command("app.palette", APP, "colon,ctrl+p", ": Ctrl+P", N_("find a command by name"), "list_commands",
            brief=N_("find a command"), synonyms=N_("palette")),
    Command("app.help", APP, "question_mark,f1", "? F1", N_("the list of keys and commands"), "list_commands",
            N_("Help"), brief=N_("this help"), synonyms=N_("shortcuts bindings hotkeys manual")),
    Command("app.redraw", APP, "ctrl+l", "Ctrl+L", N_("redraw the screen"), "redraw", synonyms=N_("repaint clear")),
    Command("app.suspend", APP, "ctrl+z", "Ctrl+Z", N_("suspend to the shell; fg returns"), "to_shell",
            synonyms=N_("background stop pause")),
    Command("app.quit", APP, "q", "q", N_("quit"), "leave", N_("Quit"), synonyms=N_("exit leave close end bye")),
    Command("app.interrupt", APP, "ctrl+c", "Ctrl+C", N_("quit with code 130"), "interrupt",
            synonyms=N_("exit")),
)  # fmt: skip
"""In the order of the list and of the README, which omit commands whose `shown` is empty."""

OVERVIEW = (
    (
        N_("On this task"),
        ("look.detail", "look.why", "take.copy", "take.ticket", "mark.toggle", "mark.range", "known.acknowledge"),
    ),
    (
        N_("On what is shown"),
        (
            "narrow.filter",
            "narrow.only",
            "narrow.not",
            "narrow.incident",
            "narrow.facet",
            "narrow.facets",
            "narrow.timeline",
            "order.sort",
            "table.left",
            "table.right",
            "mark.all",
            "known.next",
            "take.export",
        ),
    ),
    (
        N_("Everywhere"),
        (
            "data.refresh",
            "data.rest",
            "data.watch",
            "app.context",
            "app.login",
            "app.back",
            "app.help",
            "app.quit",
        ),
    ),
)
"""Titles and ids of the commands that the list shows first, as many as fit on the screen without scrolling."""

PASSING = frozenset(
    {command.id for command in COMMANDS if command.group in (MOVE, LOOK, DETAILS, ORDER)}
    | {"narrow.incident", "narrow.only", "narrow.not", "narrow.facet", "narrow.facets", "narrow.timeline"}
    | {"known.next", "known.previous", "known.hide"}
    | {"mark.toggle", "mark.range", "mark.none", "view.back", "view.forward", *(f"view.{n}" for n in VIEW_KEYS)}
    | {"data.refresh", "data.rest", "data.watch", "app.back", "app.redraw"} - {"look.why"}
)
"""Commands that change nothing outside the program, and open neither a dialog nor an input line."""

WIDGET_COMMANDS = {
    FACETS: (
        Command("facet.move", FACETS, "", "j k ↑ ↓", N_("next or previous value")),
        Command("facet.beside", FACETS, "", "h l Tab", N_("the groups beside")),
        Command("facet.drill", FACETS, "", "Enter", N_("tasks of this value, or of the marked ones; Esc returns"),
                brief=N_("only this value")),
        Command("facet.mark", FACETS, "", "Space", N_("mark or unmark the value; u clears the marks"),
                brief=N_("mark")),
        Command("facet.open", FACETS, "", "f", N_("these groups alone, every value"), brief=N_("this group alone")),
        Command("facet.compare", FACETS, "", "c", N_("compare two marked values"), brief=N_("compare two values")),
    ),
    COMPARISON: (
        Command("compare.next", COMPARISON, "", "Tab", N_("compare by error, family, key pair, operation, day"),
                brief=N_("by another field")),
        Command("compare.drill", COMPARISON, "", "Enter", N_("tasks of this line, of both values; Esc returns"),
                brief=N_("tasks of this line")),
    ),
    TIMELINE: (
        Command("time.later", TIMELINE, "", "h l ← →", N_("earlier or later")),
        Command("time.range", TIMELINE, "", "v", N_("start a range")),
        Command("time.choose", TIMELINE, "", "Enter", N_("only the tasks of this time; Esc returns"),
                brief=N_("only this time")),
    ),
    TYPING: (
        Command("filter.apply", TYPING, "", "Enter", N_("apply, back to the table"), brief=N_("apply")),
        Command("filter.cancel", TYPING, "", "Esc", N_("keep the filter from before"), brief=N_("cancel")),
        Command("filter.older", TYPING, "", "↑ ↓", N_("earlier filters")),
    ),
}  # fmt: skip
"""Keys that widgets handle while they have the focus, by group; only for the list and the README."""

WIDGET_KEYS = {command.id: command.shown for command in chain.from_iterable(WIDGET_COMMANDS.values())}
"""Their keys as they are shown, by id."""

BY_ID = {command.id: command for command in COMMANDS}

_GROUP_OF = {
    When.LIST: "",
    When.DETAIL: DETAILS,
    When.GROUPS: FACETS,
    When.COMPARISON: COMPARISON,
    When.TIMELINE: TIMELINE,
}
_ONLY_IN = {
    When.LIST: N_("only in the list"),
    When.MAIN: N_("only in the list and the details"),
    When.DETAIL: N_("only in the details"),
    When.LIST | When.GROUPS: N_("only in the list and the groups"),
    When.LIST | When.GROUPS | When.COMPARISON: N_("only in the list and the groups"),
    When.COMPARISON: N_("only in a comparison"),
    When.LIST | When.TIMELINE: N_("only in the list and the timeline"),
}
_ONLY_IN_FRONT = {
    FACETS: N_("only in the groups"),
    COMPARISON: N_("only in a comparison"),
    TIMELINE: N_("only in the timeline"),
    TYPING: N_("only while typing a filter"),
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


def obstacle(command: Command, screen: TriageScreen) -> str:
    """Return why a command can't be used now, as a message id; empty if it can.

    If it can't, its keys do nothing, the footer omits it, and the list of commands shows it dim.
    """
    if When.ANYWHERE not in command.when and screen.front not in command.when:
        return _ONLY_IN.get(command.when, N_("not here"))
    match command.needs:
        case Needs.TASK if not len(screen.view):
            return N_("no task is shown")
        case Needs.SHOWN if not len(screen.view) and not _may_show_more(screen):
            return N_("no task is shown")
        case Needs.LOADED if not screen.load.extent.loaded and not _loads_more(screen):
            return N_("no task is loaded")
        case Needs.MARKS if not screen.bench.marked:
            return N_("nothing is marked")
        case Needs.REST if screen.load.extent.verdict not in (None, Verdict.ENDLESS):
            return N_("all is loaded")
        case Needs.LAYER if not escaping.has_layer(screen):
            return N_("nothing to close or undo")
    return ""


def _loads_more(screen: TriageScreen) -> bool:
    """Return whether a load may add tasks to those that are loaded; one that reads them again does not count."""
    return screen.load.running not in (None, *RENEWING)


def _may_show_more(screen: TriageScreen) -> bool:
    """Return whether tasks may come in sight without a key: they are being loaded, or the view is not up to date."""
    reading, view = screen.loader.reading, screen.view
    is_up_to_date = view.query == screen.bench.query and (reading is None or view.shows_all_of(reading.store))
    return _loads_more(screen) or not is_up_to_date


def command_index(shown: Mapping[str, str], screen: TriageScreen, *, covered: bool) -> "CommandIndex":
    """Return what the list of commands shows in front of `screen`.

    Args:
        shown: the keys of each command as they are shown, by its id.
        screen: the screen of the tasks, on which the commands act.
        covered: whether the sign-in covers it, so that only commands of the program can be used.
    """
    from kps_tui.ui.model.command_search import CommandIndex, Entry, Section

    front = TYPING if screen.filter_bar.is_typing else _GROUP_OF[screen.front]

    def entry(command: Command) -> "Entry":
        if command.id in WIDGET_KEYS:
            why = "" if command.group == front else _ONLY_IN_FRONT[command.group]
        elif covered and command.group != APP:
            why = N_("after the sign-in")
        else:
            why = obstacle(command, screen)
        return Entry(
            command.id,
            shown.get(command.id) or _(command.shown),
            command.words,
            _(command.group),
            _(command.brief) if command.brief else command.words,
            # In another language, the English words find it too.
            " ".join((_(command.synonyms), command.synonyms, command.title) if command.synonyms else (command.title,)),
            _(why) if why else "",
        )

    entries: dict[str, Entry] = {}
    groups: dict[str, list[Entry]] = {}
    for command in (*COMMANDS, *chain.from_iterable(WIDGET_COMMANDS.values())):
        if command.shown:
            entries[command.id] = entry(command)
            groups.setdefault(command.group, []).append(entries[command.id])
    first = [Section(_(front), tuple(groups[front]))] if front else []
    common = [Section(_(title), tuple(entries[id] for id in ids)) for title, ids in OVERVIEW]
    overview = (*first, *(section for section in common if not all(entry.obstacle for entry in section.entries)))
    seen = {entry.id for section in overview for entry in section.entries}
    unseen = {group: tuple(entry for entry in listed if entry.id not in seen) for group, listed in groups.items()}
    return CommandIndex(overview, tuple(Section(_(group), rest) for group, rest in unseen.items() if rest))
