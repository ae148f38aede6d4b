"""Delivering a copy: to a real tmux, as OSC 52, and to a file when repeated."""

import asyncio
import base64
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from kps_tui.ui.delivery import AGAIN_SECONDS, Delivery
from tests.terminal.tmux import Tmux

TERMINAL = {"TERM": "xterm-256color"}


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "state" / "copies"


def sent(data: str) -> str:
    """Return the text in an OSC 52 sequence."""
    assert data.startswith("\x1b]52;c;")
    assert data.endswith("\x07")
    return base64.b64decode(data[7:-1]).decode()


def test_outside_tmux_the_terminal_gets_osc_52_and_the_words_promise_no_more(folder: Path) -> None:
    written: list[str] = []
    said, is_well = asyncio.run(Delivery(written.append, TERMINAL, folder).deliver("error", "密钥 failed\n"))
    assert [sent(data) for data in written] == ["密钥 failed\n"]
    assert said == "error: sent to the terminal (OSC 52)"
    assert is_well
    assert not folder.exists()


def test_in_tmux_the_text_is_in_its_buffer_and_nothing_is_written_to_the_terminal(tmp_path: Path, folder: Path) -> None:
    written: list[str] = []
    with Tmux(tmp_path / "s") as tmux:
        delivery = Delivery(written.append, tmux.environ, folder)
        said, is_well = asyncio.run(delivery.deliver("row", "one\ntwo"))
        tmux.until("the text arrived", lambda: tmux.buffer() == "one\ntwo")
    assert said == "row: sent to the terminal (tmux)"
    assert is_well
    assert written == []


def test_in_a_tmux_that_is_gone_it_says_so_and_names_a_file(tmp_path: Path, folder: Path) -> None:
    with Tmux(tmp_path / "s") as tmux:
        environ = tmux.environ
    said, is_well = asyncio.run(Delivery(lambda _: None, environ, folder).deliver("row", "text"))
    assert said.startswith("row: tmux rejected it: ")
    (kept,) = folder.iterdir()
    assert said.endswith(f" · also in {kept}")
    assert kept.read_text() == "text"
    assert is_well


def test_the_same_copy_soon_after_is_also_a_file_of_the_owner_alone(folder: Path) -> None:
    written: list[str] = []
    clock = Clock()
    delivery = Delivery(written.append, TERMINAL, folder, clock)
    asyncio.run(delivery.deliver("ticket", "# text"))
    clock.now += AGAIN_SECONDS - 1
    said, is_well = asyncio.run(delivery.deliver("ticket", "# text"))
    assert len(written) == 2
    (kept,) = folder.iterdir()
    assert said == f"ticket: sent to the terminal (OSC 52) · also in {kept}"
    assert is_well
    assert kept.read_text() == "# text"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.parametrize(("text", "seconds"), [("other", 1), ("same", AGAIN_SECONDS), ("same", 3600)])
def test_another_copy_or_the_same_much_later_is_no_file(folder: Path, text: str, seconds: float) -> None:
    clock = Clock()
    delivery = Delivery(lambda _: None, TERMINAL, folder, clock)
    asyncio.run(delivery.deliver("row", "same"))
    clock.now += seconds
    said, _is_well = asyncio.run(delivery.deliver("row", text))
    assert said == "row: sent to the terminal (OSC 52)"
    assert not folder.exists()


@pytest.mark.parametrize(
    ("environ", "text", "said"),
    [({"TERM": "linux"}, "text", "has no clipboard"), (TERMINAL, "x" * 100_000, "too large for the terminal")],
)
def test_what_can_not_be_sent_is_a_file_at_once(folder: Path, environ: dict[str, str], text: str, said: str) -> None:
    written: list[str] = []
    words, is_well = asyncio.run(Delivery(written.append, environ, folder).deliver("row", text))
    assert said in words
    assert is_well
    assert written == []
    (kept,) = folder.iterdir()
    assert kept.read_text() == text


def test_nothing_is_neither_sent_nor_written(folder: Path) -> None:
    said, is_well = asyncio.run(Delivery(lambda _: None, TERMINAL, folder).deliver("row", ""))
    assert (said, is_well) == ("row: nothing to send", False)
    assert not folder.exists()


def test_a_folder_that_can_not_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file")
    delivery = Delivery(lambda _: None, {"TERM": "linux"}, tmp_path / "state" / "copies")
    said, is_well = asyncio.run(delivery.deliver("row", "text"))
    assert "no file could be written: " in said
    assert os.strerror(20) in said or os.strerror(17) in said
    assert not is_well


STUCK = """
import asyncio, sys, threading
from kps_tui.ui.delivery import Delivery
stuck = threading.Event()
def write(sequence):
    stuck.set()
    threading.Event().wait()
async def go():
    delivering = asyncio.create_task(Delivery(write, {"TERM": "xterm"}).deliver("error", "text"))
    while not stuck.is_set():
        await asyncio.sleep(0.01)
    delivering.cancel()
asyncio.run(go())
print("ended")
"""
"""A run without any request, as with `--offline`, in a terminal that no longer reads."""


def test_a_terminal_that_does_not_read_does_not_delay_the_end_of_an_offline_run() -> None:
    done = subprocess.run([sys.executable, "-c", STUCK], capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "ended\n", "")


def test_a_tmux_on_the_near_side_is_said_once(folder: Path) -> None:
    delivery = Delivery(lambda _: None, {"TERM": "tmux-256color", "SSH_CONNECTION": "a b c d"}, folder)
    said = [asyncio.run(delivery.deliver("error", text))[0] for text in ("one", "two")]
    assert said == [
        "error: sent to the terminal (OSC 52) · your tmux passes it on only after: tmux set -s set-clipboard on",
        "error: sent to the terminal (OSC 52)",
    ]
