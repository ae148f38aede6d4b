"""The imports before the first frame, and the location of the style sheets."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from kps_tui.cli.screen import FRAMES_PER_SECOND
from tests.terminal.pty_run import INSTALLED, Terminal, environment

RECORDING = """
import json, sys
from pathlib import Path
from kps_tui.cli import main
record = Path(sys.argv.pop(1))
import kps_tui.ui.app as ui

class Recording(ui.KpsApp):
    def post_display_hook(self):
        if not record.exists():
            record.write_text(json.dumps(list(sys.modules)))
        super().post_display_hook()

ui.KpsApp = Recording
main()
"""
"""The program, which writes the names of all imported modules when it has written the first frame."""
FRAMES = """
import atexit, sys
from pathlib import Path
from kps_tui.cli import main
record = Path(sys.argv.pop(1))
atexit.register(lambda: record.write_text(str(sys.modules["textual.constants"].MAX_FPS)))
main()
"""
"""The program, which writes at its end how many frames a second Textual draws at most."""
MINIMAL = """
import json, sys
from textual.app import App
from textual.widgets import DataTable, Input, OptionList, Static
import textual.drivers.linux_driver, textual.scrollbar
print(json.dumps(list(sys.modules)))
"""
LATER = (
    *("identity.vault", "identity.backends", "identity.vendor", "identity.stored", "session.sign_in", "kps.transport"),
    *("kps.client", "kps.auth", "kps.iam", "kps.signing", "doctor", "demo", "storage.database", "ui.screens.dialogs."),
    *("triage.ticket", "triage.copies", "cli.listing", "cli.login", "cli.profiles", "cli.doctor"),
)
"""Modules of ours that are imported after the first frame, by the beginning of their names."""
MOST = 159
"""The most modules of ours that are imported before the first frame."""


def test_before_the_first_frame_nothing_is_imported_that_it_does_not_show(tmp_path: Path) -> None:
    record = tmp_path / "modules"
    named = {"KPS_TUI_ENDPOINT": "http://127.0.0.1:9", "KPS_TUI_PROJECT_ID": "p", "KPS_TUI_TOKEN": "t"}
    command = [sys.executable, "-c", RECORDING, str(record)]
    with Terminal(command, env=environment(XDG_STATE_HOME=str(tmp_path), **named)) as terminal:
        terminal.shows("can't reach 127.0.0.1:9")
        terminal.send("q")
        terminal.ended()
    minimal = subprocess.run([sys.executable, "-c", MINIMAL], capture_output=True, check=True, timeout=60)
    modules = set(json.loads(record.read_text())) - set(json.loads(minimal.stdout))
    packages = {name.partition(".")[0] for name in modules}
    assert packages - sys.stdlib_module_names - {"textual", "rich", "__main__"} == {"click", "kps_tui"}
    assert {name for name in modules if name.startswith(("asyncio", "sqlite3", "csv", "http", "logging"))} == set()
    ours = {name.partition(".")[2] for name in modules if name.startswith("kps_tui.")}
    assert {name for name in ours if name.startswith(LATER)} == set()
    assert len(ours) <= MOST


@pytest.mark.parametrize(("given", "used"), [({}, FRAMES_PER_SECOND), ({"TEXTUAL_FPS": "30"}, 30)])
def test_the_second_frame_of_a_key_does_not_wait(tmp_path: Path, given: dict[str, str], used: int) -> None:
    record = tmp_path / "frames"
    command = [sys.executable, "-c", FRAMES, str(record), "--demo"]
    with Terminal(command, env=environment(XDG_STATE_HOME=str(tmp_path), **given)) as terminal:
        terminal.shows("2,500 failed")
        terminal.send("q")
        terminal.ended()
    assert int(record.read_text()) == used


@pytest.mark.skipif(
    "KPS_TUI_WHEEL_COMMAND" not in os.environ, reason="needs the wheel in an environment of its own: .ci/run makes one"
)
def test_the_wheel_holds_its_style_sheets() -> None:
    command = os.environ["KPS_TUI_WHEEL_COMMAND"]
    (package,) = Path(command).parent.parent.glob("lib/python3*/site-packages/kps_tui")
    checkout = Path(__file__).parent.parent.parent / "styles"
    assert {path.name for path in (package / "styles").glob("*.tcss")} == {
        path.name for path in checkout.glob("*.tcss")
    }
    with Terminal([command, "--demo"], env=environment()) as terminal:
        terminal.shows("1,000 of 2,500 loaded")
        terminal.send("q")
        assert terminal.ended()[0] == 0


@pytest.mark.skipif(
    "KPS_TUI_WHEEL_COMMAND" not in os.environ, reason="needs the wheel in an environment of its own: .ci/run makes one"
)
def test_the_wheel_has_runbook_script_and_translations() -> None:
    command = os.environ["KPS_TUI_WHEEL_COMMAND"]
    said = subprocess.run([command, "why", "KPS.4016"], capture_output=True, text=True, check=True).stdout
    assert "there is no such key pair" in said
    script = subprocess.run(
        [command, "why", "x", "--op", "bind", "--script"], capture_output=True, text=True, check=True
    )
    assert "check_authorized_keys" in script.stdout
    chinese = [command, "--lang", "zh_CN", "why", "KPS.4016"]
    said = subprocess.run(chinese, capture_output=True, text=True, check=True).stdout
    assert re.search("[\u4e00-\u9fff]", said)


@pytest.mark.skipif(
    "KPS_TUI_WHEEL_COMMAND" not in os.environ, reason="needs the wheel in an environment of its own: .ci/run makes one"
)
def test_the_wheel_puts_its_manual_where_man_finds_it() -> None:
    installed = Path(os.environ["KPS_TUI_WHEEL_COMMAND"]).parent.parent / "share" / "man"
    source = Path(__file__).parents[2] / "man"
    for language in ("", "zh_CN"):
        page = installed / language / "man1" / "kps-tui.1"
        assert page.read_bytes() == (source / language / "kps-tui.1").read_bytes()


def test_the_checkout_reads_its_own_style_sheets() -> None:
    with Terminal([INSTALLED, "--demo"]) as terminal:
        terminal.shows("1,000 of 2,500 loaded")
        terminal.send("q")
        assert terminal.ended()[0] == 0
    from kps_tui.locations import styles

    assert styles() == Path(__file__).parent.parent.parent / "styles"
