"""Converts names of keys: from what users write to Textual's names, and from these to what is shown.

Only keys that every terminal can send are accepted. Most combinations (Ctrl with a digit, Ctrl+Shift with a letter)
have no code of their own, and some share the code of another key (Ctrl+I is Tab).
"""

import re
import unicodedata

from textual.keys import KEY_NAME_REPLACEMENTS, REPLACED_KEYS, key_to_character

from kps_tui.i18n import _

_SHOWN = {
    "escape": "Esc",
    "enter": "Enter",
    "tab": "Tab",
    "space": "Space",
    "backspace": "Backspace",
    "delete": "Del",
    "insert": "Ins",
    "home": "Home",
    "end": "End",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
}
_FUNCTION = {f"f{number}": f"F{number}" for number in range(1, 21)}
_ALIASES = {
    "esc": "escape",
    "return": "enter",
    "del": "delete",
    "ins": "insert",
    "pgup": "pageup",
    "pgdn": "pagedown",
    "pgdown": "pagedown",
} | {shown: key for key, shown in _SHOWN.items() if len(shown) == 1}
_MODIFIERS = {"ctrl": "ctrl", "control": "ctrl", "alt": "alt", "meta": "alt", "shift": "shift"}
_MODIFIER = f"({'|'.join(_MODIFIERS)})[+-](?=.)"
_WITH_CTRL_OR_SHIFT = frozenset({"up", "down", "left", "right", "home", "end", "delete", "pageup", "pagedown"})
_WITH_CTRL = frozenset("abcdefgjklnopqrstuvwxyz") | {
    "backslash",
    "right_square_bracket",
    "circumflex_accent",
    "underscore",
}
"""Keys that can be combined with Ctrl. Not `h`, `i`, `m`: terminals send these as Backspace, Tab and Enter."""


def allowed() -> str:
    """Return the list of accepted keys for error messages."""
    return _("a character, Esc, Enter, Tab, Space, Home, End, PgUp, PgDn, Up …, F1 …, Ctrl+ or Alt+ a letter")


def textual_key(written: str) -> str:
    """Return Textual's name of the key that the user wrote; empty if no such key is accepted."""
    rest = written.strip()
    modifiers: set[str] = set()
    while found := re.match(_MODIFIER, rest, re.IGNORECASE):
        modifiers.add(_MODIFIERS[found[1].lower()])
        rest = rest[found.end() :]
    key = _plain(rest)
    if not modifiers or not key:
        return key
    return _modified(modifiers, key)


def _plain(written: str) -> str:
    """Return Textual's name of a key without modifiers; empty if it is unknown."""
    if len(written) == 1 and written not in _ALIASES:
        return _of_character(written)
    name = re.sub(r"[\s_-]", "", written.lower())
    name = _ALIASES.get(name, name)
    if name in _SHOWN or name in _FUNCTION:
        return name
    return _of_character(_character(re.sub(r"[\s-]", "_", written.lower())))


def _of_character(character: str) -> str:
    if not character or not character.isprintable() or character.isspace() or unicodedata.combining(character):
        return ""
    if character.isalnum():
        return character
    name = unicodedata.name(character, "").lower().replace("-", "_").replace(" ", "_")
    name = KEY_NAME_REPLACEMENTS.get(name, name)
    # For a few characters Textual can't convert the name back, so such a key could not be shown.
    return name if _character(name) == character else ""


def _modified(modifiers: set[str], key: str) -> str:
    """Return Textual's name of a key with modifiers; empty if terminals can't send it."""
    one = key if len(key) == 1 and key.isascii() else ""
    letter = key.lower() if one.isalpha() else ""
    if modifiers == {"shift"} and letter:
        return letter.upper()
    if modifiers == {"ctrl"} and (letter or key) in _WITH_CTRL:
        return f"ctrl+{letter or key}"  # Terminals send the same code for r and R.
    if modifiers == {"alt"} and one:
        return f"alt+{one}" if one != one.upper() or not letter else f"alt+shift+{letter}"
    if modifiers == {"alt", "shift"} and letter:
        return f"alt+shift+{letter}"
    if "alt" not in modifiers and (key in _WITH_CTRL_OR_SHIFT or (key == "tab" and modifiers == {"shift"})):
        return "+".join((*sorted(modifiers), key))
    return ""


def shown(key: str) -> str:
    """Return how a key with this name in Textual is shown: `Ctrl+R`, `F5`, `PgDn`, `↓`, `?`."""
    *modifiers, last = key.split("+")
    name = _SHOWN.get(last) or _FUNCTION.get(last) or _character(last) or last
    if modifiers and len(name) == 1:
        name = name.upper()
    return "+".join([*(modifier.capitalize() for modifier in modifiers), name])


def no_key(id: str) -> str:
    """Return the placeholder for a command without a key: Textual requires one, and no terminal sends this."""
    return f"no-key-{id}"


def _character(name: str) -> str:
    return key_to_character(REPLACED_KEYS.get(name, name)) or ""
