"""Faults in the JSON of a response with a good status: rows 29 to 41 and 47 to 49."""

import codecs
import json
from typing import Any

from tests.faults.case import Case, fixed
from tests.faults.hostile import head
from tests.loopback import http, row
from tests.payloads import PAYLOADS

UNREADABLE = "the response can't be read"
HTML = "<!DOCTYPE html><html><head><title>Log in to the guest network</title></head>" + "<p>" * 4000
PREFIX = b'{"total": 1, "tasks": [{"task_id": "t", "server_name": '
FIELDS = ("operate_type", "task_error_code", "task_error_msg", "server_name", "server_id", "keypair_name", "task_time")
TIMES = (1763856000000, 1763856000, 1763856000.5, "1763856000000", -1, 253402300800000, "99999-01-01", "abc", "", " 7 ")
MORE_TIMES: tuple[Any, ...] = (None, True, [], {}, "9" * 5000, "-9", "1e9", "١٢٣")


def _rows(*rows: Any, total: object = ...) -> bytes:
    return http({"total": len(rows) if total is ... else total, "tasks": [*rows]})


def _raw(*rows: str, total: int | None = None) -> bytes:
    """Return a response with these rows, which are already JSON."""
    return http(f'{{"total": {len(rows) if total is None else total}, "tasks": [{", ".join(rows)}]}}')


def _unreadable(number: int, variant: str, answer: bytes, *said: str) -> Case:
    return Case(number, variant, fixed(answer), 1, (UNREADABLE, *said))


def _nested(levels: int) -> str:
    return "[" * levels + "]" * levels


CASES = (
    _unreadable(29, "", http(HTML, headers={"Content-Type": "text/html; charset=utf-8"}), "not JSON (text/html"),
    _unreadable(29, "untold", head("200 OK", body=HTML.encode()), "not JSON (no content type"),
    _unreadable(30, "", http(b""), "it is empty"),
    _unreadable(30, "spaces", http(b"  \r\n "), "it is not JSON"),
    _unreadable(30, "204", head("204 No Content"), "status 204"),
    _unreadable(30, "206", http({"total": 0, "tasks": []}, "206 Partial Content"), "status 206"),
    _unreadable(30, "101", head("101 Switching Protocols", "Upgrade: h2c"), "it is not HTTP"),
    _unreadable(31, "", http('{"total": 1, "tasks": ['), "it is not JSON", "character 23"),
    _unreadable(31, "escape", http("\x1b]0;owned\x07" * 500), "it is not JSON", "character 0", "␛]0;owned␇"),
    _unreadable(31, "two", http(b'{"total": 0, "tasks": []}{"total": 0}'), "it is not JSON", "character 25"),
    _unreadable(32, "", http(PREFIX + b'"\xff\xfe"}]}'), "it is not UTF-8"),
    _unreadable(32, "gbk", http(PREFIX + '"密钥对"}]}'.encode("gbk")), "it is not UTF-8"),
    _unreadable(32, "overlong", http(PREFIX + b'"\xc0\xaf"}]}'), "it is not UTF-8"),
    Case(33, "", fixed(http(codecs.BOM_UTF8 + json.dumps({"total": 1, "tasks": [row(0)]}).encode())), 0, tasks=1),
    _unreadable(33, "utf-16", http(json.dumps({"total": 0, "tasks": []}).encode("utf-16")), "it is not UTF-8"),
    _unreadable(33, "utf-16-le", http(json.dumps({"total": 0, "tasks": []}).encode("utf-16-le")), "it is not JSON"),
    _unreadable(34, "", http("[" * 200_000), "nested too deeply"),
    _unreadable(34, "objects", http('{"a":' * 100_000), "nested too deeply"),
    Case(
        *(34, "in-a-row", fixed(_raw('{"task_id": "a"}', *[f'{{"task_id": "b", "x": {_nested(200)}}}'] * 2))),
        *(6, ("incomplete: 2 rows could not be read",), 1),
        shown=("2 rows could not be read",),
    ),
    Case(
        *(
            35,
            "",
            fixed(
                _raw(
                    *(
                        f'{{"task_id": "n{n}", "task_time": {text}}}'
                        for n, text in enumerate(("9" * 5000, "NaN", "Infinity", "-Infinity", "1e400", "-0.0", "1E-9"))
                    )
                )
            ),
        ),
        *(0, (), 7),
    ),
    *(
        _unreadable(36, str(number), http(json.dumps(value)), "it is not a JSON object")
        for number, value in enumerate(([], "text", None, 7, True, [row(0)]))
    ),
    _unreadable(37, "missing", http({"total": 3}), "“tasks” is not a list, but null"),
    _unreadable(37, "null", http({"total": 3, "tasks": None}), "“tasks” is not a list, but null"),
    _unreadable(37, "object", http({"total": 1, "tasks": {"0": row(0)}}), "“tasks” is not a list, but an object"),
    _unreadable(37, "text", http({"total": 0, "tasks": "none"}), "“tasks” is not a list, but a text"),
    _unreadable(37, "empty", http({}), "“tasks” is not a list, but null"),
    _unreadable(
        37, "error-in-200", http({"error_code": "KPS.1", "error_msg": "no"}), "“tasks” is not a list, but null"
    ),
    Case(37, "null-of-none", fixed(http({"total": 0, "tasks": None})), 0, tasks=0, shown=("No failed tasks",)),
    Case(
        *(38, "", fixed(_rows(row(0), None, "text", 7, [row(1)])), 6, ("incomplete: 4 rows could not be read",), 1),
        shown=("4 rows could not be read",),
    ),
    Case(
        *(38, "all", fixed(_rows(None, None)), 6, ("incomplete: 2 rows could not be read",), 0),
        shown=("2 rows could not be read",),
    ),
    Case(
        *(39, "", fixed(_rows(*(row(n, task_time=time) for n, time in enumerate((*TIMES, *MORE_TIMES)))))),
        *(0, (), len(TIMES) + len(MORE_TIMES)),
    ),
    Case(
        *(40, "", fixed(_rows({"task_id": "a"}, {}, {"x": 1}, {**dict.fromkeys(FIELDS), "task_id": None}))),
        *(0, (), 4),
    ),
    Case(
        40,
        "types",
        fixed(_rows(*(row(n, **dict.fromkeys(FIELDS, v)) for n, v in enumerate((1, [], {}, True))))),
        0,
        (),
        4,
    ),
    Case(
        *(41, "", fixed(_rows(row(0), row(1), row(0), row(0))), 0, ("2 rows were sent twice",), 2),
        shown=("2 rows were sent twice",),
    ),
    Case(
        47,
        "",
        fixed(
            _rows(
                *(
                    row(n, **dict.fromkeys(FIELDS, text)) | {"task_id": f"{n:02}{text}", f"new{text}": text}
                    for n, text in enumerate(PAYLOADS.values())
                )
            )
        ),
        0,
        (),
        len(PAYLOADS),
    ),
    Case(48, "", fixed(_rows(row(0, task_error_msg="x" * 1_000_000), row(1, server_name="y" * 1_000_000))), 0, (), 2),
    Case(48, "marks", fixed(_rows(row(0, task_error_msg="a" + "\u0301" * 20_000))), 0, (), 1),
    Case(48, "lines", fixed(_rows(row(0, task_error_msg="line\n" * 100_000))), 0, (), 1),
    Case(49, "", fixed(_raw('{"task_id": "\\ud83d", "server_name": "a\\udfffb", "\\ud800": "\\udc00"}')), 0, (), 1),
)
"""In the order of the matrix."""
