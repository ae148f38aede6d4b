"""The dialog that chooses one of a few lines: profiles, themes, columns."""

import asyncio
import re

from rich.cells import cell_len
from textual.pilot import Pilot

from kps_tui.identity.profiles import Profile
from kps_tui.settings import THEMES, Settings
from kps_tui.triage.fields import BY_KEY
from kps_tui.ui.app import KpsApp
from kps_tui.ui.connection import profile_line
from kps_tui.ui.screens.dialogs.chooser import Chooser
from kps_tui.ui.screens.triage import TriageScreen
from kps_tui.ui.widgets.task_table.table import TaskTable
from tests.demo_app import running, target_at
from tests.loopback import Loopback, listing, row, serving
from tests.ui.screens.driving import line_of, press, said, text_of
from tests.ui.screens.test_triage import drive

PROJECT = "0123456789abcdef0123456789abcdef"


def test_columns_are_aligned_by_cells_whatever_the_names() -> None:
    names = ("prod", "生产环境", "a-name-that-is-longer-than-its-column", "订" * 30)
    profiles = tuple(Profile(name, region="cn-north-4", project_id=PROJECT) for name in names)

    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        app.push_screen(Chooser("Switch profile", [*map(profile_line, profiles)], "Enter switches"))
        await pilot.pause()
        lines = [line for line in text_of(app).splitlines() if PROJECT in line]
        assert len(lines) == len(names)
        for column in ("cn-north-4", PROJECT):
            assert len({cell_len(line.partition(column)[0]) for line in lines}) == 1, column

    drive(listing([]), body)


def test_the_theme_of_this_run_is_chosen_by_name_and_the_line_that_makes_it_last_is_said() -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        assert app.theme == "terminal"
        await press(app, pilot, "colon", *"colours", "enter")
        shown = re.findall(r"│ +(\w+) .* │", text_of(app))
        assert shown == [*THEMES]
        await press(app, pilot, "j", "enter")
        assert app.screen is screen
        assert app.theme == "textual-dark"
        (message,) = said(app)
        assert message.startswith('theme for this run · to keep it, write theme = "dark" in ')
        assert message.endswith("config.toml")

    drive(listing([row(0)]), body)


def test_without_colours_there_is_no_theme_to_choose() -> None:
    async def go() -> None:
        async with (
            serving(listing([row(0)])) as server,
            running(target_at(server.endpoint), settings=Settings(color=False)) as (app, pilot),
        ):
            await press(app, pilot, "colon", *"theme", "enter")
            assert said(app) == ["colours are off for this run"]
            assert app.theme == "mono"

    asyncio.run(go())


def test_a_column_is_chosen_by_name_and_commands_apply_to_it() -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        await press(app, pilot, "colon", *":column", "enter", "j", "enter", "s")
        assert screen.table.active_column == "op"
        assert screen.bench.query.sort[0].field == "op"
        await press(app, pilot, "colon", *":column", "enter")
        assert re.findall(r"│ +(\w[\w ]*?) +│", text_of(app)) == [BY_KEY[key].label for key in screen.table.fields]
        assert {*screen.table.fields} == {*BY_KEY}
        await press(app, pilot, *["j"] * (screen.table.fields.index("sid") - 1), "enter")
        assert "SERVER ID" in line_of(app, TaskTable)

    drive(listing([row(0), row(1)]), body)
