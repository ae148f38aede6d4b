"""Tasks as bytes: one JSON object per line, as the service sent it, compressed.

Encoded line by line: encoding all rows in one call would hold the interpreter lock and freeze the screen.
"""

import json
import zlib
from collections.abc import Iterable, Iterator
from itertools import islice

from kps_tui.kps.task import FailedTask

_FASTEST = 1
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_CHUNK = 64 * 1024
"""Bytes that are decompressed at a time."""


def packed(tasks: Iterable[FailedTask]) -> bytes:
    """Return `tasks` as compressed bytes."""
    deflate = zlib.compressobj(_FASTEST)
    chunks: list[bytes] = []
    for task in tasks:
        chunks.append(deflate.compress(_encode(task.to_json()).encode("utf-8", "surrogatepass") + b"\n"))
    return b"".join((*chunks, deflate.flush()))


def unpacked(blob: bytes) -> tuple[FailedTask, ...]:
    """Return the tasks in `blob`. A task that came without an id has none until `TaskStore` gives it one.

    Raises:
        ValueError: `blob` was not made by `packed`, or is damaged.
    """
    return tuple(map(_task, _lines(blob)))


def beginning_with(blob: bytes, begin: str, most: int) -> Iterator[FailedTask]:
    """Yield the tasks in `blob` whose id begins with `begin`; only the first `most` rows are looked at.

    Raises:
        ValueError: `blob` was not made by `packed`, or is damaged.
    """
    part = begin.encode("utf-8", "surrogatepass")
    for line in islice(_lines(blob), most):
        # Most rows need not be parsed.
        if part in line and (task := _task(line)).task_id.startswith(begin):
            yield task


def _lines(blob: bytes) -> Iterator[bytes]:
    inflate = zlib.decompressobj()
    rest = b""
    try:
        for start in range(0, len(blob), _CHUNK):
            *lines, rest = (rest + inflate.decompress(blob[start : start + _CHUNK])).split(b"\n")
            yield from lines
    except zlib.error as error:
        raise ValueError(str(error)) from None
    if rest or not inflate.eof or inflate.unused_data:
        raise ValueError("the end is missing, or something follows it")


def _task(text: bytes) -> FailedTask:
    try:
        row = json.loads(text.decode("utf-8", "surrogatepass"))
    except RecursionError as error:
        raise ValueError(str(error)) from None
    if not isinstance(row, dict):
        raise ValueError("a row is not an object")
    return FailedTask.from_json(row)
