"""Random responses: random JSON, and documented responses with random changes."""

import json
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from random import Random
from typing import Any

from tests.fuzz.strings import hostile
from tests.loopback import http, row

STATUSES = ("200 OK",) * 12 + (
    "202 Accepted", "204 No Content", "301 Moved", "304 X", "400 X", "401 X", "403 X", "404 X", "409 X", "418 X",
    "429 X", "500 X", "503 X", "599 X", "999 X",
)  # fmt: skip
NUMBERS = (0, -1, 1, 2**31, 2**63, 10**30, -(10**400), 0.0, -0.5, 1e308, float("inf"), float("nan"), 1_763_856_000_000)
KEYS = ("total", "tasks", "task_id", "task_time", "operate_type", "error_code", "error_msg", "error", "code", "message")
HEADERS = ("Content-Type", "X-Request-Id", "Retry-After", "Location", "Date", "Content-Encoding", "ETag", "Set-Cookie")
RAW = (
    b"", b"null", b"[" * 100_000, b'{"a":' * 50_000, b"9" * 5000, b"\xff\xfe\x00", b"\xef\xbb\xbf{}", b"<html></html>",
    b"1e999", b'{"total":0,"tasks":null}', b'{"tasks":[{"task_id":"\\ud83d"}],"total":1}',
    b'{"total":1,"total":2,"tasks":[]}', b"NaN", b'"\\ud800"', b"{'a':1}",
    b'{"tasks":[' + b"[" * 900 + b"]" * 900 + b'],"total":1}', b"\x00" * 50,
)  # fmt: skip


@dataclass(frozen=True)
class Answer:
    """A whole HTTP response as bytes."""

    wire: bytes
    good: bool
    """Whether it is a 200 with an unchanged body, which must be parsed."""


def answers(count: int, seed: int, echoed: str) -> Iterator[Answer]:
    """Return `count` responses; some contain `echoed`, like a service that repeats the request."""
    rng = Random(seed)
    return (_answer(rng, echoed) for _ in range(count))


def _answer(rng: Random, echoed: str) -> Answer:
    kind = rng.random()
    if kind < 0.1:
        return Answer(http(listing(rng)), good=True)
    if kind < 0.4:
        body: Any = mutated(rng, listing(rng))
    elif kind < 0.55:
        body = {"error_code": text(rng), "error_msg": f"{text(rng)} {echoed}", "request_id": text(rng)}
        body = mutated(rng, rng.choice((body, {"error": body})))
    elif kind < 0.8:
        body = value(rng, 4)
    else:
        body = rng.choice(RAW)
    wire = body if isinstance(body, bytes) else json.dumps(body).encode()
    if rng.random() < 0.2:
        wire = damaged(rng, wire)
    names = rng.sample(HEADERS, rng.choice((0, 0, 1, 2)))
    headers = {name: header(rng) for name in names}
    whole = http(wire, rng.choice(STATUSES), headers)
    return Answer(damaged(rng, whole) if rng.random() < 0.05 else whole, good=False)


def listing(rng: Random) -> dict[str, Any]:
    """Return a response in the documented format with hostile texts in it."""
    texts = [hostile(rng)[:1000] for _ in range(2 * rng.randrange(6))]
    rows = [row(n, server_name=texts[2 * n], task_error_msg=texts[2 * n + 1]) for n in range(len(texts) // 2)]
    return {"total": len(rows), "tasks": rows}


def mutated(rng: Random, body: Any) -> Any:
    """Return `body` with a few values replaced, removed or added."""
    body = deepcopy(body)
    for _ in range(rng.randint(1, 4)):
        at = body
        while isinstance(at, dict | list) and at and rng.random() < 0.7:
            inner = rng.choice([*at.values()] if isinstance(at, dict) else at)
            if not isinstance(inner, dict | list):
                break
            at = inner
        if isinstance(at, dict):
            key = rng.choice([*at, *KEYS, text(rng)])
            at.pop(key, None)
            if rng.random() < 0.8:
                at[key] = value(rng, 2)
        elif isinstance(at, list):
            at.insert(rng.randint(0, len(at)), value(rng, 2))
    return body


def value(rng: Random, depth: int) -> Any:
    """Return any JSON value."""
    kind = rng.randrange(8 if depth else 5)
    if kind == 0:
        return rng.choice((None, True, False))
    if kind == 1:
        return rng.choice(NUMBERS)
    if kind < 5:
        return text(rng)
    if kind == 5:
        return [value(rng, depth - 1) for _ in range(rng.randrange(5))]
    return {rng.choice((*KEYS, text(rng))): value(rng, depth - 1) for _ in range(rng.randrange(6))}


def text(rng: Random) -> str:
    """Return a string, a number as a string, or a word of the API."""
    return rng.choice((hostile(rng)[:2000], str(rng.choice(NUMBERS)), "FAILED_RESET", "", "KPS.0002"))


def header(rng: Random) -> str:
    """Return a value that fits in a header line."""
    known = (
        "gzip",
        "identity",
        "br",
        "0",
        "-1",
        "1e9",
        "9" * 400,
        "https://evil.example/x",
        "//",
        "http://[",
        "application/json",
    )
    wild = "".join(c for c in hostile(rng) if c not in "\r\n\x00").encode("latin-1", "replace").decode("latin-1")
    return rng.choice((*known, wild[:300]))


def damaged(rng: Random, data: bytes) -> bytes:
    """Return `data` with bytes changed, removed or added."""
    for _ in range(rng.randint(1, 3)):
        at = rng.randint(0, len(data))
        new = rng.randbytes(rng.randrange(4))
        data = data[:at] + new + data[at + rng.choice((0, 1, 1, 20)) :]
    return data
