"""The imports before the first frame, and the location of the style sheets."""

import json
import os
import sys
from pathlib import Path

import pytest

from tests.terminal.pty_run import INSTALLED, Terminal, environment

RECORDING = """
import json, sys
from pathlib import Path
from kps_tui.kps.credentials import Secret, Token
from kps_tui.kps.endpoint import Endpoint
from kps_tui.session.place import Place
from kps_tui.session.target import Target
from kps_tui.ui.app import KpsApp
from kps_tui.session.session import Session

class Recording(KpsApp):
    def on_mount(self):
        super().on_mount()
        Path(sys.argv[1]).write_text(json.dumps([name for name in sys.modules if "." not in name]))

origin = Endpoint.parse("http://127.0.0.1:9")
target = Target(Place(origin, origin, "", "p"), Token.parse(Secret("t"), "x"), "a test")
Recording(Session.on(target)).run(mouse=False)
"""


def test_before_the_first_frame_nothing_slow_is_imported(tmp_path: Path) -> None:
    record = tmp_path / "modules"
    with Terminal([sys.executable, "-c", RECORDING, str(record)]) as terminal:
        terminal.shows("can't reach 127.0.0.1:9")
        terminal.send("q")
        terminal.ended()
    modules = set(json.loads(record.read_text()))
    assert "textual" in modules
    assert modules & {"httpx", "httpcore", "keyring", "markdown_it", "sqlite3", "kps_tui.kps.client"} == set()


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


def test_the_checkout_reads_its_own_style_sheets() -> None:
    with Terminal([INSTALLED, "--demo"]) as terminal:
        terminal.shows("1,000 of 2,500 loaded")
        terminal.send("q")
        assert terminal.ended()[0] == 0
    from kps_tui.locations import styles

    assert styles() == Path(__file__).parent.parent.parent / "styles"
