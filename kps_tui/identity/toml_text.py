"""Where in a TOML text a key or a mistake is: the parser of the stdlib tells values, not lines."""

import re
import tomllib

_HEADER = re.compile(r"\s*(\[\[?.*?\]\]?)\s*(?:#.*)?")
_KEY = re.compile(
    r"""\s*((?:[A-Za-z0-9_-]+|"(?:[^"\\]|\\.)*"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*'))*)\s*="""
)
_AT = re.compile(r"(.*) \(at (?:line (\d+), column \d+|end of document)\)", re.DOTALL)

Keys = tuple[str, ...]


def error_of(error: Exception, text: str) -> tuple[int, str]:
    """Return the line of a mistake that `tomllib` found, and its words for it."""
    said = _AT.fullmatch(str(error))
    if said is None:
        return 1, type(error).__name__
    return int(said[2]) if said[2] else max(1, len(text.splitlines())), said[1]


def line_of(keys: Keys, text: str) -> int:
    """Return the line that writes `keys`, else the one of the table they stand in; 0 where neither is found."""
    above: Keys = ()
    best, depth = 0, 0
    for number, content in enumerate(text.splitlines(), 1):
        if header := header_of(content):
            above = here = header
        elif key := _KEY.match(content):
            here = (*above, *_keys(f"{key[1]} = 0"))
        else:
            continue
        common = min(len(here), len(keys))
        common = common if here[:common] == keys[:common] else 0
        if common > depth:
            best, depth = number, common
    return best


def header_of(content: str) -> Keys:
    """Return the keys that a line such as `[profiles.prod]` names; nothing where it is no such line."""
    header = _HEADER.fullmatch(content.rstrip())
    return _keys(header[1]) if header else ()


def _keys(text: str) -> Keys:
    """Return the keys of a text that holds one table or one value."""
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
