"""A secret at the prompt: of any length, pasted over several lines, and the terminal as it was whatever happens."""

import hashlib
import os
import pty
import select
import signal
import sys
import termios
import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kps_tui.terminal.secret_prompt import LONGEST, TooLong, Typed

DEADLINE = 30.0
PROGRAM = """
import hashlib, sys
from kps_tui.terminal.secret_prompt import ask_secret
try:
    text = ask_secret("Token")
except EOFError:
    print("nothing", flush=True)
else:
    print(len(text), hashlib.sha256(text.encode()).hexdigest(), flush=True)
"""


def typed(*parts: bytes) -> Typed:
    result = Typed()
    for part in parts:
        result.feed(part)
    return result


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"abc\r", "abc"),
        (b"abc\n", "abc"),
        (b"abx\x7fc\r", "abc"),
        ("ab密\x08c\r".encode(), "abc"),
        (b"wrong\x15abc\r", "abc"),
        (b"\x1b[Aab\x1b[1;5Cc\x1bOP\r", "abc"),
        (b"\x1bxabc\r", "abc"),
        (b"\x1b[200~ab\r\n  c\n\x1b[201~\r", "abc"),
        (b"\r\nabc\r", "abc"),
        (b"ab\rc\r", "abc"),
        ("密钥\r".encode(), "密钥"),
        (b"\r", ""),
    ],
)
def test_what_is_typed_or_pasted_is_one_text(data: bytes, text: str) -> None:
    assert typed(data).text() == text
    assert typed(*(bytes([byte]) for byte in data)).text() == text
    assert typed(data).is_entered


def test_a_line_end_inside_a_marked_paste_is_no_enter() -> None:
    assert not typed(b"\x1b[200~abc\r").is_entered
    assert not typed(b"\x1b[200~abc\r\x1b[201~").is_entered
    assert typed(b"\x1b[200~abc\r\x1b[201~", b"\r").is_entered


def test_ctrl_d_ends_it_only_before_anything_is_typed() -> None:
    assert typed(b"\x04").is_aborted
    assert not typed(b"a\x04").is_aborted


def test_too_much_is_refused() -> None:
    assert len(typed(b"x" * LONGEST).text()) == LONGEST
    with pytest.raises(TooLong):
        typed(b"x" * LONGEST, b"x")


@given(st.binary(max_size=200))
def test_any_bytes_are_taken(data: bytes) -> None:
    try:
        text = typed(data).text()
    except UnicodeDecodeError:
        return
    assert "\n" not in text
    assert "\x1b[201~" not in text


class Prompt:
    """The prompt in a terminal of its own."""

    def __init__(self) -> None:
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.execv(sys.executable, [sys.executable, "-c", PROGRAM])
        self.output = b""
        self.until(b"Token: ")

    def until(self, part: bytes) -> bytes:
        """Read until the program has written `part`."""
        end = time.monotonic() + DEADLINE
        while part not in self.output:
            ready, _, _ = select.select([self.terminal], [], [], max(0.0, end - time.monotonic()))
            assert ready, f"not within {DEADLINE:g} s: {part!r} in {self.output!r}"
            try:
                self.output += os.read(self.terminal, 65_536)
            except OSError:
                break
        assert part in self.output, self.output
        return self.output

    def send(self, data: bytes) -> None:
        while data:
            data = data[os.write(self.terminal, data[:1024]) :]

    @property
    def echoes(self) -> bool:
        """Whether the terminal shows and edits lines as a shell expects it."""
        flags = termios.tcgetattr(self.terminal)[3]
        return bool(flags & termios.ECHO) and bool(flags & termios.ICANON)

    def ended(self) -> int:
        """Wait for the end and return the code: negative for a signal."""
        end = time.monotonic() + DEADLINE
        while time.monotonic() < end:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.pid = 0
                return os.waitstatus_to_exitcode(status)
            select.select([self.terminal], [], [], 0.05)
        raise AssertionError("it did not end")

    def close(self) -> None:
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self.terminal)


@pytest.fixture
def prompt() -> Iterator[Prompt]:
    prompt = Prompt()
    try:
        yield prompt
    finally:
        prompt.close()


def answer(text: str) -> bytes:
    return f"{len(text)} {hashlib.sha256(text.encode()).hexdigest()}".encode()


@pytest.mark.parametrize("length", [100, 4095, 4096, 4200, 20_000])
def test_a_secret_may_be_longer_than_a_line_of_the_terminal(prompt: Prompt, length: int) -> None:
    secret = ("0123456789abcdef" * 2000)[:length]
    assert not prompt.echoes
    prompt.send(secret.encode() + b"\r")
    assert secret.encode() not in prompt.until(answer(secret))
    assert prompt.ended() == 0
    assert prompt.echoes


@pytest.mark.parametrize("data", [b"\x1b[200~one\r two\r\x1b[201~\r", b"one\r\n two\r\n", b"\r\none\rtwo\r"])
def test_a_secret_pasted_over_several_lines_is_joined_and_nothing_is_left_for_the_shell(
    prompt: Prompt, data: bytes
) -> None:
    prompt.send(data)
    prompt.until(answer("onetwo"))
    assert prompt.ended() == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGINT])
def test_a_signal_leaves_the_terminal_with_its_echo(prompt: Prompt, number: signal.Signals) -> None:
    prompt.send(b"half a secr")
    os.kill(prompt.pid, number)
    assert prompt.ended() in (-number, 1)
    assert prompt.echoes


def test_ctrl_d_types_nothing(prompt: Prompt) -> None:
    prompt.send(b"\x04")
    prompt.until(b"nothing")
    assert prompt.ended() == 0
    assert prompt.echoes
