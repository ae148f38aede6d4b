"""Faults below the JSON: sockets, HTTP, sizes, encodings, redirects. Rows 4 to 16 and 22 to 24."""

import gzip

from tests.faults.case import GOOD, Case, fixed, made
from tests.faults.hostile import (
    OK,
    REPEATED,
    always,
    bomb,
    chunk,
    chunked,
    drips,
    endless,
    hangs,
    head,
    in_turn,
    kept_alive,
    redirect,
    resets,
)
from tests.loopback import listing, row

LIST = b'{"total": 1, "tasks": [{"task_id": "partial"}]}'
"""A valid body that is cut off."""
CLOSED = "the connection was closed before the end of the response"
BROKE = "the connection broke"
SILENT = "did not answer within 15 s"
LATE = "1 KiB of the answer of 127.0.0.1"
LARGE = "it is too large (over 4,000 KiB)"
NOT_FOLLOWED = "not followed, because that would send the login there"
CUT = OK + b"Content-Length: 4000\r\n\r\n" + LIST
GARBAGE = {
    "binary": bytes(range(256)) * 4,
    "escape": b"\x1b]0;owned\x07\x1b[31m HTTP/1.1 200 OK\r\n\r\n",
    "status": b"HTTP/1.1 2x0 OK\r\n\r\n" + LIST,
    "ssh": b"SSH-2.0-OpenSSH_9.2p1\r\n\r\n",
}
ENCODINGS = {
    "gzip": gzip.compress(LIST),
    "gzip, gzip": gzip.compress(gzip.compress(LIST)),
    "br": LIST,
    "zstd": LIST,
    "x-\x1b[31mred": LIST,
}
SMUGGLED = (b"Content-Length: 5\r\nContent-Length: 47\r\n", b"Content-Length: x\r\n", b"Content-Length: -1\r\n")


def _no_http(variant: str, data: bytes) -> Case:
    return Case(14, variant, fixed(data), 1, ("the response can't be read", "it is not HTTP"))


CASES = (
    Case(4, "", fixed(hangs), 3, ("127.0.0.1", SILENT), longest=15, shortest=14),
    Case(5, "", fixed(drips), 3, (LATE, "arrived within 15 s"), longest=15, shortest=14),
    Case(6, "", fixed(endless()), 1, (LARGE,)),
    Case(6, "chunked", fixed(endless(chunked(), chunk(b"[" * 65536))), 1, (LARGE,)),
    Case(6, "promised", fixed(endless(OK + b"Content-Length: 99999999999\r\n\r\n")), 1, (LARGE,)),
    Case(6, "of-an-error", fixed(endless(head("500 X"))), 3, ("the service failed (500)",), requests=REPEATED),
    Case(7, "", lambda sink: always(head("200 OK", "Content-Encoding: gzip", body=bomb())), 1, ("compressed (gzip)",)),
    Case(
        *(7, "twice", lambda sink: always(head("200 OK", "Content-Encoding: gzip, gzip", body=bomb(2)))),
        *(1, ("compressed (gzip, gzip)",)),
    ),
    Case(
        *(7, "of-an-error", lambda sink: always(head("400 X", "Content-Encoding: gzip", body=bomb()))),
        *(1, ("the service rejected the request (400)",)),
    ),
    *(
        Case(8, name.partition("\x1b")[0], fixed(head("200 OK", f"Content-Encoding: {name}", body=body)), 1, said)
        for name, body in ENCODINGS.items()
        for said in [("the response can't be read", "it is compressed (")]
    ),
    Case(9, "", fixed(CUT), 3, (CLOSED,), requests=REPEATED),
    Case(10, "", fixed(chunked(chunk(LIST))), 3, (CLOSED,), requests=REPEATED),
    Case(10, "in-a-chunk", fixed(chunked(b"fff\r\n" + LIST)), 3, (CLOSED,), requests=REPEATED),
    Case(11, "", fixed(chunked(b"zz\r\n" + LIST)), 1, ("it is not HTTP",)),
    Case(11, "huge", fixed(chunked(b"f" * 30 + b"\r\n" + LIST)), 1, ("it is not HTTP",)),
    *(
        Case(11, f"length-{number}", fixed(OK + fields + b"\r\n" + LIST), 1, ("it is not HTTP",))
        for number, fields in enumerate(SMUGGLED)
    ),
    Case(12, "", fixed(resets(CUT)), 3, (BROKE,), requests=REPEATED),
    Case(12, "once", made(lambda: in_turn(always(resets(CUT)), GOOD)), 0, tasks=3, requests=2),
    Case(12, "before-the-head", fixed(resets(b"")), 3, ("the connection",), requests=REPEATED),
    Case(
        *(13, "", made(lambda: kept_alive(listing([row(number) for number in range(19)])))),
        *(0, (), 19),
        page_size=10,
        requests=2,
    ),
    Case(13, "never", fixed(b""), 3, (CLOSED,), requests=REPEATED),
    *(_no_http(variant, data) for variant, data in GARBAGE.items()),
    *(
        Case(14, variant, fixed(data), 3, (CLOSED, "does KPS answer there?"), requests=REPEATED)
        for variant, data in (("banner", b"SSH-2.0-OpenSSH_9.2p1\r\n"), ("no-head", LIST))
    ),
    Case(15, "", fixed(head("200 OK", f"X: {'x' * 70_000}", body=LIST)), 1, ("headers",)),
    Case(15, "many", fixed(head("200 OK", *["X: xxxxxxxxxxxx"] * 5000, body=LIST)), 1, ("headers",)),
    Case(15, "200-kB", fixed(head("200 OK", f"X: {'x' * 200_000}", body=LIST)), 1, ("it is not HTTP",)),
    Case(16, "reason", fixed(head("500 \x1b[31mred\x1b]0;owned\x07", body=b"{}")), 3, ("(500)",), requests=REPEATED),
    Case(16, "header", fixed(head("200 OK", "X-Request-Id: \x1b[31mred", body=LIST)), 0, tasks=1),
    Case(16, "c1", fixed(head("400 \x9b31mred", "X-Request-Id: \x9b31mid", body=b"{}")), 1, ("(400)", "31mid")),
    *(
        Case(
            *(22, status, lambda sink, status=status: always(redirect(f"{status} X", f"{sink}/v3/x"))),
            *(1, (f"the service redirects to 127.0.0.1 ({status})", NOT_FOLLOWED)),
        )
        for status in ("301", "302", "303")
    ),
    *(
        Case(23, status, fixed(redirect(f"{status} X", "/v3/elsewhere")), 1, (f"({status})", NOT_FOLLOWED))
        for status in ("307", "308")
    ),
    Case(
        *(24, "", made(lambda: lambda request: redirect("302 X", f"http://{request.headers['host']}{request.target}"))),
        *(1, ("redirects", NOT_FOLLOWED)),
    ),
    *(
        Case(24, f"odd-{number}", fixed(redirect("302 X", place)), 1, ("redirects", NOT_FOLLOWED))
        for number, place in enumerate(("", "//[", "x" * 9000))
    ),
    *(
        Case(24, f"nonsense-{number}", fixed(redirect("302 X", place)), 1, ("the response can't be read",))
        for number, place in enumerate(("http://\x80\x9b31m", "javascript:x"))
    ),
)
"""In the order of the matrix."""
