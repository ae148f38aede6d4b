"""Copies, tickets and exports: only after a key, and with an accurate message."""

import json
import os
import re
import stat
from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot

from kps_tui import files
from kps_tui.blocking import run_async
from kps_tui.ui.app import KpsApp
from kps_tui.ui.screens.dialogs.prompt import Prompt
from kps_tui.ui.screens.triage import TriageScreen
from tests.demo_app import press_keys, target_at, until
from tests.loopback import Loopback, listing, row
from tests.ui.screens.driving import filter_by, mixed, named, press, said, text_of, until_said, write
from tests.ui.screens.test_triage import drive


@pytest.fixture(autouse=True)
def terminal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Set a terminal with OSC 52, a state folder and a working folder; return the latter."""
    for name in ("TMUX", "STY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    return work


@pytest.mark.parametrize("size", [(120, 36), (60, 15)])
def test_the_menu_shows_a_line_for_each_thing_and_a_letter_sends_it(size: tuple[int, int]) -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        await press(app, pilot, "j", "y")
        shown = text_of(app).splitlines()
        # On the smallest screen the last lines are below those that leave a row of the table in sight.
        await press(app, pilot, "down", "down")
        await until(pilot, "the last line is in sight", lambda: "j JSON" in text_of(app))
        shown += text_of(app).splitlines()
        lines = {line.strip(" │▁▂▃▄▅▆▇█") for line in shown if "│" in line and "  " in line}
        starts = ["s  server id", "n  server name", "k  key pair", "t  task id", "e  error", "y  row as text"]
        starts += ["q  this view as a command", "j JSON   m Markdown   c hcloud command   p check script"]
        for start in starts:
            assert sum(line.startswith(start) for line in lines) == 1, start
        assert "─ Copy · reset on web-1 ─" in text_of(app)
        assert " press a letter to copy · Esc closes " in text_of(app)
        await press(app, pilot, "e")
        assert await until_said(app, pilot, "error") == "error: sent to the terminal (OSC 52)"
        assert app.screen is screen
        assert not any("copied" in message.casefold() for message in said(app))

    drive(listing(mixed(70)), body, size)


def test_the_menu_takes_what_is_marked_and_says_how_much(terminal: Path) -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        screen.bench = replace(screen.bench, marked=named(range(16)))
        await filter_by(app, pilot, "web-3")
        for _ in range(2):
            await press(app, pilot, "y")
            assert "Copy · 16 marked tasks, 14 hidden (Tab: only the one under the cursor)" in text_of(app)
            await press(app, pilot, "t")
            await until_said(app, pilot, "task id of 16 tasks: sent to the terminal (OSC 52)")
        await until_said(app, pilot, "also in")
        (kept,) = terminal.parent.glob("state/kps-tui/copies/*.txt")
        assert sorted(kept.read_text().split()) == [f"task-{number:06}" for number in range(16)]

    drive(listing(mixed(70)), body)


@pytest.mark.parametrize("size", [pytest.param((120, 36), marks=pytest.mark.full), (80, 24)])
def test_tab_switches_between_the_marked_tasks_and_the_one_under_the_cursor(size: tuple[int, int]) -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        screen.bench = replace(screen.bench, marked=named(range(16)))
        await press(app, pilot, "y")
        assert "─ Copy · 16 marked tasks (Tab: only the one under the cursor) ─" in text_of(app)
        assert re.search(r"s  server ids, a line each +\S+ … \+6 ", text_of(app))
        assert re.search(r"t  task ids, a line each +task-0000\d\d … \+15 ", text_of(app))
        assert re.search(r"e  errors, counted +\d+ × ", text_of(app))
        await press(app, pilot, "tab")
        assert "─ Copy · reset on web-0 (Tab: all 16 marked tasks) ─" in text_of(app)
        assert "… +" not in text_of(app)
        await press(app, pilot, "tab")
        assert "Copy · 16 marked tasks" in text_of(app)
        await press(app, pilot, "tab", "t")
        assert await until_said(app, pilot, "task id") == "task id: sent to the terminal (OSC 52)"

    drive(listing(mixed(70)), body, size)


def test_tab_does_nothing_where_there_is_only_one_choice_of_tasks() -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        for keys, title in ((), "Copy · reset on web-0 ─"), (("space", "k"), "Copy · 1 marked task ─"):
            await press(app, pilot, *keys, "y", "tab")
            assert title in text_of(app)
            await press(app, pilot, "escape")

    drive(listing(mixed(70)), body)


def test_what_there_is_not_can_not_be_chosen_and_esc_sends_nothing() -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        await press(app, pilot, "y", "k", "x")
        assert type(app.screen).__name__ == "CopyMenu"
        await press(app, pilot, "escape")
        assert app.screen is screen
        assert said(app) == []

    drive(listing([row(0, keypair_name=None)]), body)


def test_without_a_task_the_view_can_still_be_copied() -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        await filter_by(app, pilot, "nothing")
        await press(app, pilot, "Y", "e")
        assert said(app) == ["there is no task to write about", "there is nothing to export"]
        await press(app, pilot, "y", "j", "q")
        assert await until_said(app, pilot, "this view") == "this view: sent to the terminal (OSC 52)"

    drive(listing(mixed(7)), body)


def test_a_ticket_is_of_the_marked_tasks_and_the_same_again_is_also_a_file(terminal: Path) -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        await press(app, pilot, "space", "space", "Y")
        await until_said(app, pilot, "ticket of 2 tasks: sent to the terminal (OSC 52)")
        assert not list(terminal.parent.glob("state/**/*.txt"))
        await press(app, pilot, "Y")
        told = await until_said(app, pilot, "also in")
        (kept,) = terminal.parent.glob("state/kps-tui/copies/*.txt")
        assert str(kept) in told
        text = kept.read_text()
        assert "2 failed key-pair operations" in text
        assert "2 marked, all 70" in text
        assert "task-000001" in text
        assert "task-000002" not in text

    drive(listing(mixed(70)), body)


async def export_as(app: KpsApp, pilot: Pilot[int], name: str) -> None:
    """Type another file name, and press Enter."""
    await press(app, pilot, "ctrl+u")
    await write(app, pilot, name)
    await press(app, pilot, "enter")


def test_what_is_shown_is_written_for_the_owner_alone(terminal: Path) -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        await filter_by(app, pilot, "web-3")
        await press(app, pilot, "e")
        assert "─ Export · the 143 tasks shown ─" in text_of(app)
        assert "1,000 of 2,500 loaded" in text_of(app)
        assert "─ Enter exports · Esc closes ─" in text_of(app)
        await export_as(app, pilot, "out.json")
        assert app.screen is screen
        file = terminal / "out.json"
        assert said(app) == [f"Exported 143 tasks to {file}"]
        assert file.stat().st_mode & 0o777 == 0o600
        written = json.loads(file.read_text())
        assert (len(written["tasks"]), written["loaded"], written["complete"]) == (143, 1000, False)

    drive(listing(mixed(2500)), body)


def test_what_is_marked_is_written_also_where_the_filter_hides_it(terminal: Path) -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        screen.bench = replace(screen.bench, marked=named([1, 3]))
        await filter_by(app, pilot, "web-3")
        await press(app, pilot, "e")
        await export_as(app, pilot, "out.jsonl")
        lines = (terminal / "out.jsonl").read_text().splitlines()
        assert [json.loads(line)["task_id"] for line in lines] == ["task-000003", "task-000001"]

    drive(listing(mixed(70)), body)


def test_an_export_names_the_project_of_its_tasks_though_another_is_shown_meanwhile(terminal: Path) -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        project = screen.heading.project_id
        await press(app, pilot, "e")
        app.connection.switch_to(target_at(server.endpoint, "f" * 32, demo=True))
        await until(pilot, "the other project", lambda: screen.heading.demo)
        await export_as(app, pilot, "out.json")
        written = json.loads((terminal / "out.json").read_text())
        assert (written["project_id"], len(written["tasks"]), written["loaded"]) == (project, 7, 7)
        assert not written.get("demo")

    drive(listing(mixed(7)), body)


def test_a_file_that_is_there_is_not_replaced_unasked(terminal: Path) -> None:
    file = terminal / "out.csv"
    file.write_text("mine")

    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        await press(app, pilot, "e")
        await export_as(app, pilot, "out.csv")
        assert "“out.csv” already exists · Enter overwrites it, or type another name" in text_of(app)
        assert file.read_text() == "mine"
        await press(app, pilot, "enter")
        assert app.screen is screen
        assert file.read_text().count("\n") == 8
        assert file.stat().st_mode & 0o777 == 0o600

    drive(listing(mixed(7)), body)


def test_enter_twice_means_yes_only_to_the_question_that_was_asked(terminal: Path) -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        await press(app, pilot, "e")
        await export_as(app, pilot, "new/out.csv")
        assert "can't write “new/out.csv”" in text_of(app)
        (terminal / "new").mkdir()
        (terminal / "new" / "out.csv").write_text("mine")
        await press(app, pilot, "enter")
        assert "already exists" in text_of(app)
        assert (terminal / "new" / "out.csv").read_text() == "mine"

    drive(listing(mixed(7)), body)


def test_a_name_that_can_not_be_keeps_the_question_and_says_why(terminal: Path) -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        for name in ("out.txt", "csv", "", "out.", "~nobody-of-this-name/out.csv", "no/such/out.csv", "."):
            await press(app, pilot, "e")
            await export_as(app, pilot, name)
            await press(app, pilot, "enter")
            assert type(app.screen).__name__ == "Prompt", name
            assert "has no known extension" in text_of(app) or "can't write" in text_of(app), name
            await press(app, pilot, "escape")
            assert app.screen is screen, name

    drive(listing(mixed(7)), body)
    assert list(terminal.iterdir()) == []


def test_a_folder_that_is_gone_is_said_and_a_whole_path_works(terminal: Path) -> None:
    gone = terminal / "gone"

    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        await press(app, pilot, "e")
        assert "The folder where kps-tui was started no longer exists" in text_of(app)
        await export_as(app, pilot, "out.csv")
        assert "can't write “out.csv”: No such file or directory" in text_of(app)
        await export_as(app, pilot, str(terminal / "out.csv"))
        assert app.screen is screen

    gone.mkdir()
    os.chdir(gone)
    gone.rmdir()
    try:
        drive(listing(mixed(7)), body)
    finally:
        os.chdir(terminal)
    assert (terminal / "out.csv").read_text().count("\n") == 8


async def begin(app: KpsApp, pilot: Pilot[int]) -> Prompt:
    """Press Enter, and return the prompt while it writes."""
    prompt = app.screen
    assert isinstance(prompt, Prompt)
    await press_keys(app, "enter")
    await until(pilot, "it says that it is writing", lambda: "writing… · Esc stops" in text_of(app))
    return prompt


def test_a_fifo_that_the_user_names_is_written_as_it_is(terminal: Path) -> None:
    """More than a pipe holds is written: the prompt waits for the reader, and the screen is alive."""
    os.mkfifo(terminal / "out.csv")

    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        await press(app, pilot, "e")
        await export_as(app, pilot, "out.csv")
        assert "can't write “out.csv”: it is a pipe that no program reads" in text_of(app)
        reader = os.open(terminal / "out.csv", os.O_RDONLY | os.O_NONBLOCK)
        await begin(app, pilot)
        assert said(app) == [], "not all is written yet"
        with os.fdopen(reader) as file:
            os.set_blocking(reader, True)
            written = await run_async(file.read)
        assert written.count("\n") == 1001
        assert await until_said(app, pilot, "1,000 tasks") == f"Exported 1,000 tasks to {terminal / 'out.csv'}"
        assert app.screen is screen
        assert stat.S_ISFIFO((terminal / "out.csv").stat().st_mode)

    drive(listing(mixed(1000)), body)


def test_a_fifo_whose_reader_sleeps_leaves_the_screen_alive_and_esc_stops(terminal: Path) -> None:
    os.mkfifo(terminal / "out.csv")

    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        reader = os.open(terminal / "out.csv", os.O_RDONLY | os.O_NONBLOCK)
        await press(app, pilot, "e", "ctrl+u")
        await write(app, pilot, "out.csv")
        prompt = await begin(app, pilot)
        await press_keys(app, "x", "backspace", "enter", "escape")
        await until(pilot, "it has stopped", lambda: "stopped" in text_of(app) and not prompt.busy)
        assert prompt.is_current
        await press(app, pilot, "escape")
        assert screen.is_current
        assert said(app) == []
        os.close(reader)

    drive(listing(mixed(1000)), body)


def test_a_reader_of_a_fifo_that_goes_away_is_said(terminal: Path) -> None:
    os.mkfifo(terminal / "out.csv")

    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        reader = os.open(terminal / "out.csv", os.O_RDONLY | os.O_NONBLOCK)
        await press(app, pilot, "e", "ctrl+u")
        await write(app, pilot, "out.csv")
        await begin(app, pilot)
        os.close(reader)
        await until(pilot, "it is said", lambda: "can't write “out.csv”: Broken pipe" in text_of(app))

    drive(listing(mixed(1000)), body)


def test_a_device_that_the_user_names_is_written_as_it_is(terminal: Path) -> None:
    (terminal / "out.csv").symlink_to("/dev/null")

    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        await press(app, pilot, "e")
        await export_as(app, pilot, "out.csv")
        assert await until_said(app, pilot, "7 tasks") == "Exported 7 tasks to /dev/null"

    drive(listing(mixed(7)), body)
    assert (terminal / "out.csv").is_symlink()
    assert Path("/dev/null").is_char_device()


def test_a_view_that_can_not_be_saved_yet_leaves_the_screen_alive_and_esc_stops(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    views = tmp_path / "kps-tui" / "views.toml"

    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        with files.locked(views):
            await press(app, pilot, "V")
            await write(app, pilot, "mine")
            prompt = await begin(app, pilot)
            await press_keys(app, "escape")
            await until(pilot, "it has stopped", lambda: "stopped" in text_of(app) and not prompt.busy)
        await press(app, pilot, "enter")
        assert app.screen is screen
        assert "[views.mine]" in views.read_text()

    drive(listing(mixed(7)), body)


def test_a_ticket_under_a_filter_without_marks_says_that_it_is_of_one_task() -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        await filter_by(app, pilot, "web-3")
        await press(app, pilot, "Y")
        await until_said(app, pilot, "ticket of 1 task, not of the 10 that match (* marks them): sent to the terminal")
        await press(app, pilot, "asterisk", "Y")
        await until_said(app, pilot, "ticket of 10 tasks: sent to the terminal")

    drive(listing(mixed(70)), body)


def test_a_dialog_leaves_the_table_in_sight() -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        for key in ("y", "e", "V", "E"):
            await press(app, pilot, key)
            assert app.screen is not screen, key
            lines = text_of(app).splitlines()
            assert sum("timed out" in line or "login incorrect" in line for line in lines) >= 7, key
            assert "70 failed" in lines[-2], key
            await press(app, pilot, "escape")

    drive(listing(mixed(70)), body, (120, 36))
