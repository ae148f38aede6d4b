"""Changes to the text of a TOML file, line by line: whatever is around them stays where it is.

Each holds for files as people write them, with a `[profiles.NAME]` line; the caller checks what came of it.
"""

import itertools
import re
from collections.abc import Mapping

from kps_tui.identity.toml_text import header_of

_AFTER = re.compile(r"\](\s*(?:#.*)?)$", re.DOTALL)
"""What stands behind the header of a table."""


def appended(text: str, name: str, values: Mapping[str, str]) -> str:
    """Return `text` with a new profile at its end."""
    import tomlkit

    table = tomlkit.table()
    for key, value in values.items():
        table[key] = value
    gap = "\n" * (bool(text.strip()) + (bool(text) and not text.endswith("\n")))
    return f"{text}{gap}[{_header('profiles', name)}]\n{table.as_string()}"


def without(text: str, name: str) -> str:
    """Return `text` without profile `name`. Comments before the next header stay: they speak of what follows."""
    lines = text.splitlines(keepends=True)
    kept: list[str] = []
    doubtful: list[str] = []
    inside = False
    for content in lines:
        header = header_of(content)
        if header:
            inside = header[:2] == ("profiles", name)
            kept += _from_comment(doubtful)
            doubtful = []
        if not inside:
            kept.append(content)
        elif content.strip() and not content.lstrip().startswith("#"):
            doubtful = []
        else:
            doubtful.append(content)
    return "".join(kept + _from_comment(doubtful))


def _from_comment(lines: list[str]) -> list[str]:
    return [*itertools.dropwhile(lambda content: not content.strip(), lines)]


def renamed(text: str, name: str, new_name: str) -> str:
    """Return `text` with the headers of profile `name` naming `new_name`."""
    lines = text.splitlines(keepends=True)
    for number, content in enumerate(lines):
        keys = header_of(content)
        if keys[:2] == ("profiles", name):
            before, after = content.partition("[")[0], _AFTER.search(content)
            lines[number] = f"{before}[{_header('profiles', new_name, *keys[2:])}]{after[1] if after else ''}"
    return "".join(lines)


def _header(*keys: str) -> str:
    import tomlkit

    return ".".join(tomlkit.key(key).as_string() for key in keys)
