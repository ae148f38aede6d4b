"""The style of a cell, and the shortest SGR sequence that changes one style into another (ECMA-48, 8.3.117)."""

from functools import lru_cache
from typing import NamedTuple

_ENDS = {
    "1": "22",
    "2": "22",
    "3": "23",
    "4": "24",
    "5": "25",
    "6": "25",
    "7": "27",
    "8": "28",
    "9": "29",
    "21": "24",
    "53": "55",
}
"""The parameter that ends each attribute. Some end two attributes."""
_VISIBLE_ON_BLANKS = frozenset({"4", "7", "9", "21", "53"})
"""Underline, reverse, strike, double underline and overline change how a space looks."""


class Style(NamedTuple):
    """A style as parameters of SGR. An empty colour is the terminal's default."""

    attributes: tuple[str, ...] = ()
    """Sorted, such as `1` for bold."""
    foreground: str = ""
    """Such as `31` or `38;2;255;0;0`."""
    background: str = ""

    @property
    def blank(self) -> "Style":
        """The style without what a space does not show, such as the foreground."""
        if _VISIBLE_ON_BLANKS.isdisjoint(self.attributes):
            return Style(background=self.background)
        return self


PLAIN = Style()
"""The style after a reset."""


@lru_cache(maxsize=4096)
def after(style: Style, parameters: str) -> Style | None:
    """Return the style after SGR with `parameters`, or None if one of them is unknown."""
    attributes, foreground, background = set(style.attributes), style.foreground, style.background
    codes = (parameters or "0").split(";")
    while codes:
        code = codes.pop(0)
        colour = _colour(code, codes)
        if code in ("", "0"):
            attributes, foreground, background = set(), "", ""
        elif code in _ENDS:
            attributes.add(code)
        elif code in _ENDS.values():
            attributes = {attribute for attribute in attributes if _ENDS[attribute] != code}
        elif code == "39":
            foreground = ""
        elif code == "49":
            background = ""
        elif colour is None:
            return None
        elif code[0] in "39":
            foreground = colour
        else:
            background = colour
    return Style(tuple(sorted(attributes)), foreground, background)


def _colour(code: str, rest: list[str]) -> str | None:
    """Return the parameters of the colour that begins with `code`, and remove those that belong to it from `rest`."""
    if code in ("38", "48"):
        count = {"5": 2, "2": 4}.get(rest[0] if rest else "", 0)
        if not count or len(rest) < count:
            return None
        parts, rest[:count] = rest[:count], []
        return ";".join([code, *parts])
    is_basic = code.isdecimal() and int(code) in (*range(30, 38), *range(40, 48), *range(90, 98), *range(100, 108))
    return code if is_basic else None


@lru_cache(maxsize=4096)
def change(before: Style, wanted: Style) -> str:
    """Return the shortest sequence that changes style `before` into `wanted`; empty if they are equal."""
    if before == wanted:
        return ""
    colours = [colour for colour in (wanted.foreground, wanted.background) if colour]
    whole = ";".join(["0", *wanted.attributes, *colours]) if wanted != PLAIN else ""
    step = ";".join(_steps(before, wanted))
    return f"\x1b[{min(whole, step, key=len)}m"


def _steps(before: Style, wanted: Style) -> list[str]:
    """Return the parameters that change `before` into `wanted` without a reset."""
    ended = sorted({_ENDS[code] for code in before.attributes if code not in wanted.attributes})
    kept = [code for code in before.attributes if _ENDS[code] not in ended]
    steps = [*ended, *(code for code in wanted.attributes if code not in kept)]
    if wanted.foreground != before.foreground:
        steps.append(wanted.foreground or "39")
    if wanted.background != before.background:
        steps.append(wanted.background or "49")
    return steps


@lru_cache(maxsize=4096)
def draws_blank(pen: Style, blank: Style) -> bool:
    """Return whether a space that is written in style `pen` looks like one in style `blank`."""
    return pen.blank == blank
