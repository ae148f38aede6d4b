"""A failed task, parsed leniently from one row of `failed-tasks`.

The API page contradicts itself (its own example shows `RUNNING_RESET` in the list of failed tasks, and a null error
code), and the official clients declare every field optional. So parsing never raises: values that can't be understood
are kept as they were sent.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, NamedTuple

API_FIELDS = (
    "task_id",
    "operate_type",
    "task_time",
    "task_error_code",
    "task_error_msg",
    "server_name",
    "server_id",
    "keypair_name",
)
"""The eight documented fields, in the order of the API page."""

SECONDS_BELOW = 10**11
"""A time below this is in seconds; as milliseconds it would be before March 1973."""
_DIGITS = 13
"""Digits of the milliseconds of any time from 2001 to 2286."""
LATEST = 253_402_300_799_999
"""The last millisecond of the year 9999; a later value is no time."""

_OPERATION = re.compile(r"(READY|RUNNING|FAILED|SUCCESS)_(BIND|RESET|REPLACE|UNBIND)")
_NUMBER = re.compile(r"[0-9]{1,16}(\.[0-9]{1,9})?")
_DOCUMENTED = frozenset(API_FIELDS)
_TEXTS = frozenset({str, type(None)})


RowKey = tuple[str, str | None]
"""A `task_id` and a `task_time` as sent: what a row is known by."""


class Operation(NamedTuple):
    """The parts of an `operate_type` such as `FAILED_RESET`. An unknown word is the whole name, without a state."""

    name: str
    """`bind`, `unbind`, `reset` or `replace`, else the word as sent."""
    state: str
    """`failed`, `running`, `ready` or `success`, else empty."""


@dataclass(frozen=True, slots=True)
class FailedTask:
    """One failed task. A text is None if the service sent null or nothing; texts must be sanitized before display.

    `task_id` identifies the task according to the official Terraform provider, which deletes tasks by it, but the API
    page calls it the id of the server ("虚拟机ID"), which may fail twice: rows are told apart by `row_key`. If the
    service sent no id, `task_id` is empty until a store assigns a generated one.
    """

    task_id: str
    operate_type: str | None
    task_time: str | None
    """As sent; see `milliseconds`."""
    task_error_code: str | None
    task_error_msg: str | None
    server_name: str | None
    server_id: str | None
    keypair_name: str | None
    milliseconds: int | None = None
    """`task_time` in milliseconds since the epoch, UTC; None if it can't be parsed."""
    served: Mapping[str, Any] | None = None
    """The row as sent, kept only if the fields above can't represent it: other keys, other types, absent keys."""

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> "FailedTask":
        """Parse one row; never raises."""
        if row.keys() == _DOCUMENTED and row["task_id"] and _TEXTS.issuperset(map(type, row.values())):
            return cls(**row, milliseconds=milliseconds(row["task_time"]))
        return cls(
            task_id=_text(row.get("task_id")) or "",
            operate_type=_text(row.get("operate_type")),
            task_time=_text(row.get("task_time")),
            task_error_code=_text(row.get("task_error_code")),
            task_error_msg=_text(row.get("task_error_msg")),
            server_name=_text(row.get("server_name")),
            server_id=_text(row.get("server_id")),
            keypair_name=_text(row.get("keypair_name")),
            milliseconds=milliseconds(row.get("task_time")),
            served=dict(row),
        )

    def to_json(self) -> dict[str, Any]:
        """Return the row with the keys and values that were sent, the documented ones first."""
        if self.served is None:
            return {field: getattr(self, field) for field in API_FIELDS}
        known = {field: self.served[field] for field in API_FIELDS if field in self.served}
        return known | {key: value for key, value in self.served.items() if key not in known}

    @property
    def row_key(self) -> RowKey:
        """What identifies the row in every list: the id together with the time."""
        return self.task_id, self.task_time

    @property
    def operation(self) -> Operation:
        """The operation on the key pair, and its state."""
        return operation(self.operate_type)

    @property
    def has_own_id(self) -> bool:
        """Whether the id was generated here (`~…`) because the service sent none; the service does not know it."""
        return self.served is not None and self.served.get("task_id") in (None, "")

    def fingerprint(self) -> str:
        """Return a short hash of the whole row; equal rows have the same."""
        held = json.dumps(self.to_json(), sort_keys=True)
        return hashlib.blake2b(held.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()

    def with_own_id(self, count: int) -> "FailedTask":
        """Return a copy with a generated id: `~`, the fingerprint, and its number `count` (from 1) among equal rows."""
        suffix = "" if count == 1 else f"-{count}"
        return replace(self, task_id=f"~{self.fingerprint()}{suffix}")


@lru_cache(maxsize=256)
def operation(word: str | None) -> Operation:
    """Parse an `operate_type` such as `FAILED_RESET`; an unknown word is kept whole."""
    if not word:
        return Operation("", "")
    if match := _OPERATION.fullmatch(word):
        return Operation(match[2].lower(), match[1].lower())
    return Operation(word, "")


def milliseconds(value: object) -> int | None:
    """Return a `task_time` in milliseconds since the epoch, or None if it is no time.

    The API page shows a string of milliseconds ("1523342130000"); the vendor's Go client declares an integer.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    if isinstance(value, int) and value > LATEST:
        return None
    if (
        isinstance(value, str)
        and len(value) == _DIGITS
        and value.isascii()
        and value.isdigit()
        and int(value) >= SECONDS_BELOW
    ):
        return int(value)
    text = value.strip() if isinstance(value, str) else f"{value:.6f}" if isinstance(value, float) else str(value)
    if not _NUMBER.fullmatch(text):
        return None
    number = float(text) if "." in text else int(text)
    if number < SECONDS_BELOW:
        number *= 1000
    return int(number) if number <= LATEST else None


def _text(value: object) -> str | None:
    """Return `value` as text, other types than strings as JSON."""
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)
