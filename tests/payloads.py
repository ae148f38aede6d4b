"""Texts that do harm if they are shown without being sanitized, and the characters that make them harmful."""

import unicodedata

UNSAFE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode categories: controls, format characters, surrogates, private use, unassigned, separators."""


def unsafe(text: str, allowed: str = "") -> list[str]:
    """Return the code points in `text` that a terminal might interpret, or that are invisible."""
    if text.isascii() and text.isprintable():
        return []
    return [f"U+{ord(c):04X}" for c in text if unicodedata.category(c) in UNSAFE and c not in allowed]


PAYLOADS = {
    "colour": "a\x1b[31;5mb",
    "clear": "a\x1b[2J\x1b[1;1Hb",
    "title": "a\x1b]0;owned\x07b",
    "clipboard": "a\x1b]52;c;ZXZpbA==\x1b\\b",
    "clipboard, bell": "a\x1b]52;c;ZXZpbA==\x07b",
    "device control": "a\x1bPq#0;2;0;0;0\x1b\\b",
    "question": "a\x1b[6nb",
    "hyperlink": "a\x1b]8;;https://evil.example\x1b\\b\x1b]8;;\x1b\\",
    "C1 CSI": "a\x9b31mb",
    "C1 OSC": "a\x9d0;owned\x9cb",
    "NUL": "a\x00b",
    "DEL": "a\x7fb",
    "shifts": "a\x0e\x0fb",
    "bell": "a\x07b",
    "backspaces": "abc\x08\x08\x08xyz",
    "vertical tab, form feed": "a\x0b\x0cb",
    "carriage return": "good\revil",
    "line feed": "one\ntwo\n\nthree",
    "tab": "a\tb",
    "override": "a\u202egnp.exe\u202cb",
    "isolate": "a\u2066b\u2069c",
    "letter marks": "a\u061c\u200e\u200fb",
    "zero width": "a\u200b\u200c\u200d\u2060b",
    "byte order mark": "\ufeffab",
    "tags": "a\U000e0041\U000e007fb",
    "separators": "a\u2028b\u2029c",
    "private use": "a\ue000\U000f0000b",
    "noncharacters": "a\uffff\ufdd0b",
    "soft hyphen": "a\u00adb",
    "combining": "a" + "\u0301" * 20 + "b",
    "variation": "❤\ufe0fb\U000e0100",
    "leading mark": "\u0301abc",
    "surrogate": "a\ud83db",
    "CJK": "订单服务-密钥对重置失败，服务器已关机",
    "emoji": "👩\u200d👩\u200d👧 🏳️\u200d🌈 🇨🇳 👍🏽",
    "click": "[@click=app.exit]CLICK[/]",
    "closing tag": "A[/]Z",
    "unknown tag": "A[/nope]Z",
    "style": "[red]kept[/red] [i-0abc] [ERROR] $error",
    "link": "[link='https://evil.example']L[/link]",
    "open tag": "[bold",
    "braces": "{0} {name} %s \\",
    "long": "x" * 5000,
    "long CJK": "密" * 5000,
    "empty": "",
    "spaces": "   ",
}
"""By name."""
