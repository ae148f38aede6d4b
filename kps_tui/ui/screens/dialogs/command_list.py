"""The list of commands and keys: the most important ones in columns, then the rest. Typing searches, Enter runs one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import zip_longest
from typing import ClassVar, NamedTuple

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.geometry import Region
from textual.style import Style
from textual.widgets import Input, Static

from kps_tui import i18n
from kps_tui.i18n import _
from kps_tui.sanitize import line
from kps_tui.terminal.width import cells, cut, padded
from kps_tui.ui.model.command_search import CommandIndex, Entry, Section, search
from kps_tui.ui.screens.dialogs.dialog import Dialog
from kps_tui.ui.widgets.choice_list import with_reverse
from kps_tui.ui.widgets.line_input import LineInput

KEY_CELLS = 9
"""Cells of the keys in a column of the overview, including a blank."""
FOUND_KEY_CELLS = 11
"""Cells of the keys in the lines of the rest and of the results."""
GAP = 2
"""Cells between two columns."""
COLUMNS = {3: 3 * 34 + 2 * GAP, 2: 2 * 26 + GAP}
"""The fewest cells of the list for each number of columns of the overview."""
WIDEST = 120
"""The most cells of the dialog."""
FRAME = 3
"""Lines of the dialog around the list: its border and the input."""


class LinePart(NamedTuple):
    """A part of a line of the list."""

    text: Content
    width: int
    """The cells that it takes, including empty ones."""
    entry: Entry | None = None
    """The command that it shows; None for a title."""

    def shown(self, style: Style | None = None) -> Content:
        """Return the text, padded to its width, in `style` or, if that is None, in its own styles."""
        text = self.text if style is None else Content(self.text.plain)
        text += Content(" " * (self.width - text.cell_length))
        return text if style is None else text.stylize(style)


class Spot(NamedTuple):
    """The position of a command in the list."""

    entry: Entry
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """The lines of the list, and the positions of the commands in them."""

    lines: tuple[tuple[LinePart, ...], ...] = ()

    @property
    def spots(self) -> list[Spot]:
        """The commands, line by line."""
        return [
            Spot(part.entry, number, column)
            for number, parts in enumerate(self.lines)
            for column, part in enumerate(parts)
            if part.entry
        ]

    def moved(self, start: Spot | None, columns: int, lines: int) -> Spot | None:
        """Return where a move from `start` leads to, or the first command if that is None; None without any command."""
        spots = self.spots
        if start is None or not spots:
            return spots[0] if spots else None
        if columns:
            beside = [spot for spot in spots if spot.column == start.column + columns]
            return min(beside, key=partial(_distance, start), default=start)
        here = start
        for _step in range(abs(lines)):
            ahead = [spot for spot in spots if (spot.line - here.line) * lines > 0]
            # Stay in the column, or go on to the lines below the columns.
            nearby = [spot for spot in ahead if spot.column == here.column or len(self.lines[spot.line]) == 1]
            here = min(nearby, key=partial(_distance, here), default=here)
        return here

    def at(self, x: int, y: int) -> Entry | None:
        """Return the command at a cell of the list."""
        for part in self.lines[y] if 0 <= y < len(self.lines) else ():
            if x < part.width:
                return part.entry
            x -= part.width + GAP
        return None


def _distance(one: Spot, other: Spot) -> int:
    return abs(one.line - other.line)


def whole_list(index: CommandIndex, width: int) -> Sheet:
    """Return all commands: the overview in columns, a line that names the other groups, and these in lines."""
    lines = _columns(index.overview, width)
    if index.rest:
        titles = i18n.listed(section.title for section in index.rest)
        lines.append([LinePart(Content.styled(cut(_("more ↓ {titles}").format(titles=titles), width), "dim"), width)])
    for section in index.rest:
        lines += [[LinePart(Content(""), width)], [LinePart(Content.styled(section.title, "bold underline"), width)]]
        lines += [[LinePart(_line(entry, width), width, entry)] for entry in section.entries]
    return Sheet(tuple(map(tuple, lines)))


def overview_height(index: CommandIndex, width: int) -> int:
    """Return the number of lines of the overview and of the one below it, which names the rest."""
    return len(_columns(index.overview, width)) + bool(index.rest)


def results(entries: Sequence[Entry], width: int) -> Sheet:
    """Return a line for each of `entries`, the results of a search."""
    return Sheet(tuple((LinePart(_line(entry, width, with_group=True), width, entry),) for entry in entries))


def _columns(sections: Sequence[Section], width: int) -> list[list[LinePart]]:
    """Return the sections in columns of equal width. Each section is added to the shortest column."""
    count = next((count for count, least in COLUMNS.items() if width >= least), 1)
    size = (width - GAP * (count - 1)) // count
    columns: list[list[LinePart]] = [[] for _column in range(count)]
    for section in sections:
        column = min(columns, key=len)
        column += [LinePart(Content(""), size)] if column else []
        column.append(LinePart(Content.styled(cut(section.title, size), "bold underline"), size))
        column += [LinePart(_brief(entry, size), size, entry) for entry in section.entries]
    blank = LinePart(Content(""), size)
    return [list(parts) for parts in zip_longest(*columns, fillvalue=blank)]


def _brief(entry: Entry, width: int) -> Content:
    keys = cut(padded(entry.keys, KEY_CELLS), width)
    title = cut(entry.brief, width - cells(keys))
    return Content.styled(keys + title, "dim") if entry.obstacle else Content.styled(keys, "bold") + Content(title)


def _line(entry: Entry, width: int, *, with_group: bool = False) -> Content:
    keys = padded(entry.keys, FOUND_KEY_CELLS)
    title = cut(entry.title, width - cells(keys))
    remark = entry.obstacle or (entry.group if with_group else "")
    room = width - cells(keys + title) - GAP
    shown = Content.styled(keys + title, "dim") if entry.obstacle else Content.styled(keys, "bold") + Content(title)
    return shown + Content.styled(" " * GAP + cut(remark, room), "dim") if remark and room > 1 else shown


class SearchInput(LineInput):
    """An input that, while it is empty, leaves `?` to the dialog."""

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Return whether the key is for the input, so that it has no other meaning."""
        return bool(self.value or key != "question_mark") and super().check_consume_key(key, character)


class CommandList(Dialog[str]):
    """Dismissed with the id of the chosen command, or with None. A command that can't be used is dim and says why."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"command-list--chosen"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,f1", "close", show=False, id="commands.close"),
        Binding("down,ctrl+n", "move(0, 1)", show=False, id="commands.down"),
        Binding("up,ctrl+p", "move(0, -1)", show=False, id="commands.up"),
        Binding("pagedown", "move(0, 10)", show=False, id="commands.page-down"),
        Binding("pageup", "move(0, -10)", show=False, id="commands.page-up"),
        # With priority over the input, which needs these keys only if something is typed in it.
        Binding("right", "beside(1)", show=False, id="commands.right", priority=True),
        Binding("left", "beside(-1)", show=False, id="commands.left", priority=True),
        Binding("question_mark", "close_again", show=False, id="commands.again", priority=True),
    ]

    def __init__(self, index: CommandIndex) -> None:
        super().__init__()
        self._index = index
        self._sheet = Sheet()
        self._chosen: Spot | None = None

    def compose(self) -> ComposeResult:
        """Yield the input, and the list below it."""
        with Vertical(id="commands", classes="box") as box:
            box.border_title = Content(_("Keys and commands · type to find one"))
            box.border_subtitle = Content(_("↑ ↓ choose · Enter runs it · Esc closes"))
            with Horizontal():
                yield Static(">", markup=False)
                yield SearchInput(compact=True, max_length=80)
            with VerticalScroll(can_focus=False):
                yield Static(id="commands-list", markup=False)

    def on_resize(self) -> None:
        """Lay the list out for the new width; the dialog is as high as the overview."""
        self.query_one("#commands").styles.height = overview_height(self._index, self._width) + FRAME
        self._lay_out()

    @property
    def _width(self) -> int:
        """Cells of a line: those of the box without its border, padding and scrollbar."""
        return min(self.app.size.width, WIDEST) - 5

    @on(Input.Changed)
    def _lay_out(self) -> None:
        if typed := line(self.query_one(Input).value).strip():
            self._sheet = results(search(self._index.entries, typed), self._width)
            self._chosen = self._sheet.moved(None, 0, 0)
        else:
            self._sheet, self._chosen = whole_list(self._index, self._width), None
        self._show()

    def _show(self) -> None:
        text = Content("\n").join(self._lines()) if self._sheet.lines else Content(_("no command matches"))
        self.query_one("#commands-list", Static).update(text)
        top = Region(0, self._chosen.line if self._chosen else 0, 1, 1)
        self.query_one(VerticalScroll).scroll_to_region(top, animate=False)

    def _lines(self) -> Iterator[Content]:
        name = ("command-list--chosen",)
        style = with_reverse(self, self.get_visual_style(*name), name)
        chosen = self._chosen and self._chosen.entry
        for parts in self._sheet.lines:
            shown = (part.shown(style if chosen and part.entry is chosen else None) for part in parts)
            yield Content(" " * GAP).join(shown)

    @on(Input.Submitted)
    def _submitted(self, message: Input.Submitted) -> None:
        if self._chosen:
            self._run(self._chosen.entry)
        elif not message.value:
            self.action_close()

    def on_click(self, event: events.Click) -> None:
        """Run the command under the mouse."""
        at = event.screen_offset - self.query_one("#commands-list").region.offset
        if entry := self._sheet.at(at.x, at.y):
            self._run(entry)

    def _run(self, entry: Entry) -> None:
        if entry.obstacle:
            said = _("{title}: {why}").format(title=entry.title, why=entry.obstacle)
            self.notify(said, severity="warning", markup=False)
        else:
            self.answer(entry.id)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave the keys of the input to it while something is typed in it."""
        return action not in ("beside", "close_again") or not self.query_one(Input).value

    def action_move(self, columns: int, lines: int) -> None:
        """Choose another command."""
        self._chosen = self._sheet.moved(self._chosen, columns, lines)
        self._show()

    def action_beside(self, columns: int) -> None:
        """Choose a command in the column beside."""
        self.action_move(columns, 0)

    def action_close_again(self) -> None:
        """Close the list with the key that opened it."""
        self.action_close()
