"""A terminal without UTF-8: borders and marks in ASCII, and texts as far as its encoding allows."""

import ast
import io
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kps_tui.locations import styles
from kps_tui.terminal import encoding
from kps_tui.terminal.encoding import encoding_of, fit_to_locale
from kps_tui.terminal.width import cells, flush_right, pieces
from tests.terminal.pty_run import INSTALLED, Terminal, environment

PACKAGE = Path(encoding.__file__).parents[1]
SEQUENCE = re.compile(r"\x1b\[[0-9;?<>$]*[A-Za-z]")
GERMAN = {"LANG": "de_DE.ISO-8859-1"}


def written(text: str, environ: Mapping[str, str]) -> bytes:
    buffer = io.BytesIO()
    stream = io.TextIOWrapper(buffer, encoding="utf-8", newline="")
    fit_to_locale(stream, environ)
    stream.write(text)
    stream.flush()
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("environ", "name"),
    [
        ({}, ""),
        ({"LANG": "C"}, ""),
        ({"LANG": "POSIX"}, ""),
        ({"LANG": "de_DE"}, ""),
        ({"LANG": "C.UTF-8"}, "utf-8"),
        ({"LANG": "zh_CN.utf8"}, "utf-8"),
        ({"LANG": "en_US.UTF-8@euro"}, "utf-8"),
        ({"LANG": "zh_CN.GB18030"}, "gb18030"),
        ({"LANG": "de_DE.ISO-8859-15@euro"}, "iso8859-15"),
        ({"LANG": "de_DE.nonsense"}, ""),
        ({"LC_ALL": "C", "LANG": "C.UTF-8"}, ""),
        ({"LC_ALL": "", "LC_CTYPE": "C.UTF-8", "LANG": "C"}, "utf-8"),
        ({"LC_CTYPE": "C", "LANG": "C.UTF-8"}, ""),
        ({"LC_CTYPE": "UTF-8"}, "utf-8"),
        ({"LC_CTYPE": "UTF-8", "LANG": "en_US.UTF-8"}, "utf-8"),
        ({"LC_CTYPE": "utf8", "LANG": "C"}, "utf-8"),
        ({"LC_ALL": "C", "LC_CTYPE": "UTF-8"}, ""),
    ],
)
def test_the_encoding_that_a_locale_names(environ: dict[str, str], name: str) -> None:
    assert encoding_of(environ) == name


def test_with_utf_8_all_stays_as_it_is() -> None:
    text = "╭─ 密钥 ▲1 … · ✓ ● ─╮"
    assert written(text, {"LANG": "C.UTF-8"}) == text.encode()


def test_without_a_named_encoding_decorations_are_ascii_and_texts_are_not_touched() -> None:
    assert written("╭─ 密钥 ▲1 ✓ ● ─╮", {"LANG": "C"}) == "+- 密钥 ^1 v * -+".encode()


def test_what_a_named_encoding_lacks_is_a_question_mark_a_cell() -> None:
    assert written("│Größe 密钥│", GERMAN) == b"|Gr\xf6\xdfe ????|"


def test_in_an_east_asian_encoding_texts_stay_and_borders_take_one_cell() -> None:
    assert written("│密钥│", {"LANG": "zh_CN.GB18030"}) == b"|" + "密钥".encode("gb18030") + b"|"


@given(st.text(st.characters(exclude_categories=())), st.sampled_from([{}, {"LANG": "C.UTF-8"}, GERMAN]))
def test_no_character_stops_the_program(text: str, environ: dict[str, str]) -> None:
    written(text, environ)


@given(st.text(st.characters(exclude_categories=["C", "M"])))
def test_nothing_moves_to_another_cell(text: str) -> None:
    assert len(written(text, {"LANG": "en_US.US-ASCII"})) == sum(map(cells, text))


@pytest.mark.parametrize(
    ("text", "broken"),
    [
        ("", []),
        ("two  words", ["two  ", "words"]),
        (" indented", [" ", "indented"]),
        ("重启 sshd，再试", ["重", "启 ", "sshd，", "再", "试"]),
        ("（端口）。", ["（端", "口）。"]),
        ("“服务器”的IP", ["“服", "务", "器”", "的", "IP"]),
        ("，", ["，"]),
    ],
)
def test_a_line_may_be_broken_beside_chinese_but_not_before_its_punctuation(text: str, broken: list[str]) -> None:
    assert pieces(text) == broken


@given(st.text("a 中，（）“”b\u3000:", max_size=20))
def test_the_pieces_of_a_text_are_the_whole_text(text: str) -> None:
    assert "".join(pieces(text)) == text


def test_a_text_is_flush_right_by_its_cells() -> None:
    assert [flush_right(text, 5) for text in ("数量", "COUNT", "1,000,000")] == [" 数量", "COUNT", "1,000,000"]


def texts_of(source: str) -> Iterator[str]:
    """Return every string of a module except docstrings."""
    tree = ast.parse(source)
    documentation = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation:
            yield node.value


def our_characters() -> set[str]:
    """Return all non-ASCII characters in the strings of the UI and in the style sheets."""
    sources = [file.read_text(encoding="utf-8") for file in (PACKAGE / "ui").rglob("*.py")]
    sheets = [file.read_text(encoding="utf-8") for file in styles().glob("*.tcss")]
    texts = [*sheets, *(text for source in sources for text in texts_of(source))]
    return {character for text in texts for character in text if not character.isascii()}


def test_each_of_our_own_characters_has_something_in_ascii() -> None:
    ours = our_characters()
    assert len(ours) > 10
    # The full-width colon is only parsed, never shown.
    assert {character for character in ours if not written(character, {}).isascii()} <= {"："}


def drawn(**locale: str) -> str:
    """Return the screen, the help and the copy menu from a pseudo-terminal."""
    env = environment(**locale)
    if "LC_ALL" not in locale:
        del env["LC_ALL"]
    with Terminal([INSTALLED, "--demo", "--demo-tasks", "3"], columns=120, rows=36, env=env) as terminal:
        terminal.until("the rows are there", lambda _: b"3 failed" in terminal.data)
        for key, there in (
            ("?", b"Keys and commands"),
            ("\x1b", b"Key pair"),
            ("y", b"hcloud command"),
            ("\x1b", b"Key pair"),
        ):
            at = len(terminal.data)
            terminal.send(key)
            terminal.until(f"after {key!r}", lambda _, at=at, there=there: there in terminal.data[at:])  # type: ignore[misc]
        terminal.send("q")
        assert terminal.ended()[0] == 0
        return SEQUENCE.sub("", terminal.data.decode("utf-8"))


def test_on_a_terminal_without_utf_8_borders_and_marks_are_ascii() -> None:
    shown = drawn(LC_ALL="POSIX")
    assert sorted({character for character in shown if not character.isascii()}) == []
    assert "+- Keys and commands " in shown
    assert "TIME UTC v" in shown


def test_on_a_terminal_with_utf_8_they_are_lines() -> None:
    shown = drawn(LC_CTYPE="UTF-8")
    assert "╭─ Keys and commands " in shown
    assert "TIME UTC ▼" in shown


def test_at_least_is_never_more_than() -> None:
    assert written("≥ 1,000 failed, ≥2", {"LANG": "C"}) == b">=1,000 failed, >2"
