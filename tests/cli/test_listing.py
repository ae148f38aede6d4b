"""`--view` and `--columns`: saved views and chosen fields on the command line."""

from pathlib import Path
from typing import Any

import pytest

from kps_tui.cli.listing import print_list
from kps_tui.problems import ConfigError
from tests.cli.test_commands import run
from tests.loopback import listing, row

ROWS = [row(number, operate_type="FAILED_BIND" if number % 2 else "FAILED_RESET") for number in range(10)]


def test_the_commands_take_a_saved_view(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[views.binds]\nwhere = "op:bind"\nsort = "server,time"\nfacet = "op"\n')
    view = ("--config", str(config), "--view", "binds")
    printed = ("--columns", "server, task,op", "--format", "tsv")
    ended = run("list", *view, *printed, "--where", "server:web-1 or server:web-2", reply=listing(ROWS))
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.splitlines() == ["server\ttask\top", "web-1\ttask-000001\tbind", "web-2\ttask-000009\tbind"]
    assert run("count", *view, reply=listing(ROWS)).out == "5\n"
    assert run("facet", *view, "--format", "tsv", reply=listing(ROWS)).out == "value\tcount\nbind\t5\n"
    assert run("facet", "key", *view, "--format", "plain", reply=listing(ROWS)).out == "KeyPair-xt: 5\n"
    ended = run("list", *view[:-1], "bind", reply=listing(ROWS))
    assert (ended.code, ended.out, ended.server.requests) == (2, "", [])
    assert ended.err == "kps-tui: --view: there is no view “bind”: did you mean “binds”? · views: binds\n"


def test_facet_without_a_field_says_which_there_are() -> None:
    ended = run("facet", reply=listing(ROWS))
    assert (ended.code, ended.out, ended.server.requests) == (2, "", [])
    assert "facet needs a field to count by · fields: op, err, code" in ended.err


@pytest.mark.parametrize(
    ("columns", "output_format", "said"),
    [
        ("time,servr", "table", "--columns: “servr” is not a column; did you mean “server”?"),
        ("host", "csv", "--columns: “host” is not a column; did you mean “server”?"),
        ("time,", "csv", "--columns: “” is not a column; columns are time, op, state"),
        ("\x1b[31m", "md", "--columns: “␛[31m” is not a column; columns are"),
        ("op, op", "plain", "--columns: “op” is listed twice"),
        ("op", "json", "--columns can't be combined with --format json: JSON keeps every task as the service sent it"),
        ("op", "jsonl", "--columns can't be combined with --format jsonl"),
    ],
)
def test_columns_that_can_not_be_printed_are_refused_before_anything_is_read(
    columns: str, output_format: str, said: str
) -> None:
    others: dict[str, Any] = {"sort": None, "limit": None, "output": None, "reader": None}
    with pytest.raises(ConfigError) as raised:
        print_list(
            {}, None, "", columns=columns, running=False, fail_if_any=False, output_format=output_format, **others
        )
    assert str(raised.value).startswith(said)
