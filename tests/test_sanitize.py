"""No text from outside can set styles, ring the bell, reorder text or move the cursor."""

import random
import sys
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kps_tui.sanitize import BLOCK_LIMIT, LINE_LIMIT, MARKS_LIMIT, block, line

UNSAFE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
MARKS = {"Mn", "Me"}

ANY_TEXT = st.text(st.characters(exclude_categories=()))
BOTH = pytest.mark.parametrize("clean", [line, block])
Clean = Callable[[str], str]


def unsafe(text: str, allowed: str = "") -> list[str]:
    """The characters of `text` that must never reach a terminal."""
    return [
        ascii(character) for character in text if unicodedata.category(character) in UNSAFE and character not in allowed
    ]


# What is left alone


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "Update public key error",
        "".join(map(chr, range(0x20, 0x7F))),
        "更新公钥失败：服务器未运行",
        "ﾊﾝｶｸ カタカナ 한국어",
        "naïve café Ωμέγα Привет שלום مرحبا",
        "🔑🖥️".replace("\ufe0f", ""),
        "e\u0301 o\u0308\u0323",
        "[red]x[/] [@click=app.quit]y[/]",
        "🇨🇳",
    ],
)
@BOTH
def test_what_is_harmless_is_untouched(clean: Clean, text: str) -> None:
    assert clean(text) == text


def test_a_base_may_have_four_marks() -> None:
    text = "a" + "\u0301" * MARKS_LIMIT + "b" + "\u0302" * MARKS_LIMIT
    assert MARKS_LIMIT == 4
    assert line(text) == block(text) == text


# What is made visible


@pytest.mark.parametrize("code", [*range(0x20)])
@BOTH
def test_c0_is_shown_by_its_picture(clean: Clean, code: int) -> None:
    if clean is block and code == 0x0A:
        assert block("a\nb") == "a\nb"
    else:
        assert clean(f"a{chr(code)}b") == f"a{' ' if code == 0x09 else chr(0x2400 + code)}b"


@BOTH
def test_del_is_shown_by_its_picture(clean: Clean) -> None:
    assert clean("a\x7fb") == "a␡b"


@pytest.mark.parametrize("code", [*range(0x80, 0xA0)])
@BOTH
def test_c1_is_shown_by_its_number(clean: Clean, code: int) -> None:
    assert clean(f"a{chr(code)}b") == f"a<U+00{code:02X}>b"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31;5mred\x1b[0m", "␛[31;5mred␛[0m"),
        ("\x1b[2J\x1b[1;1H", "␛[2J␛[1;1H"),
        ("\x1b]0;title\x07", "␛]0;title␇"),
        ("\x1b]52;c;cm0gLXJm\x07", "␛]52;c;cm0gLXJm␇"),
        ("\x1b]52;c;cm0gLXJm\x1b\\", "␛]52;c;cm0gLXJm␛\\"),
        ("\x1b]8;;https://evil\x1b\\x", "␛]8;;https://evil␛\\x"),
        ("\x1bP+q544e\x1b\\", "␛P+q544e␛\\"),
        ("\x1b[6n\x1bc\x1b(0", "␛[6n␛c␛(0"),
        ("\x9b31m\x9d52;c;AA\x9c", "<U+009B>31m<U+009D>52;c;AA<U+009C>"),
        ("1\r2\b3", "1␍2␈3"),
    ],
)
@BOTH
def test_an_escape_sequence_is_text(clean: Clean, text: str, shown: str) -> None:
    assert clean(text) == shown


INVISIBLE = [
    *range(0x202A, 0x202F),  # bidi embeddings and overrides
    *range(0x2066, 0x206A),  # bidi isolates
    0x200E,  # left-to-right mark
    0x200F,
    0x061C,  # Arabic letter mark
    0x200B,  # zero width space
    0x200C,
    0x200D,  # zero width joiner
    0x2060,
    0xFEFF,  # byte order mark
    0x00AD,  # soft hyphen
    0x180E,
    0x2028,
    0x2029,
    0xFFF9,
    0xE0001,  # language tag
    0xE0041,  # tag A
    0xE007F,
]


@pytest.mark.parametrize("code", INVISIBLE, ids=hex)
@BOTH
def test_what_reorders_or_hides_is_shown_by_its_number(clean: Clean, code: int) -> None:
    assert clean(f"a{chr(code)}b") == f"a<U+{code:04X}>b"


UNSHOWABLE = [
    0xD800,  # surrogates
    0xD83D,
    0xDFFF,
    0xE000,  # private use
    0xF8FF,
    0xF0000,
    0x10FFFD,
    0xFDD0,  # noncharacters
    0xFFFE,
    0xFFFF,
    0x1FFFF,
    0x10FFFF,
    0x0378,  # unassigned
]


@pytest.mark.parametrize("code", UNSHOWABLE, ids=hex)
@BOTH
def test_what_nobody_can_show_is_replaced(clean: Clean, code: int) -> None:
    assert clean(f"a{chr(code)}b") == "a\ufffdb"
    clean(f"a{chr(code)}b").encode()


@pytest.mark.parametrize("code", [0xFE00, 0xFE0E, 0xFE0F, 0xE0100, 0xE01EF], ids=hex)
@BOTH
def test_variation_selectors_are_dropped(clean: Clean, code: int) -> None:
    assert clean(f"a{chr(code)}b") == "ab"


@pytest.mark.parametrize("mark", ["\u0301", "\u0336", "\u20dd", "\u0e49"])
@BOTH
def test_marks_beyond_the_fourth_are_dropped(clean: Clean, mark: str) -> None:
    assert clean(f"a{mark * 900}b{mark}") == f"a{mark * 4}b{mark}"
    assert len(clean(f"a{mark * 20_000}")) == 1 + 4 + (clean is line)
    assert clean(f"a{mark * 5}b{mark * 5}") == f"a{mark * 4}b{mark * 4}"
    assert clean(mark * 5) == mark * 4


def test_an_emoji_sequence_falls_apart_into_its_emoji() -> None:
    assert line("👩\u200d💻") == "👩<U+200D>💻"


# Lines


def test_a_line_has_no_line_break() -> None:
    assert line("a\nb\r\nc\rd\u2028e\u0085f\x0bg\x0ch") == "a␊b␍␊c␍d<U+2028>e<U+0085>f␋g␌h"


def test_a_block_keeps_its_line_breaks_and_no_other() -> None:
    assert block("a\nb\r\nc\rd\u2028e\u0085f\x0bg\x0ch\n\ni\n") == "a\nb\nc␍d<U+2028>e<U+0085>f␋g␌h\n\ni\n"


# Limits


@pytest.mark.parametrize("character", ["x", "钥", "\x1b", "\ue000"])
def test_a_line_ends_after_1024_characters(character: str) -> None:
    shown = line(character)
    assert LINE_LIMIT == 1024
    assert line(character * 1024) == shown * 1024
    assert line(character * 1025) == line(character * 10**6) == shown * 1024 + "…"


@pytest.mark.parametrize("character", ["x", "钥", "\x1b"])
def test_a_line_may_be_shorter(character: str) -> None:
    shown = line(character)
    assert line(character * 5, 5) == shown * 5
    assert line(character * 6, 5) == shown * 5 + "…"


@pytest.mark.parametrize("character", ["x", "钥", "\n", "\x1b"])
def test_a_block_ends_after_64_ki_characters_and_counts_the_rest(character: str) -> None:
    shown = block(character)
    assert BLOCK_LIMIT == 65_536
    assert block(character * BLOCK_LIMIT) == shown * BLOCK_LIMIT
    assert block(character * (BLOCK_LIMIT + 1)) == shown * BLOCK_LIMIT + "… 1 more character"
    assert block(character * 10**6) == shown * BLOCK_LIMIT + "… 934,464 more characters"


def test_a_block_counts_a_crlf_once() -> None:
    assert block("a\r\n" * 5, 10) == "a\n" * 5
    assert block("a\r\n" * 6, 10) == "a\n" * 5 + "… 2 more characters"


@pytest.mark.parametrize("character", ["\u200b", "\x9b", "\u202e"])
def test_what_is_made_visible_counts_as_shown(character: str) -> None:
    assert len(line(character * LINE_LIMIT)) <= LINE_LIMIT + 1
    assert len(block(character * BLOCK_LIMIT)) <= BLOCK_LIMIT + 40


@given(ANY_TEXT, st.integers(1, 20))
def test_every_limit_bounds_what_is_shown(text: str, limit: int) -> None:
    assert len(line(text, limit)) <= limit * len("<U+10FFFF>") + 1
    assert line(text, limit).endswith("…") or len(text) <= limit
    assert (
        block(text, limit).endswith(("more character", "more characters")) or len(text.replace("\r\n", "\n")) <= limit
    )


# Whatever comes


def test_every_character_there_is() -> None:
    for start in range(0, sys.maxunicode + 1, 256):
        text = "".join(map(chr, range(start, start + 256)))
        assert unsafe(line(text)) == []
        assert unsafe(block(text), "\n") == []


POOL = [
    *"ab [/]\\;'\n\r\t\x1b\x07\x00\x7f\x80\x9b\x9d\x85\xa0\xad",
    *"\u061c\u200b\u200d\u200e\u202e\u2028\u2029\u2066\ufeff\ufe0f\u0301\u20dd\ud83d\udc00\ue000\uffff\u0378",
    *"钥🔑\U000e0041\U000e0100\U000f0000\U0010ffff",
]
"""Harmful characters, and some harmless ones."""


def test_20000_strings_of_harmful_characters() -> None:
    chance = random.Random(20261123)
    for _ in range(20_000):
        length = chance.randrange(40)
        text = "".join(
            chance.choice(POOL) if chance.random() < 0.7 else chr(chance.randrange(sys.maxunicode + 1))
            for _ in range(length)
        )
        assert unsafe(line(text)) == [], ascii(text)
        assert unsafe(block(text), "\n") == [], ascii(text)


@given(ANY_TEXT)
def test_any_text_is_safe_and_encodable(text: str) -> None:
    assert unsafe(line(text)) == []
    assert unsafe(block(text), "\n") == []
    line(text).encode()
    assert "\n" not in line(text)
    assert block(text).count("\n") == text.count("\n")


@given(st.text(st.sampled_from(POOL), max_size=60))
def test_what_is_safe_stays_as_it_is(text: str) -> None:
    assert line(line(text)) == line(text)
    assert block(block(text)) == block(text)


@given(st.text(st.sampled_from(["a", "b", "\u0301", "\u20dd", "\ufe0f", "\u200d", "\n"]), max_size=60))
def test_no_base_has_more_than_four_marks(text: str) -> None:
    for shown in (line(text), block(text)):
        marks = 0
        for character in shown:
            marks = marks + 1 if unicodedata.category(character) in MARKS else 0
            assert marks <= MARKS_LIMIT


@given(ANY_TEXT)
def test_a_text_without_a_break_is_the_same_as_line_and_as_block(text: str) -> None:
    one = text.replace("\n", "").replace("\r", "")
    assert line(one) == block(one)
