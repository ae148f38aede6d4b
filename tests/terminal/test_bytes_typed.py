"""Bytes that are no text of the terminal's encoding, an error while they are read, and the size of the terminal."""

import sys

from tests.terminal.pty_run import FORKED, INSTALLED, Terminal, environment
from tests.terminal.test_life import assert_restored

TYPED_IN_GBK = b"\xca\xfd\xbe\xdd"


def test_bytes_that_are_no_utf_8_do_not_end_the_program() -> None:
    with Terminal([FORKED, "--demo"]) as terminal:
        terminal.shows("1,000 of 2,500 loaded")
        for data in (TYPED_IN_GBK, b"\xeaj", b"\x1b[M \xe8!", bytes(range(0x80, 0x100))):
            terminal.send(data)
            terminal.send("?")
            terminal.shows("Keys and commands")
            terminal.send("\x1b")
            terminal.until("the list", lambda text: "Keys and commands" not in text and "q Quit" in text)
        terminal.send("q")
        assert terminal.ended()[0] == 0
        assert b"Traceback" not in terminal.data
        assert_restored(terminal)


def test_what_is_typed_in_gb18030_arrives() -> None:
    with Terminal([INSTALLED, "--demo"], env=environment(LC_ALL="zh_CN.GB18030")) as terminal:
        terminal.until("the rows are there", lambda _: b"2,500" in terminal.data)
        terminal.until("texts are in Chinese", lambda _: "筛选".encode("gb18030") in terminal.data)
        terminal.send("/")
        terminal.send(TYPED_IN_GBK)
        terminal.until("the filter holds it", lambda _: TYPED_IN_GBK in terminal.data)
        terminal.send("\x03")
        assert terminal.ended()[0] == 130


FAILING = """
import sys
from kps_tui.cli.messages import crash_report
from kps_tui.kps.credentials import Secret, Token
from kps_tui.kps.endpoint import Endpoint
from kps_tui.session.place import Place
from kps_tui.session.session import Session
from kps_tui.session.target import Target
from kps_tui.ui.app import KpsApp

origin = Endpoint.parse("http://127.0.0.1:9")
target = Target(Place(origin, origin, "", "p"), Token.parse(Secret("canary-token"), "x"), "a test")
app = KpsApp(Session.on(target), report=crash_report)

class Failing(app.driver_class):
    def process_message(self, message):
        if getattr(message, "character", "") == ":":
            raise RuntimeError("canary-in-a-message")
        super().process_message(message)

app.driver_class = Failing
app.run(mouse=False)
sys.exit(app.return_code)
"""


def test_an_error_in_the_thread_that_reads_keys_is_one_line_and_exit_70() -> None:
    with Terminal([sys.executable, "-c", FAILING]) as terminal:
        terminal.shows("can't reach 127.0.0.1:9")
        terminal.send(":")
        assert terminal.ended()[0] == 70
        assert_restored(terminal)
        left = terminal.data[terminal.data.rindex(b"\x1b[?1049l") :]
        assert b"bug in kps-tui: RuntimeError at" in left
        assert b"canary" not in terminal.data
        assert b"Traceback" not in terminal.data


def test_esc_and_a_letter_in_one_packet_close_the_filter_and_sort() -> None:
    with Terminal([FORKED, "--demo"], columns=120) as terminal:
        terminal.shows("1,000 of 2,500 loaded")
        terminal.send("/abc")
        terminal.shows("/ abc")
        terminal.send("\x1bs")
        terminal.until("it sorts", lambda text: "TIME UTC ▲" in text and "/ abc" not in text)
        terminal.send("q")
        assert terminal.ended()[0] == 0


def test_the_environment_does_not_freeze_the_size() -> None:
    env = environment(COLUMNS="80", LINES="24")
    with Terminal([FORKED, "--demo"], columns=120, rows=36, env=env) as terminal:
        terminal.until("the last line is the footer", lambda _: "q Quit" in terminal.screen.display[35])
        terminal.resize(100, 30)
        terminal.until("the last line is the footer", lambda _: "q Quit" in terminal.screen.display[29])
        terminal.send("q")
        assert terminal.ended()[0] == 0
