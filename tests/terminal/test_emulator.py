"""The emulator that the terminal tests read."""

import pyte

from tests.terminal.emulator import Emulator


def shown(output: str) -> list[str]:
    screen = Emulator(4, 6)
    pyte.Stream(screen).feed(output)
    return [line.rstrip() for line in screen.display]


def test_a_cursor_below_the_scroll_region_stays_below_it() -> None:
    assert shown("\x1b[1;3r\x1b[5;1Ha\nb\x1b[Ac") == ["", "", "", "", "a c", " b"]
    assert shown("\x1b[1;3r\x1b[5;1Ha\n\n\nb") == ["", "", "", "", "a", " b"]


def test_a_cursor_above_the_scroll_region_stays_above_it() -> None:
    assert shown("\x1b[3;5r\x1b[2;1Ha\x1b[5Ab") == [" b", "a", "", "", "", ""]


def test_a_cursor_inside_stops_at_the_edges_and_scrolls_there() -> None:
    assert shown("\x1b[2;4r\x1b[3;1Ha\x1b[9Ab\x1b[9Bc") == ["", " b", "a", "  c", "", ""]
    assert shown("\x1b[2;4r\x1b[4;1Ha\nb") == ["", "", "a", " b", "", ""]


def test_a_wide_character_of_which_a_half_is_overwritten_is_gone() -> None:
    assert shown("重置\x1b[1;2Ha")[0] == " a置"
    assert shown("重置\x1b[1;3Hab")[0] == "重ab"
    assert shown("重置\x1b[1;1Hab")[0] == "ab置"
    assert shown("重置\x1b[1;1Habc")[0] == "abc"
    assert shown("重置\x1b[1;2H重")[0] == " 重"
    assert shown("重置\x1b[1;4H\x1b[K")[0] == "重"
    assert shown("\x1b[?7l重置\x1b[1;3Habcd")[0] == "重ad"
