"""The shortest output shows the same as Textual's own, in terminals that erase and measure in different ways."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kps_tui.ui.wire.cell import terminals_agree
from kps_tui.ui.wire.wire import BEGIN, END, Wire
from tests.ui.wire.emulator import Emulator, as_textual

WIDTH, HEIGHT = 24, 9
ASCII, WIDE, RIGHT_TO_LEFT = "ab  c|", "订单服务器", "שלוםسلام"
COMBINED = ["e\u0301", "a\u0308\u0323"]
EMOJI = ["🔑", "✅", "👩\u200d💻", "❤\ufe0f", "🇨🇳", "👍🏽", "\U0001fae9", "1\ufe0f\u20e3"]
WHOLE = "".join(f"\x1b[{row};1H{' ' * WIDTH}" for row in range(1, HEIGHT + 1)) + "\x1b[1;1H"
"""Paints every cell."""

styles = st.builds(
    lambda attributes, foreground, background: ";".join([*attributes, *foreground, *background]),
    st.lists(st.sampled_from("1234579"), unique=True, max_size=2),
    st.sampled_from([[], ["31"], ["97"], ["38;5;120"], ["38;2;1;2;3"]]),
    st.sampled_from([[], [], ["44"], ["107"], ["48;2;9;8;7"]]),
)
certain = st.text(st.sampled_from(ASCII + WIDE + RIGHT_TO_LEFT), min_size=1, max_size=WIDTH)
uncertain = st.lists(st.sampled_from([*ASCII, *WIDE, *COMBINED, *EMOJI]), min_size=1, max_size=WIDTH).map("".join)


def updates_of(texts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Updates as Textual writes them: pieces of styled text, each at a position, and at the end that of the cursor."""
    position = st.builds("\x1b[{};{}H".format, st.integers(1, HEIGHT), st.integers(1, WIDTH))
    styled = st.builds(lambda style, text: f"\x1b[{style}m{text}\x1b[0m" if style else text, styles, texts)
    pieces = st.lists(st.builds(lambda at, parts: at + "".join(parts), position, st.lists(styled, max_size=4)))
    return st.builds(lambda pieces, cursor: "".join(pieces) + cursor, pieces, position)


@given(st.lists(updates_of(certain), max_size=6), st.booleans())
def test_every_update_shows_what_textual_would_show(updates: list[str], erases_with_colour: bool) -> None:
    plain, short = (Emulator(WIDTH, HEIGHT, erases_with_colour) for _ in range(2))
    wire = Wire(WIDTH, HEIGHT)
    for text in [WHOLE, *updates]:
        plain.feed(text)
        short.feed(wire.translate([text]))
        assert short.shown == plain.shown
        assert (short.row, short.column) == (plain.row, plain.column)


@given(st.lists(updates_of(certain), max_size=5))
def test_updates_that_wait_are_sent_as_one(updates: list[str]) -> None:
    plain, short = Emulator(WIDTH, HEIGHT), Emulator(WIDTH, HEIGHT)
    wire = Wire(WIDTH, HEIGHT)
    for text in [WHOLE, *updates]:
        plain.feed(text)
    sent = wire.translate([part for text in [WHOLE, *updates] for part in (BEGIN, text, END)])
    assert sent.count(BEGIN) == sent.count(END) == 1
    short.feed(sent)
    assert short.shown == plain.shown


def otherwise(text: str) -> list[tuple[str, int]]:
    """Measure each character of its own, and those on which terminals disagree as Rich does not."""
    widths = {character: sum(width for _, width in as_textual(character)) for character in text}
    return [(c, widths[c] if terminals_agree(c) else {0: 1, 1: 2, 2: 1}[widths[c]]) for c in text]


@given(st.lists(updates_of(uncertain), max_size=4))
def test_a_terminal_with_other_widths_shows_everything_else_in_its_place(updates: list[str]) -> None:
    plain, other = Emulator(WIDTH, HEIGHT), Emulator(WIDTH, HEIGHT, measure=otherwise)
    wire = Wire(WIDTH, HEIGHT)
    for text in [WHOLE, *updates]:
        plain.feed(text)
        other.feed(wire.translate([text]))
        for wanted, line in zip(plain.shown, other.shown, strict=True):
            for (before, cell), shown in zip(pairwise([(" ", None), *wanted]), line[:], strict=True):
                # Of a character that is wider there the second half is overwritten.
                if cell[0] and terminals_agree(cell[0]) and terminals_agree(before[0] or "🔑"):
                    assert shown == cell


@given(st.lists(updates_of(uncertain), max_size=4))
def test_a_terminal_that_measures_as_textual_does_shows_the_same(updates: list[str]) -> None:
    plain, short = Emulator(WIDTH, HEIGHT), Emulator(WIDTH, HEIGHT)
    wire = Wire(WIDTH, HEIGHT)
    for text in [WHOLE, *updates]:
        plain.feed(text)
        short.feed(wire.translate([text]))
        assert short.shown == plain.shown


def listed(first: int, *, marked: int, count: int) -> str:
    """A title, `count` numbered rows with a mark on one, and a last line."""
    rows = [f"{number**7 % 10**9:09} {number**9 % 10**6:06} 订单" for number in range(first, first + count)]
    lines = ["title".ljust(WIDTH), *(row.ljust(WIDTH - 2) for row in rows), "end".ljust(WIDTH)]
    lines[1 + marked] = f"\x1b[7m{lines[1 + marked]}\x1b[0m"
    return "\n".join(f"\x1b[{number};1H{line}" for number, line in enumerate(lines, 1)) + "\x1b[1;1H"


@pytest.mark.parametrize("erases_with_colour", [True, False])
@pytest.mark.parametrize("by", [1, 2, 3, -1, -2, -3])
def test_lines_that_moved_are_scrolled(by: int, erases_with_colour: bool) -> None:
    count = 20
    plain, short = (Emulator(WIDTH, count + 2, erases_with_colour) for _ in range(2))
    wire = Wire(WIDTH, count + 2)
    for first in (10, 10 + by):
        text = listed(first, marked=3, count=count)
        sent = wire.translate([text])
        plain.feed(text)
        short.feed(sent)
        assert short.shown == plain.shown
    assert f"{abs(by) if abs(by) > 1 else ''}{'M' if by > 0 else 'L'}" in sent
    assert len(sent.encode()) < len(text.encode()) / 2


def test_nothing_is_sent_for_what_is_shown_already() -> None:
    wire = Wire(WIDTH, HEIGHT)
    assert wire.translate([BEGIN, WHOLE, END])
    assert wire.translate([BEGIN, WHOLE, END, BEGIN, END]) == ""


@pytest.mark.parametrize(
    "harmless",
    ["\x1b[?25l", "\x1b[?1003h", "\x1b[?2026$p", "\x1b[>25u", "\x1b[<u", "\x1b]2;a title\x07", "\x1b]52;c;YQ==\x07"],
)
def test_a_mode_passes_between_the_updates_around_it(harmless: str) -> None:
    wire = Wire(WIDTH, HEIGHT)
    wire.translate([WHOLE])
    assert wire.translate(["\x1b[1;1Ha\x1b[1;1H", harmless, "\x1b[2;1Hb\x1b[1;1H"]) == (
        f"\x1b[Ha\r{harmless}\x1b[2Hb\x1b[H"
    )
    assert wire.translate(["\x1b[1;1Ha\x1b[1;1H"]) == "", "it still knows what is shown"


@pytest.mark.parametrize(
    "unknown",
    [
        "\x1b[?1049h",
        "\x1b[2J",
        "\x1b[5;1Habc\x1b[K",
        "\x1b[4:3mcurly\x1b[m",
        "\x1b[1;1H\x1b[31mno end of the style",
        "\x1b]8;;https://example.com\x1b\\link\x1b]8;;\x1b\\",
        "a\tb",
        "\x1b",
    ],
)
def test_what_is_unknown_passes_unchanged_and_everything_is_sent_again(unknown: str) -> None:
    wire = Wire(WIDTH, HEIGHT)
    whole = wire.translate([WHOLE])
    assert wire.translate(["\x1b[1;1Ha\x1b[1;1H", unknown, WHOLE]) == f"\x1b[Ha\r{unknown}{whole}"


def test_text_at_an_unknown_position_passes_unchanged() -> None:
    assert Wire(WIDTH, HEIGHT).translate(["lost"]) == "lost"


def test_an_update_waits_for_its_end() -> None:
    wire = Wire(WIDTH, HEIGHT)
    assert wire.translate([BEGIN, "\x1b[1;1Ha"]) == ""
    assert wire.translate(["b\x1b[1;1H", END]) == f"{BEGIN}\x1b[Hab\r{END}"


def test_the_end_of_a_line_is_erased_only_where_it_has_no_colour() -> None:
    for style, erased in (("", True), ("31", True), ("44", False), ("4", False), ("7", False)):
        wire = Wire(WIDTH, HEIGHT)
        wire.translate([f"\x1b[1;1H{'x' * WIDTH}\x1b[1;1H"])
        sent = wire.translate([f"\x1b[1;3H\x1b[{style}m{' ' * (WIDTH - 2)}\x1b[0m\x1b[1;1H"])
        assert ("\x1b[K" in sent) is erased


def test_a_wide_character_is_cut_at_the_edge() -> None:
    wire = Wire(3, 1)
    assert wire.translate(["\x1b[1;1H订单\x1b[1;1H"]) == "\x1b[H订 \r"


def test_a_line_with_a_character_of_uncertain_width_is_painted_to_its_end() -> None:
    wire = Wire(WIDTH, HEIGHT)
    wire.translate([WHOLE])
    wire.translate(["\x1b[1;1Hab🔑 cd\x1b[1;1H"])
    sent = wire.translate(["\x1b[1;3H✅\x1b[1;1H"])
    assert sent == "\x1b[;3H  \x1b[;3H✅\x1b[;5H cd\x1b[K\r"
    assert wire.translate(["\x1b[1;7HD\x1b[1;1H"]) == "\x1b[;7HD\r", "what is behind it is moved to as always"


def test_a_wide_character_is_written_with_both_its_cells() -> None:
    plain, short = Emulator(WIDTH, HEIGHT), Emulator(WIDTH, HEIGHT)
    wire = Wire(WIDTH, HEIGHT)
    for text in (WHOLE, "\x1b[1;1H订单12345678\x1b[1;1H", "\x1b[1;1H服单1234567x\x1b[1;1H"):
        plain.feed(text)
        short.feed(wire.translate([text]))
        assert short.shown == plain.shown


def test_of_a_wide_character_that_is_overwritten_in_part_the_other_half_is_blank() -> None:
    for column in (1, 2):
        plain, short = Emulator(WIDTH, HEIGHT), Emulator(WIDTH, HEIGHT)
        wire = Wire(WIDTH, HEIGHT)
        for text in (WHOLE, "\x1b[1;1H订\x1b[1;1H", f"\x1b[1;{column}Hx\x1b[1;1H"):
            plain.feed(text)
            short.feed(wire.translate([text]))
            assert short.shown == plain.shown
        assert wire.translate([f"\x1b[1;{3 - column}H \x1b[1;1H"]) == ""
