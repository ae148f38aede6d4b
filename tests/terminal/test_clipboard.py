"""The ways to the clipboard: OSC 52, a real tmux, and the messages if neither works."""

import base64
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic

import pytest

from kps_tui.terminal.clipboard import BASE64_LIMIT, LIMIT, TMUX_SECONDS, Sent, clipboard_method, send
from tests.terminal.tmux import Tmux

TERMINAL = {"TERM": "xterm-256color"}
TEXT = "web-01  密钥 ' \" $(x) \\ #{pid}\nsecond line\n"


class Screen:
    """Records what is written to a terminal."""

    def __init__(self) -> None:
        self.data = ""

    def write(self, text: str) -> None:
        self.data += text


@pytest.fixture
def tmux(tmp_path: Path) -> Iterator[Tmux]:
    with Tmux(tmp_path / "inner") as server:
        yield server


def program(folder: Path, script: str) -> Callable[[str], str]:
    """Create a fake `tmux` that runs this script."""
    path = folder / "tmux"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o700)
    return lambda name: str(path)


def sent_to(find: Callable[[str], str | None], text: str = TEXT) -> Sent:
    """Send a text inside tmux, and check that nothing is written to the terminal directly."""
    screen = Screen()
    sent = send(text, TERMINAL | {"TMUX": "/nowhere,1,0", "PATH": "/usr/bin:/bin"}, screen.write, find)
    assert screen.data == ""
    assert "copied" not in sent.says
    assert sent.says.isprintable()
    return sent


# A terminal


def test_a_terminal_gets_the_text_in_a_sequence_and_nothing_else() -> None:
    screen = Screen()
    sent = send(TEXT, TERMINAL, screen.write, lambda name: None)
    assert sent == ("OSC 52", "sent to the terminal (OSC 52)")
    assert sent.sent
    before, after = "\x1b]52;c;", "\x07"
    assert screen.data.startswith(before)
    assert screen.data.endswith(after)
    assert base64.b64decode(screen.data[len(before) : -len(after)], validate=True).decode() == TEXT


@pytest.mark.parametrize("environ", [{}, {"TERM": "dumb"}, {"TERM": "linux"}, TERMINAL | {"STY": "1.pts"}])
def test_a_terminal_without_a_clipboard_gets_nothing(environ: dict[str, str]) -> None:
    screen = Screen()
    sent = send(TEXT, environ, screen.write, lambda name: "/usr/bin/tmux")
    assert (sent, sent.sent, screen.data) == (("none", "this terminal has no clipboard"), False, "")


def test_as_much_is_sent_as_a_terminal_takes_and_no_byte_more() -> None:
    screen = Screen()
    assert send("x" * LIMIT, TERMINAL, screen.write).sent
    encoded = screen.data.removeprefix("\x1b]52;c;").removesuffix("\x07")
    assert BASE64_LIMIT - 4 < len(encoded) <= BASE64_LIMIT
    screen = Screen()
    assert send("x" * (LIMIT + 1), TERMINAL, screen.write) == (
        "none",
        "too large for the terminal: 57 kB, the limit is 56 kB",
    )
    assert send("密" * 40_000, TERMINAL, screen.write).says == "too large for the terminal: 120 kB, the limit is 56 kB"
    assert screen.data == ""


def test_nothing_is_not_sent() -> None:
    screen = Screen()
    assert send("", TERMINAL, screen.write) == ("none", "nothing to send")
    assert screen.data == ""


def test_half_a_character_does_no_harm() -> None:
    screen = Screen()
    assert send("a\ud83db", TERMINAL, screen.write).sent
    assert base64.b64encode(b"a?b").decode() in screen.data


# A real tmux


def test_tmux_gets_the_text(tmux: Tmux) -> None:
    screen = Screen()
    sent = send(TEXT, tmux.environ, screen.write)
    assert sent == ("tmux load-buffer -w", "sent to the terminal (tmux)")
    assert (tmux.buffer(), screen.data) == (TEXT, "")


def test_tmux_gets_a_text_of_the_largest_size_only(tmux: Tmux) -> None:
    screen = Screen()
    assert send("x" * LIMIT, tmux.environ, screen.write).sent
    assert len(tmux.buffer()) == LIMIT
    assert not send("y" * (LIMIT + 1), tmux.environ, screen.write).sent
    assert tmux.buffer() == "x" * LIMIT


def test_the_terminal_around_tmux_gets_the_text(tmp_path: Path, tmux: Tmux) -> None:
    """The terminal is another tmux, which stores the text it gets."""
    with Tmux(tmp_path / "outer") as outer:
        outer.run("set-option", "-s", "set-clipboard", "on")
        outer.run("new-window", f"env -u TMUX tmux -S {tmux.socket} attach-session")
        tmux.until("a client is attached", lambda: tmux.run("list-clients") != "")
        assert send(TEXT, tmux.environ, Screen().write).sent
        outer.until("the text arrived", lambda: outer.buffer() == TEXT)


def test_a_tmux_that_is_gone_is_said(tmux: Tmux) -> None:
    tmux.run("kill-server")
    screen = Screen()
    sent = send(TEXT, tmux.environ, screen.write)
    assert not sent.sent
    assert sent.says.startswith("tmux rejected it: ")
    assert "server" in sent.says or "connect" in sent.says
    assert screen.data == ""


# Other behaviours of tmux


def test_inside_tmux_without_its_program_nothing_is_sent() -> None:
    assert clipboard_method(TERMINAL | {"TMUX": "/nowhere,1,0"}, lambda name: None) == "none"
    assert sent_to(lambda name: None) == ("none", "this terminal has no clipboard")


def test_an_old_tmux_keeps_the_text_and_that_is_said(tmp_path: Path) -> None:
    takes = f'[ "$*" = "load-buffer -" ] && exec cat > {tmp_path}/buffer'
    sent = sent_to(program(tmp_path, f'{takes}\necho "usage: load-buffer [-b name] path" >&2\nexit 1'))
    assert sent.sent
    assert "tmux only" in sent.says
    assert (tmp_path / "buffer").read_text() == TEXT


def test_a_tmux_that_does_not_answer_is_given_up(tmp_path: Path) -> None:
    begin = monotonic()
    sent = sent_to(program(tmp_path, f"echo asked >> {tmp_path}/asked; sleep 10"))
    assert monotonic() - begin < 3 * TMUX_SECONDS
    assert (tmp_path / "asked").read_text() == "asked\n"
    assert sent == ("none", "tmux rejected it: no answer in 2 s")


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("exit 3", "it ended with 3"),
        ("printf 'lost \\033[31mserver\\n' >&2; exit 1", "lost ␛[31mserver"),
        ("echo load-buffer: no; exit 1", "it ended with 1"),
        ("echo 'load-buffer: never' >&2; exit 1", "load-buffer: never"),
    ],
)
def test_why_tmux_did_not_take_it(tmp_path: Path, script: str, why: str) -> None:
    assert sent_to(program(tmp_path, script)) == ("none", f"tmux rejected it: {why}")


def test_a_program_that_cannot_run_is_said(tmp_path: Path) -> None:
    assert sent_to(lambda name: str(tmp_path / "gone")).says == "tmux rejected it: No such file or directory"


def test_no_shell_reads_the_text(tmp_path: Path) -> None:
    assert shutil.which("touch")
    find = program(tmp_path, f'printf "%s\\n" "$@" > {tmp_path}/arguments; exec cat > {tmp_path}/input')
    text = f"$(touch {tmp_path}/ran) `touch {tmp_path}/ran`; touch {tmp_path}/ran\n"
    assert sent_to(find, text).sent
    assert (tmp_path / "arguments").read_text() == "load-buffer\n-w\n-\n"
    assert (tmp_path / "input").read_text() == text
    assert not (tmp_path / "ran").exists()
