"""What `tomllib` lacks: the line of a key or a mistake in a TOML text, and how to write such a text."""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping

_HEADER = r"\s*(\[\[?.*?\]\]?)\s*(?:#.*)?"
_KEY = r"""\s*((?:[A-Za-z0-9_-]+|"(?:[^"\\]|\\.)*"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*'))*)\s*="""
_AT = r"(.*) \(at (?:line (\d+), column \d+|end of document)\)"

_BARE = r"[A-Za-z0-9_-]+"

Keys = tuple[str, ...]
_DEEPEST = 8
"""The most levels of keys that are indexed; the configuration has three."""


def error_of(error: Exception, text: str) -> tuple[int, str]:
    """Return the line of a mistake that `tomllib` found, and its message."""
    said = re.fullmatch(_AT, str(error), re.DOTALL)
    if said is None:
        return 1, type(error).__name__
    return int(said[2]) if said[2] else max(1, len(text.splitlines())), said[1]


class LineIndex:
    """The lines of a TOML text by the keys that they set. The text is read once, so that many look-ups stay fast."""

    def __init__(self, text: str) -> None:
        self._exact: dict[Keys, int] = {}
        """The first line that sets exactly these keys, as a table or a value."""
        self._within: dict[Keys, int] = {}
        """The first line that sets these keys or something in their table."""
        above: Keys = ()
        for number, content in enumerate(text.splitlines(), 1):
            if header := _header_of(content):
                above = here = header
            elif key := re.match(_KEY, content):
                here = (*above, *_keys_of(key[1]))
            else:
                continue
            self._exact.setdefault(here, number)
            for depth in range(1, min(len(here), _DEEPEST) + 1):
                self._within.setdefault(here[:depth], number)

    def line_of(self, keys: Keys) -> int:
        """Return the line that sets `keys`, else the line of the table that they are in, else 0."""
        above = (self._exact.get(keys[:depth], 0) for depth in range(len(keys) - 1, 0, -1))
        return self._within.get(keys, 0) or next((number for number in above if number), 0)


def _header_of(content: str) -> Keys:
    """Return the keys of a table header such as `[profiles.prod]`, or none for another line."""
    header = re.fullmatch(_HEADER, content.rstrip())
    return _keys(header[1]) if header else ()


def _keys_of(written: str) -> Keys:
    """Return the keys of the text before an equals sign."""
    return (written,) if re.fullmatch(_BARE, written) else _keys(f"{written} = 0")


def _keys(text: str) -> Keys:
    """Return the keys of a text that has one table or one value, from the outermost in."""
    try:
        value: object = tomllib.loads(text)
    except (ValueError, RecursionError):
        return ()
    keys: list[str] = []
    while isinstance(value, dict) and len(value) == 1:
        key, value = next(iter(value.items()))
        keys.append(key)
        if isinstance(value, list):
            break
    return tuple(keys)


def toml_of(tables: Mapping[str, object]) -> str:
    """Return `tables`, which may be anything that `tomllib.loads` returns, as TOML."""
    return "\n".join(_lines((), tables)).lstrip("\n") + "\n"


def _lines(above: Keys, table: Mapping[str, object]) -> Iterator[str]:
    values = {key: value for key, value in table.items() if not isinstance(value, dict)}
    if above and (values or not table):
        yield f"\n[{'.'.join(map(_key, above))}]"
    for key, value in values.items():
        yield f"{_key(key)} = {_value(value)}"
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _lines((*above, key), value)


def _key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else _value(key)


def _value(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            # Apart from DEL, a JSON string is a TOML string.
            return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
        case list():
            return f"[{', '.join(map(_value, value))}]"
        case dict():
            return f"{{{', '.join(f'{_key(key)} = {_value(item)}' for key, item in value.items())}}}"
        case _:
            return str(value)  # Numbers, dates and times are written as Python does.
