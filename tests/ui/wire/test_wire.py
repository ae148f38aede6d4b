"""The shortest output shows the same as Textual's own, in terminals that erase and measure in different ways."""

from hypothesis import given
from hypothesis import strategies as st

from kps_tui.ui.wire.wire import BEGIN, END, Wire
from tests.ui.wire.emulator import Emulator

WIDTH, HEIGHT = 24, 9
ASCII = "ab  c|"
WIDE = "订单服务器"
HEBREW = "שלום"
COMBINED = ["e\u0301", "a\u0308\u0323"]
EMOJI = ["🔑", "✅", "👩\u200d💻", "❤\ufe0f", "🇨🇳", "👍🏽", "\U0001fae9", "1\ufe0f\u20e3"]

styles = st.builds(
    lambda attributes, foreground, background: ";".join([*attributes, *foreground, *background]),
    st.lists(st.sampled_from("1234579"), unique=True, max_size=2),
    st.sampled_from([[], ["31"], ["97"], ["38;5;120"], ["38;2;1;2;3"]]),
    st.sampled_from([[], [], ["44"], ["48;5;20"], ["48;2;9;8;7"]]),
)


def paints(texts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Updates as Textual writes them: pieces of styled text, each at a position, and at the end the cursor's."""

    def fits(piece: tuple[int, int, list[tuple[str, str]]]) -> str:
        row, column, parts = piece
        written = "".join(f"\x1b[{style}m{text}\x1b[0m" if style else text for style, text in parts if text)
        return f"\x1b[{row + 1};{column + 1}H{written}"

    piece = st.tuples(
        st.integers(0, HEIGHT - 1), st.integers(0, WIDTH - 1), st.lists(st.tuples(styles, texts), max_size=4)
    ).map(fits)
    end = st.tuples(st.integers(1, HEIGHT), st.integers(1, WIDTH)).map(lambda at: f"\x1b[{at[0]};{at[1]}H")
    return st.builds(lambda pieces, end: "".join(pieces) + end, st.lists(piece, max_size=12), end)


certain = st.text(st.sampled_from(ASCII + WIDE + HEBREW), max_size=WIDTH)
everything = st.lists(st.sampled_from([*ASCII, *WIDE, *HEBREW, *COMBINED, *EMOJI]), max_size=WIDTH).map("".join)
whole = "".join(f"\x1b[{row};1H{' ' * WIDTH}" for row in range(1, HEIGHT + 1))


@given(st.lists(paints(certain), max_size=6), st.booleans())
def test_every_update_shows_what_textual_would_show(updates: list[str], erases_with_colour: bool) -> None:
    plain, short = (Emulator(WIDTH, HEIGHT, erases_with_colour) for _ in range(2))
    wire = Wire(WIDTH, HEIGHT)
    for text in [whole, *updates]:
        plain.feed(text)
        short.feed(wire.translate([text]))
        assert short.shown == plain.shown
        assert (short.row, short.column) == (plain.row, min(plain.column, WIDTH - 1))


@given(st.lists(paints(certain), max_size=5))
def test_updates_that_wait_are_sent_as_one(updates: list[str]) -> None:
    plain, short = Emulator(WIDTH, HEIGHT), Emulator(WIDTH, HEIGHT)
    wire = Wire(WIDTH, HEIGHT)
    short.feed(wire.translate([whole]))
    for text in [whole, *updates]:
        plain.feed(text)
    sent = wire.translate([part for text in updates for part in (BEGIN, text, END)])
    assert sent.count(BEGIN) == sent.count(END) <= 1
    short.feed(sent)
    assert short.shown == plain.shown
