"""Response bodies that take a lot of memory. What `list` needs for each is compared with a list of three rows."""

import json
from collections.abc import Mapping

from tests.faults.case import Case, fixed
from tests.faults.hostile import OK, bomb, endless, head
from tests.loopback import http, row

CAP = 4000 * 1024
"""Bytes of the largest body that is read for a page of 1000 rows."""
MIB = 1024
REFUSED_MOST, ACCEPTED_MOST = 16, 96
"""MiB."""


def _full(start: str, unit: str, end: str) -> bytes:
    """Return a response of the largest allowed size."""
    return http(start + unit * ((CAP - len(start) - len(end)) // len(unit) - 1) + end)


def _rows(count: int, **other: str) -> bytes:
    return http(json.dumps({"total": count, "tasks": [row(n, **other) for n in range(count)]}, ensure_ascii=False))


def _refused(variant: str, answer: bytes, said: str) -> Case:
    return Case(6, variant, fixed(answer), 1, ("the response can't be read", said))


MANY = "it holds too many values (over 262,144)"

REFUSED = (
    Case(6, "memory", fixed(endless()), 1, ("it is too large",)),
    Case(6, "memory-promised", fixed(endless(OK + b"Content-Length: 99999999999\r\n\r\n")), 1, ("it is too large",)),
    Case(7, "memory", lambda sink: lambda request: head("200 OK", "Content-Encoding: gzip", body=bomb()), 1, ("gzip",)),
    _refused("rows", _full('{"total": 1, "tasks": [{}', ",{}", "]}"), MANY),
    _refused("no-objects", _full('{"total": 1, "tasks": [0', ",0", "]}"), MANY),
    _refused("lists", _full('{"total": 0, "tasks": [], "x": [[]', ",[]", "]}"), MANY),
    _refused("broken", _full('{"total": 0, "tasks": [], "x": [1.5', ",1.5", "}"), MANY),
)
"""Bodies that are refused."""
ACCEPTED = (
    Case(48, "memory-usual", fixed(_rows(1000)), 0, tasks=1000),
    Case(48, "memory-long", fixed(_rows(1000, task_error_msg="x" * 3700)), 0, tasks=1000),
    Case(48, "memory-wide", fixed(_rows(1000, task_error_msg="😀" * 900)), 0, tasks=1000),
    Case(44, "memory-12000-rows", fixed(_rows(12_000)), 0, tasks=12_000),
    Case(
        *(44, "memory-131000-rows", fixed(http(json.dumps({"total": 131_000, "tasks": [{}] * 131_000})))),
        *(0, (), 131_000),
    ),
)
"""Bodies that are accepted; the last is the worst known."""


def said(taken: Mapping[str, int]) -> str:
    """Return the largest of `taken` (KiB by id) as text."""
    name, worst = max(taken.items(), key=lambda item: item[1])
    return f"+{worst / MIB:.0f} MiB ({name})"
