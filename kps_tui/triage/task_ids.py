"""Finds the ids of tasks in a log: of Terraform, of a pipeline, of KooCLI, or in an export of this program."""

import re
from collections.abc import Iterable
from typing import NamedTuple

TASK_ID = re.compile("~?(?=[^0-9A-Fa-f]*[0-9A-Fa-f])[0-9A-Fa-f-]{8,}", re.ASCII)
"""The id of a task, or its beginning, where a code or a message may stand too. `~` begins those that were made here."""
_COLOUR = re.compile("\x1b\\[[0-9;]*[A-Za-z]")
_SPACE = re.compile(r"[\s│╷╵|]+")
"""White space, and the frame that Terraform draws around an error."""
_NAMED = re.compile(
    r"""\btask\ \(([0-9A-Za-z._-]{8,64})\) | \btask[_ -]?id["']?\ ?[:=]\ ?["']?([0-9A-Za-z._-]{8,64})""",
    re.IGNORECASE | re.VERBOSE | re.ASCII,
)
"""An id that a log calls a task's: `error waiting for the task (ID) completed` of Terraform, `"task_id": "ID"`."""
_UUID = re.compile(
    r"(?<![0-9A-Za-z-])[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}(?![0-9A-Za-z-])", re.IGNORECASE | re.ASCII
)
_OVERLAP = 160
"""How many characters of the preceding text are searched again with each line."""


class TaskIds(NamedTuple):
    """The ids in a log, each once, in the order of their first occurrence."""

    named: tuple[str, ...]
    """Those that the log calls ids of tasks."""
    others: tuple[str, ...]
    """Other UUIDs, which may be ids of tasks, servers or requests."""


def task_ids(lines: Iterable[str]) -> TaskIds:
    """Return the ids in `lines`. A phrase may be broken over lines, and coloured."""
    named: dict[str, None] = {}
    others: dict[str, None] = {}
    before = ""
    for text in lines:
        whole = before + _SPACE.sub(" ", _COLOUR.sub("", text)).strip()
        for match in _NAMED.finditer(whole):
            named.setdefault((match[1] or match[2]).rstrip("."))
        for match in _UUID.finditer(whole):
            others.setdefault(match[0])
        before = f"{whole[-_OVERLAP:]} "
    return TaskIds(tuple(named), tuple(id for id in others if id not in named))
