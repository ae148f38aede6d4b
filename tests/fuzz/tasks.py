"""Tasks and errors parsed from JSON with hostile strings."""

import json
from collections.abc import Iterator, Sequence
from itertools import islice

from kps_tui.kps.answer import decoded
from kps_tui.kps.errors import KpsError, refusal_of, refused
from kps_tui.kps.task import API_FIELDS, FailedTask

PER_TASK = len(API_FIELDS) + 4
"""Number of strings in a `full_task`."""
PER_ERROR = 3


def batches(strings: Sequence[str], size: int) -> Iterator[list[str]]:
    """Return `strings` in lists of `size`; the last may be shorter."""
    rest = iter(strings)
    while batch := list(islice(rest, size)):
        yield batch


def tasks_of(strings: Sequence[str]) -> list[FailedTask]:
    """Return a task for each string, which is in one field; its neighbours are in the other fields."""
    count = len(strings)
    return [
        _task({field: strings[(at + step) % count] for step, field in enumerate(API_FIELDS)}, at) for at in range(count)
    ]


def full_tasks(strings: Sequence[str]) -> Iterator[FailedTask]:
    """Return tasks of `PER_TASK` strings each, some of them as undocumented keys and values."""
    for number, batch in enumerate(batches(strings, PER_TASK)):
        row: dict[str, object] = dict.fromkeys(API_FIELDS)
        row |= zip(API_FIELDS, batch, strict=False)
        row |= {f"x{key}": {key: [key]} for key in batch[len(API_FIELDS) :]}
        yield _task(row, number)


def error_of(strings: Sequence[str], status: int) -> KpsError:
    """Return an error of the service with up to `PER_ERROR` strings in it."""
    code, message, identity = (*strings, "", "")[:PER_ERROR]
    body = json.dumps({"error_code": code, "error_msg": message, "request_id": identity}).encode()
    return refused(refusal_of(status, decoded(body), identity), "project 0123")


def _task(row: dict[str, object], number: int) -> FailedTask:
    row["task_id"] = f"{number} {row.get('task_id', '')}"
    return FailedTask.from_json(decoded(json.dumps(row).encode()))
