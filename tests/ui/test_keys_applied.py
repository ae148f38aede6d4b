"""A key map applied to a running app, with bindings of the app, the table and the footer."""

from collections.abc import Mapping
from typing import ClassVar

import pytest
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Footer

from kps_tui.ui.commands import Command
from kps_tui.ui.key_names import no_key
from kps_tui.ui.keys import key_map
from kps_tui.ui.model.when import When
from kps_tui.ui.widgets.task_table.table import TaskTable
from tests.ui.harness import Harness, drive, lines, press
from tests.ui.widgets.table_app import make_tasks, view_of


def run(_screen: object) -> None:
    """Do nothing, in place of a command."""


SOME = (
    Command("table.down", "Move", "j,down", "j ↓", "next", when=When.LIST),
    Command("table.first", "Move", "g,home", "g Home", "first", when=When.LIST),
    Command("table.last", "Move", "G,end", "G End", "last", when=When.LIST),
    Command("look.detail", "Look", "enter,d", "Enter d", "detail", run, "Detail"),
    Command("look.next", "Look", "j", "j", "next", run, "", When.DETAIL),
    Command("order.sort", "Order", "s", "s", "sort", run, "Sort", When.LIST),
    Command("data.refresh", "Data", "r", "r", "refresh", run, "Refresh"),
    Command("app.doctor", "Program", "", "palette", "doctor", run),
    Command("app.help", "Program", "question_mark,f1", "? F1", "help", run, "Help"),
    Command("app.quit", "Program", "q", "q", "quit", run, "Quit"),
)


BY_ID = {command.id: command for command in SOME}


class Recording(Screen[None]):
    """Records the commands that it gets."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(c.keys or no_key(c.id), f"command({c.id!r})", c.footer or c.title, show=bool(c.footer), id=c.id)
        for c in SOME
        if c.run
    ]

    def __init__(self, keys: Mapping[str, str]) -> None:
        super().__init__()
        self.keys = keys
        self.asked: list[str] = []
        self.is_full = False

    def compose(self) -> ComposeResult:
        yield TaskTable()
        yield Footer(show_command_palette=False)

    def action_command(self, id: str) -> None:
        self.asked.append(id)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action != "command":
            return True
        id = str(parameters[0])
        return bool(self.keys[id]) and (BY_ID[id].when is When.DETAIL) == self.is_full


class Mapped(Harness):
    """Run an app with the keys of the registry after the user's settings `written`."""

    def __init__(self, **written: str) -> None:
        super().__init__()
        self.map = key_map(SOME, {id.replace("_", ".", 1).replace("_", "-"): keys for id, keys in written.items()})
        self.recording = Recording(self.map.keys)

    def get_default_screen(self) -> Screen[None]:
        return self.recording

    def get_key_display(self, binding: Binding) -> str:
        shown = self.map.shown.get(binding.id or "", "")
        return shown.split()[0] if shown else super().get_key_display(binding)

    def on_mount(self) -> None:
        self.set_keymap(self.map.keymap)

    @property
    def table(self) -> TaskTable:
        return self.recording.query_one(TaskTable)

    async def ready(self, pilot: Pilot[None]) -> None:
        self.table.view = view_of(make_tasks(50))
        self.table.focus()
        await press(pilot)


@pytest.mark.parametrize(
    ("written", "keys", "asked", "row"),
    [
        ({}, ["r", "d", "j", "s"], ["data.refresh", "look.detail", "order.sort"], 1),
        ({"data_refresh": "F5,ctrl+r"}, ["r", "f5", "ctrl+r"], ["data.refresh"] * 2, 0),
        ({"data_refresh": "?"}, ["r", "question_mark", "f1"], ["data.refresh", "app.help"], 0),
        ({"data_refresh": "s"}, ["s", "r"], ["data.refresh"], 0),
        ({"data_refresh": ""}, ["r"], [], 0),
        ({"data_refresh": "j"}, ["j", "j", "down"], ["data.refresh"] * 2, 1),
        ({"order_sort": "j"}, ["j", "down", "s"], ["order.sort"], 1),
        ({"app_doctor": "o"}, ["o"], ["app.doctor"], 0),
        ({"table_down": "n"}, ["j", "n", "n", "down"], [], 2),
        ({"table_down": ""}, ["j", "down"], [], 0),
        ({"table_down": "r", "data_refresh": "j"}, ["r", "j"], ["data.refresh"], 1),
        ({"table_last": "x"}, ["G", "x"], [], 49),
        ({"table_last": "x"}, ["ctrl+end"], [], 49),
        ({"data_refresh": "ctrl+end"}, ["ctrl+end"], ["data.refresh"], 0),
        ({"data_refresh": "enter"}, ["enter", "d"], ["data.refresh", "look.detail"], 0),
        ({"look_detail": "x"}, ["x", "d"], ["look.detail"], 0),
    ],
)
def test_keys_of_screen_and_table_do_what_the_user_wrote(
    written: dict[str, str], keys: list[str], asked: list[str], row: int
) -> None:
    app = Mapped(**written)

    async def body(pilot: Pilot[None]) -> None:
        await app.ready(pilot)
        await press(pilot, *keys)
        assert app.recording.asked == asked
        assert app.table.cursor_row == row
        assert not app.of(TaskTable.Chosen)

    drive(app, body)


@pytest.mark.parametrize(
    ("written", "footer"),
    [
        ({}, "Enter Detail s Sort r Refresh ? Help q Quit"),
        ({"data_refresh": "ctrl+r,x"}, "Enter Detail s Sort Ctrl+R Refresh ? Help q Quit"),
        ({"order_sort": "F7", "look_detail": "x"}, "x Detail F7 Sort r Refresh ? Help q Quit"),
        ({"order_sort": "", "table_down": "s"}, "Enter Detail r Refresh ? Help q Quit"),
        ({"app_help": "f1"}, "Enter Detail s Sort r Refresh F1 Help q Quit"),
        ({"app_doctor": "o"}, "Enter Detail s Sort r Refresh ? Help q Quit"),
    ],
)
def test_the_footer_shows_the_users_keys_in_the_order_of_the_registry(written: dict[str, str], footer: str) -> None:
    app = Mapped(**written)

    async def body(pilot: Pilot[None]) -> None:
        await app.ready(pilot)
        assert lines(app)[-1].split() == footer.split()

    drive(app, body)


@pytest.mark.parametrize("written", [{}, {"order_sort": "j"}, {"table_down": "x"}])
def test_a_command_of_the_detail_keeps_the_key_that_another_has_in_the_list(written: dict[str, str]) -> None:
    app = Mapped(**written)

    async def body(pilot: Pilot[None]) -> None:
        await app.ready(pilot)
        app.recording.set_focus(None)
        app.recording.is_full = True
        await press(pilot, "j")
        assert app.recording.asked == ["look.next"]

    drive(app, body)
