"""Changes to the text of a TOML file, line by line: whatever is around them stays where it is.

Each is about a table that two keys name, and holds for files as people write them, with a line such as
`[profiles.NAME]`; the caller checks what came of it.
"""

import itertools
import re
from collections.abc import Mapping

from kps_tui.identity.toml_text import header_of

_AFTER = re.compile(r"\](\s*(?:#.*)?)$", re.DOTALL)
"""What stands behind the header of a table."""

Named = tuple[str, str]
"""The kind of a table and its name: `("profiles", "prod")`."""


def appended(text: str, named: Named, values: Mapping[str, str]) -> str:
    """Return `text` with a new table at its end."""
    import tomlkit

    table = tomlkit.table()
    for key, value in values.items():
        table[key] = value
    gap = "\n" * (bool(text.strip()) + (bool(text) and not text.endswith("\n")))
    return f"{text}{gap}[{_header(*named)}]\n{table.as_string()}"


def without(text: str, named: Named) -> str:
    """Return `text` without a table. Comments before the next header stay: they speak of what follows."""
    lines = text.splitlines(keepends=True)
    kept: list[str] = []
    doubtful: list[str] = []
    inside = False
    for content in lines:
        header = header_of(content)
        if header:
            inside = header[:2] == named
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


def renamed(text: str, named: Named, new_name: str) -> str:
    """Return `text` with the headers of a table naming `new_name`."""
    lines = text.splitlines(keepends=True)
    for number, content in enumerate(lines):
        keys = header_of(content)
        if keys[:2] == named:
            before, after = content.partition("[")[0], _AFTER.search(content)
            lines[number] = f"{before}[{_header(named[0], new_name, *keys[2:])}]{after[1] if after else ''}"
    return "".join(lines)


def _header(*keys: str) -> str:
    import tomlkit

    return ".".join(tomlkit.key(key).as_string() for key in keys)
