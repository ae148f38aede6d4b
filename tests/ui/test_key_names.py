"""Names of keys: as users write them, as Textual names them, as they are shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual._xterm_parser import XTermParser
from textual.events import Key

from kps_tui.ui.key_names import shown, textual_key


@pytest.mark.parametrize(
    ("written", "key", "seen"),
    [
        ("ctrl+r", "ctrl+r", "Ctrl+R"),
        ("Ctrl+R", "ctrl+r", "Ctrl+R"),
        ("CTRL-r", "ctrl+r", "Ctrl+R"),
        ("ctrl+]", "ctrl+right_square_bracket", "Ctrl+]"),
        ("F5", "f5", "F5"),
        ("G", "G", "G"),
        ("shift+g", "G", "G"),
        ("g", "g", "g"),
        ("é", "é", "é"),
        ("?", "question_mark", "?"),
        ("question_mark", "question_mark", "?"),
        ("/", "slash", "/"),
        ("slash", "slash", "/"),
        ("-", "minus", "-"),
        ("+", "plus", "+"),
        ("@", "at", "@"),
        ("at", "at", "@"),
        (":", "colon", ":"),
        ("comma", "comma", ","),
        ("space", "space", "Space"),
        (" Space ", "space", "Space"),
        ("Esc", "escape", "Esc"),
        ("Return", "enter", "Enter"),
        ("PgDn", "pagedown", "PgDn"),
        ("Page Up", "pageup", "PgUp"),
        ("page-up", "pageup", "PgUp"),
        ("↓", "down", "↓"),
        ("Left", "left", "←"),
        ("Home", "home", "Home"),
        ("del", "delete", "Del"),
        ("shift+tab", "shift+tab", "Shift+Tab"),
        ("Shift+Ctrl+PgUp", "ctrl+shift+pageup", "Ctrl+Shift+PgUp"),
        ("alt+x", "alt+x", "Alt+X"),
        ("alt+X", "alt+shift+x", "Alt+Shift+X"),
        ("Alt+Shift+x", "alt+shift+x", "Alt+Shift+X"),
        ("alt+5", "alt+5", "Alt+5"),
    ],
)
def test_a_key_is_known_as_people_write_it(written: str, key: str, seen: str) -> None:
    assert textual_key(written) == key
    assert shown(key) == seen


@pytest.mark.parametrize(
    "written",
    [
        *("", " ", "foo", "f0", "f21", "ctrl", "ctrl+", "hyper+x", "\x1b", "\u0301", "\u202e", "«"),
        *("ctrl++", "ctrl+1", "ctrl+?", "ctrl+shift+r", "ctrl+alt+r", "ctrl+i", "ctrl+m", "ctrl+h", "ctrl+enter"),
        *("shift+1", "shift+é", "alt+?", "alt+f5"),
    ],
)
def test_what_no_terminal_sends_is_no_key(written: str) -> None:
    assert textual_key(written) == ""


NAMED = sorted({key.value for keys in ANSI_SEQUENCES_KEYS.values() if isinstance(keys, tuple) for key in keys})


def heard(sequence: str) -> list[str]:
    """Return the keys that Textual parses from what the terminal sends."""
    return [event.key for event in XTermParser().feed(sequence) if isinstance(event, Key)]


@pytest.mark.parametrize("written", ["F1", "F20", "PgDn", "Home", "Del", "Ins", "Backspace", "Tab", "Shift+Tab"])
def test_named_keys_are_among_those_that_terminals_send(written: str) -> None:
    assert textual_key(written) in NAMED


@given(st.sampled_from([*"abcdefghijklmnopqrstuvwxyz[]\\^_@123 /"]))
def test_a_key_with_ctrl_is_one_that_terminals_send(key: str) -> None:
    if found := textual_key(f"ctrl+{key}"):
        assert found in NAMED


@given(st.characters(exclude_categories=("C", "Z", "M")))
def test_a_character_is_called_as_textual_hears_it(character: str) -> None:
    if character not in "↑↓←→" and (found := textual_key(character)):
        assert heard(character) == [found]
        assert shown(found) == character


@given(st.text(max_size=12) | st.text(alphabet=st.sampled_from("ctrlaltshift+- _fF12pgdnUup?"), max_size=12))
def test_any_text_is_a_key_that_is_known_again_or_none(text: str) -> None:
    found = textual_key(text)
    if found:
        assert textual_key(shown(found)) == found
        assert textual_key(found) == found
