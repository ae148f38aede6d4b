"""`facet`: the counts of each value in every format, and the available fields."""

import csv
import io
import json

import pytest

from tests.cli.test_commands import HOSTILE, run
from tests.loopback import Reply, Request, http, listing, row

MESSAGES = ["Connect to 10.1.2.3:22 timed out", "Connect to 10.9.9.9:22 timed out", "Login incorrect"]
ROWS = [row(number, task_error_msg=MESSAGES[number % 3], keypair_name=["k", None][number % 2]) for number in range(9)]


def test_json_says_what_was_counted_and_of_how_much() -> None:
    ended = run("facet", "err", "--format", "json", reply=listing(ROWS))
    assert ended.code == 0
    document = ended.json
    values = document.pop("values")
    assert document == {"field": "err", "total": 9, "loaded": 9, "complete": True}
    assert [(each["value"], each["count"]) for each in values] == [
        ("Connect to <address>:22 timed out", 6),
        ("Login incorrect", 3),
    ]
    ended = run("facet", "key", "--where", "login", "--format", "json", reply=listing(ROWS))
    assert ended.json["values"] == [{"value": "k", "count": 2}, {"value": "", "count": 1}]
    assert (ended.json["total"], ended.json["loaded"]) == (9, 9)


@pytest.mark.parametrize("output_format", ["json", "jsonl"])
@pytest.mark.parametrize("field", ["err", "cause"])
def test_an_error_and_a_cause_say_when_and_where(field: str, output_format: str) -> None:
    at = 1_763_856_000_000
    names = ["api-gateway-cn-north-4b-08", "api-gateway-cn-north-4a-01", "web-02", "web-02"]
    rows = [
        row(
            number,
            task_error_msg=MESSAGES[0],
            task_time=str(at + 60_000 * number),
            server_name=name,
            server_id=name,
            keypair_name=[None, "k"][number % 2],
        )
        for number, name in enumerate(names)
    ]
    ended = run("facet", field, "--format", output_format, reply=listing(rows))
    [found] = ended.json["values"] if output_format == "json" else [json.loads(ended.out)]
    assert found == {
        "value": {"err": "Connect to <address>:22 timed out", "cause": "security-group"}[field],
        "count": 4,
        "first": "2025-11-23T00:00:00Z",
        "last": "2025-11-23T00:03:00Z",
        "servers": 3,
        "server_families": {"api-gateway": 2, "web": 1},
        "key_pairs": {"": 2, "k": 2},
    }
    lost = run(
        "facet", field, "--format", output_format, reply=listing([row(0, task_time="soon", task_error_msg=MESSAGES[0])])
    )
    assert '"first": null, "last": null' in lost.out


def test_a_value_of_a_facet_is_a_filter() -> None:
    (most, _) = run("facet", "err", "--format", "json", reply=listing(ROWS)).json["values"]
    where = f'err:="{most["value"]}"'
    assert run("count", "--where", where, reply=listing(ROWS)).out == f"{most['count']}\n"


def test_a_table_has_counts_bars_and_values() -> None:
    lines = run("facet", "key", reply=listing(ROWS)).out.splitlines()
    assert lines[0].split() == ["COUNT", "KEY", "PAIR"]
    assert lines[1].split() == ["5", "█" * 20, "k"]
    assert lines[2].split() == ["4", "█" * 16, "(none)"]
    assert lines[0].index("KEY") == lines[1].index("k") == lines[2].index("(none)")


def test_days_from_the_newest_on() -> None:
    days = [row(number, task_time=str(1_763_856_000_000 - number % 2 * 86_400_000)) for number in range(3)]
    ended = run("facet", "day", "--format", "plain", reply=listing(days))
    assert ended.out == "2025-11-23: 2\n2025-11-22: 1\n"


def test_formats_for_machines() -> None:
    rows = [row(0, server_name="=cmd()"), row(1, server_name="=cmd()"), row(2, server_name="a|b")]
    reply = listing(rows)
    read = list(csv.reader(io.StringIO(run("facet", "server", "--format", "csv", reply=reply).out)))
    assert read == [["value", "count"], ["'=cmd()", "2"], ["a|b", "1"]]
    assert run("facet", "server", "--format", "tsv", reply=reply).out == "value\tcount\n=cmd()\t2\na|b\t1\n"
    lines = run("facet", "server", "--format", "jsonl", reply=reply).out.splitlines()
    assert [json.loads(each) for each in lines] == [{"value": "=cmd()", "count": 2}, {"value": "a|b", "count": 1}]
    markdown = run("facet", "server", "--format", "md", reply=reply).out
    assert markdown == "| value | count |\n|---|---|\n| `=cmd()` | 2 |\n| `a\\|b` | 1 |\n"


@pytest.mark.parametrize(
    "output_format",
    [
        "table",
        "json",
        "csv",
        *(pytest.param(output_format, marks=pytest.mark.full) for output_format in ("plain", "jsonl", "tsv", "md")),
    ],
)
def test_no_format_lets_a_control_character_through(output_format: str) -> None:
    ended = run("facet", "err", "--format", output_format, reply=listing([row(0, task_error_msg=HOSTILE)]))
    assert ended.code == 0
    assert {c for c in ended.out if not c.isprintable()} <= {"\n", "\t"}
    assert "密" in ended.out
    empty = run("facet", "err", "--format", output_format, reply=listing([]))
    assert empty.code == 0


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("servr", "“servr” is not a field that can be counted: did you mean “server”?"),
        ("time", "did you mean “day”?"),
        ("ERR", "did you mean “err”?"),
        (
            "\x1b[31m",
            "“␛[31m” is not a field that can be counted · fields: op, err, code, cause, server, family, key, day",
        ),
    ],
)
def test_an_unknown_field_is_named_with_the_nearest(field: str, said: str) -> None:
    ended = run("facet", field)
    assert (ended.code, ended.out) == (2, "")
    assert said in ended.err
    assert len(ended.err.splitlines()) == 1
    assert ended.server.requests == []


def test_an_incomplete_list_is_counted_and_said() -> None:
    def reply(request: Request) -> Reply:
        return http({}, "403 X") if request.number("offset") else listing(ROWS)(request)

    ended = run("facet", "op", "--format", "json", "--page-size", "3", reply=reply)
    assert ended.code == 6
    assert (ended.json["complete"], ended.json["loaded"], ended.json["values"][0]["count"]) == (False, 3, 3)
    assert "incomplete" in ended.err


def test_demo_data_is_said_to_be_demo_data() -> None:
    ended = run("facet", "op", "--demo", "--demo-tasks", "5", "--format", "json", environment={})
    assert ended.json["demo"] is True
    assert sum(each["count"] for each in ended.json["values"]) == 5
    assert "DEMO" in ended.err
    assert run("facet", "op", "--demo", "--demo-tasks", "5", "--format", "md", environment={}).out.startswith("DEMO")
