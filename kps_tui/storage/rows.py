"""Rows as served, packed into bytes: one JSON object a line, compressed.

Line by line, so that another thread (the screen) gets its turn: one encoding of all rows would hold it off.
"""

import json
import zlib
from collections.abc import Iterable

from kps_tui.kps.task import FailedTask

_FASTEST = 1
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_PIECE = 64 * 1024
"""Bytes unpacked at once."""


def packed(tasks: Iterable[FailedTask]) -> bytes:
    """Return `tasks` as bytes."""
    deflate = zlib.compressobj(_FASTEST)
    pieces: list[bytes] = []
    for task in tasks:
        pieces.append(deflate.compress(_encode(task.to_json()).encode("utf-8", "surrogatepass") + b"\n"))
    return b"".join((*pieces, deflate.flush()))


def unpacked(blob: bytes) -> tuple[FailedTask, ...]:
    """Return the tasks that were packed; one without an id of the service has none, until a store gives it one.

    Raises:
        ValueError: these are no packed tasks.
    """
    inflate = zlib.decompressobj()
    tasks: list[FailedTask] = []
    rest = b""
    try:
        for start in range(0, len(blob), _PIECE):
            *lines, rest = (rest + inflate.decompress(blob[start : start + _PIECE])).split(b"\n")
            tasks.extend(map(_task, lines))
    except (zlib.error, RecursionError) as error:
        raise ValueError(str(error)) from None
    if rest or not inflate.eof or inflate.unused_data:
        raise ValueError("the end is missing, or more than the end")
    return tuple(tasks)


def _task(text: bytes) -> FailedTask:
    row = json.loads(text.decode("utf-8", "surrogatepass"))
    if not isinstance(row, dict):
        raise ValueError("a row is no object")
    return FailedTask.from_json(row)
