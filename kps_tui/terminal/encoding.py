"""Encodes the output for terminals whose locale is not UTF-8. Borders and bars become ASCII of the same width.

With `LANG=C`, Python writes UTF-8, and most terminals today would display it, but there is no way to know. In this case
tmux and ncurses draw in ASCII, and so does this module. Other text is written as UTF-8 if the locale names no encoding;
if it names one, each cell of a character that it lacks becomes a question mark.
"""

import codecs
import io
import os
import string
from collections.abc import Mapping
from pathlib import Path

from kps_tui.terminal.width import cells

_DECORATIONS = {
    "─━═": "-",
    "│┃║": "|",
    "┌┐└┘├┤┬┴┼╭╮╯╰╔╗╚╝": "+",
    "▔": "-",
    "▁": "_",
    "▂": ".",
    "▃": ":",
    "▄": "-",
    "▅": "=",
    "▆": "+",
    "▇": "*",
    "█": "#",
    "▏▎▍▌▐": "|",
    "▋▊▉": "#",
    "░": ".",
    "▒": ":",
    "▓": "#",
    "▲": "^",
    "▼": "v",
    "✓": "v",
    "↻": "o",
    "…": "~",
    "·": "-",
    "—–": "-",
    "“”": '"',
    "‘’": "'",
    "←": "<",
    "→": ">",
    "↑": "^",
    "↓": "v",
    "≥": ">",
    "×": "x",
    "•●": "*",
}
_ASCII = {character: ascii for characters, ascii in _DECORATIONS.items() for character in characters}
_HANDLER = "kps-tui.decorations"


def fit_to_locale(stream: io.TextIOWrapper, environ: Mapping[str, str]) -> None:
    """Set the encoding of `stream` to what the locale of the terminal allows. Writing to it then never raises."""
    named = encoding_of(environ)
    if named == "utf-8":
        stream.reconfigure(errors="replace")
        return

    def shown(error: UnicodeError) -> tuple[bytes, int]:
        assert isinstance(error, UnicodeEncodeError)
        text, end = error.object[error.start : error.end], error.end
        if text.endswith("≥") and error.object[end : end + 1] == " ":
            # Use both cells of "≥ " for ">=", because ">" alone would mean something else.
            return b"".join(_bytes_of(character, named or "utf-8") for character in text[:-1]) + b">=", end + 1
        return b"".join(_bytes_of(character, named or "utf-8") for character in text), error.end

    codecs.register_error(_HANDLER, shown)
    # Always ASCII, even if the encoding has borders: in East Asian encodings they are two cells wide.
    stream.reconfigure(encoding="ascii", errors=_HANDLER)


def environment_given() -> Mapping[str, str]:
    """Return the environment that this process was started with.

    It differs from `os.environ`, in which Python sets `LC_CTYPE` to UTF-8 if the locale is `C` (PEP 538).
    """
    try:
        given = Path("/proc/self/environ").read_bytes()
    except OSError:
        return os.environ
    pairs = (os.fsdecode(pair).partition("=") for pair in given.split(b"\0") if pair)
    return {name: value for name, _equals, value in pairs}


def encoding_of(environ: Mapping[str, str]) -> str:
    """Return Python's name for the encoding of the locale; empty if it names none (`C`, `POSIX`, unset).

    macOS sets `LC_CTYPE=UTF-8`, an encoding without a language, and ssh forwards that.
    """
    name = next((value for key in ("LC_ALL", "LC_CTYPE", "LANG") if (value := environ.get(key))), "").partition("@")[0]
    language, _dot, named = name.partition(".")
    if not named and language.upper() not in ("UTF-8", "UTF8"):
        return ""
    named = named or language
    try:
        # The encoding of a terminal contains ASCII; Python has codecs that don't.
        return codecs.lookup(named).name if string.printable.encode(named) == string.printable.encode() else ""
    except (LookupError, UnicodeError):
        return ""


def _bytes_of(character: str, encoding: str) -> bytes:
    if character in _ASCII:
        return _ASCII[character].encode("ascii")
    try:
        return character.encode(encoding)
    except UnicodeEncodeError:
        return b"?" * cells(character)
