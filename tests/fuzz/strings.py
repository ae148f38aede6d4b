"""Hostile strings, drawn with a seed: the same seed gives the same strings on every machine."""

from collections.abc import Callable, Iterator
from random import Random

from tests.payloads import PAYLOADS

ESC = "\x1b"
C1 = [chr(code) for code in range(0x80, 0xA0)]
CONTROLS = [chr(code) for code in range(0x20)] + ["\x7f"]
BIDI = [*"\u061c\u200e\u200f", *map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A))]
INVISIBLE = [*"\u00ad\u034f\u115f\u1160\u17b4\u180e\u200b\u200c\u200d\u2060\u2061\u2800\u3164\ufeff\uffa0\ufff9\ufffb"]
BREAKS = ["\n", "\r", "\r\n", "\u2028", "\u2029", "\x85", "\x0b", "\x0c"]
MARKS = [*"\u0300\u0301\u0489\u0e31\u0e47\u20dd\u20e3\ufe0e\ufe0f\u0903\u093f", "\U000e0100", "\U0001f3fb"]
WIDE = [*"订单服务密钥对重置失败，ｗｉｄｅ한글かな", "👩\u200d👩\u200d👧", "🇨🇳", "👍🏽", "❤️", "𠀀", "﷽", "⚠"]
OTHERS = [*"аеорсухѕ", *"עברית", *"العربية", *"ไทย", "ß", "İ", "ﬁ", "ǆ", "\ue000", "\uffff", "\ufdd0", "\U0010ffff"]
MARKUP = [
    "[@click=app.exit]", "[@click='app.exit()']", "[/]", "[/nope]", "[", "]", "[[", "[bold", "[b]", "[red on $panel]",
    "[link=https://evil.example]", "\\[", "$error", "{0}", "{name}", "{", "%s", "%n", "${HOME}", "`id`", "<b>", "&lt;",
    "|", "\\", "\\|", "=cmd|'/c calc'!A1", "+1", "-1", "@SUM(1)", '"', "'", ",", "\t", "]8;;", ":smile:",
]  # fmt: skip
FINAL = "ABCDEFGHJKSTfhlmnpqrsu~@`"
TOKENS = (
    "0;owned",
    "52;c;ZXZpbA==",
    "8;;https://evil.example",
    "1337;File=:AAAA",
    "4;1;?",
    "777;notify;a;b",
    "P1;1q#0~",
)


def _csi(rng: Random) -> str:
    start = rng.choice((ESC + "[", "\x9b"))
    return (
        start
        + rng.choice(("", "?", ">", "="))
        + ";".join(str(rng.randrange(3000)) for _ in range(3))
        + rng.choice(FINAL)
    )


def _osc(rng: Random) -> str:
    return rng.choice((ESC + "]", "\x9d")) + rng.choice(TOKENS) + rng.choice(("\x07", ESC + "\\", "\x9c", ""))


def _dcs(rng: Random) -> str:
    opened = rng.choice((ESC + "P", "\x90", ESC + "_", ESC + "^", ESC + "X", "\x98", "\x9e", "\x9f"))
    return opened + rng.choice(TOKENS) + rng.choice((ESC + "\\", "\x9c", ""))


def _surrogates(rng: Random) -> str:
    return "".join(chr(rng.randrange(0xD800, 0xE000)) for _ in range(rng.randint(1, 3)))


def _anything(rng: Random) -> str:
    return "".join(chr(rng.randrange(0x110000)) for _ in range(rng.randint(1, 8)))


def _plain(rng: Random) -> str:
    return "".join(rng.choice("abc XYZ 019 .-_/:") for _ in range(rng.randint(1, 12)))


def _stacked(rng: Random) -> str:
    base, mark = rng.choice("aé密"), rng.choice(MARKS)
    return f"{base}{mark * rng.choice((1, 5, 60))}"


def _of(parts: list[str], most: int = 4) -> Callable[[Random], str]:
    return lambda rng: "".join(rng.choice(parts) for _ in range(rng.randint(1, most)))


PIECES: tuple[Callable[[Random], str], ...] = (
    _csi, _osc, _dcs, _surrogates, _anything, _plain, _plain, _stacked,
    _of(CONTROLS), _of(C1), _of(BIDI), _of(INVISIBLE), _of(BREAKS), _of(MARKS), _of(WIDE, 12), _of(OTHERS, 8),
    _of(MARKUP), _of([*PAYLOADS.values()], 1),
)  # fmt: skip


LONGEST = 200_000
"""Characters."""


def hostile(rng: Random) -> str:
    """Return a string of harmful pieces, sometimes a very long one."""
    if rng.random() < 0.01:
        return (rng.choice(PIECES)(rng) * rng.choice((50, 500, 5000)))[:LONGEST]
    return "".join(rng.choice(PIECES)(rng) for _ in range(rng.choice((0, 1, 1, 2, 3, 5, 9))))


def hostile_strings(count: int, seed: int = 0) -> Iterator[str]:
    """Return `count` strings."""
    rng = Random(seed)
    return (hostile(rng) for _ in range(count))
