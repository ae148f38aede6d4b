"""What a terminal that is not set to UTF-8 gets: borders and bars in ASCII, a character for each cell.

Python writes UTF-8 under `LANG=C` too, and most terminals of today would show it; but nothing says so there, and tmux
and ncurses draw ASCII then. So does this: decorations become ASCII. The texts of servers stay as they are where the
locale names no encoding, and what a named one can't hold becomes a question mark for each cell.
"""

import codecs
import io
import os
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
    "✓": "*",
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
    "•": "*",
}
_ASCII = {character: ascii for characters, ascii in _DECORATIONS.items() for character in characters}
_HANDLER = "kps-tui.decorations"


def fit_to_locale(stream: io.TextIOWrapper, environ: Mapping[str, str]) -> None:
    """Let `stream` write what the terminal of this locale can show; it never raises at a character."""
    named = encoding_of(environ)
    if named == "utf-8":
        stream.reconfigure(errors="replace")
        return

    def shown(error: UnicodeError) -> tuple[bytes, int]:
        assert isinstance(error, UnicodeEncodeError)
        text, end = error.object[error.start : error.end], error.end
        if text.endswith("≥") and error.object[end : end + 1] == " ":
            # Of two cells both are there, and `>` alone would say something else.
            return b"".join(_bytes_of(character, named or "utf-8") for character in text[:-1]) + b">=", end + 1
        return b"".join(_bytes_of(character, named or "utf-8") for character in text), error.end

    codecs.register_error(_HANDLER, shown)
    # In an encoding of East Asia a border would take two cells, so decorations are ASCII there too.
    stream.reconfigure(encoding="ascii", errors=_HANDLER)


def environment_given() -> Mapping[str, str]:
    """Return the environment that this process was started with.

    Where the locale is `C`, Python sets `LC_CTYPE` to UTF-8 in its own, as if the terminal were.
    """
    try:
        given = Path("/proc/self/environ").read_bytes()
    except OSError:
        return os.environ
    pairs = (os.fsdecode(pair).partition("=") for pair in given.split(b"\0") if pair)
    return {name: value for name, _equals, value in pairs}


def encoding_of(environ: Mapping[str, str]) -> str:
    """Return the encoding that the locale names; empty where it names none (`C`, `POSIX`, nothing).

    macOS sets `LC_CTYPE=UTF-8`, an encoding without a language, and its ssh forwards that.
    """
    name = next((value for key in ("LC_ALL", "LC_CTYPE", "LANG") if (value := environ.get(key))), "").partition("@")[0]
    language, _dot, named = name.partition(".")
    if not named and language.upper() not in ("UTF-8", "UTF8"):
        return ""
    named = named or language
    try:
        return codecs.lookup(named).name
    except LookupError:
        return ""


def _bytes_of(character: str, encoding: str) -> bytes:
    if character in _ASCII:
        return _ASCII[character].encode("ascii")
    try:
        return character.encode(encoding)
    except UnicodeEncodeError:
        return b"?" * cells(character)
