"""The columns of an export that the user chose."""

import io

import pytest
from markdown_it import MarkdownIt

from kps_tui.kps.task import API_FIELDS, FailedTask
from kps_tui.triage.export import FORMATS, OF_WHOLE_TASKS, Listing, write
from kps_tui.triage.fields import BY_KEY
from tests.triage.tasks import everywhere, task

LONG = "timed out " * 200
TASKS = (task(server_name="=cmd()", task_error_msg=LONG), task(operate_type="MELT", task_time="soon", server_name=None))


def written(kind: str, *columns: str, tasks: tuple[FailedTask, ...] = TASKS, width: int | None = None) -> list[str]:
    """Return the lines of an export with these columns."""
    out = io.StringIO()
    listing = Listing(tasks, len(tasks), len(tasks), True, None, "region", "project")
    write(listing, kind, out, width, [BY_KEY[column] for column in columns])
    return out.getvalue().splitlines()


@pytest.mark.parametrize(
    ("kind", "lines"),
    [
        (
            "csv",
            ["server,op,time,err", f"'=cmd(),replace,2018-04-10T06:35:30Z,{LONG}", ",MELT,,Update public key error"],
        ),
        (
            "tsv",
            [
                "server\top\ttime\terr",
                f"=cmd()\treplace\t2018-04-10T06:35:30Z\t{LONG}",
                "\tMELT\t\tUpdate public key error",
            ],
        ),
        (
            "md",
            [
                "| server | op | time | err |",
                "|---|---|---|---|",
                f"| `=cmd()` | `replace` | 2018-04-10T06:35:30Z | ` {LONG} ` |",
                "|  | `MELT` |  | `Update public key error` |",
            ],
        ),
    ],
)
def test_a_file_has_the_columns_in_the_order_of_their_names_and_cuts_no_value(kind: str, lines: list[str]) -> None:
    assert written(kind, "server", "op", "time", "err") == lines


def test_a_table_and_plain_lines_have_them_under_their_titles() -> None:
    one = (task(),)
    header, values = written("table", "sid", "state", "server", tasks=one)
    assert header == f"{'SERVER ID':36}  STATE   SERVER"
    assert values == "c9aa197b-a6b6-4c33-b3a6-fa0b4ec50006  failed  web-01"
    assert written("plain", "err", "server", tasks=one) == ["error Update public key error  server web-01"]
    assert written("plain", "server", "op") == ["server =cmd()  operation replace", "server -  operation MELT"]


def test_a_table_that_is_too_wide_shrinks_the_error_and_leaves_out_no_chosen_column() -> None:
    header, values = written("table", "task", "code", "err", tasks=(task(),), width=75)
    assert header.split() == ["TASK", "ID", "CODE", "ERROR"]
    assert values == "aee8d2fe-5484-4753-9177-5a38dc15546c  KPS.6010  Update public key error"
    assert all(len(each) <= 75 for each in written("table", "err", "task", "code", width=75))
    assert all("KPS.6010" in each for each in written("table", "err", "task", "code", width=75)[1:])
    assert written("table", "task", "sid", tasks=(task(),), width=40)[0] == "TASK ID" + " " * 31 + "S…"


@pytest.mark.parametrize("kind", OF_WHOLE_TASKS)
def test_json_keeps_whole_tasks(kind: str) -> None:
    assert written(kind, "server") == written(kind)


@pytest.mark.parametrize("kind", [kind for kind in FORMATS if kind != "json"])
def test_without_tasks_there_is_no_header_either(kind: str) -> None:
    assert written(kind, "server", tasks=()) == []


@pytest.mark.parametrize("columns", [(), ("task", "op", "err", "code", "server", "sid", "family", "key", "time")])
@pytest.mark.parametrize("text", ["[x](https://evil.example)", "![](//evil.example/x.png)", "<b>x</b> @a ` `` x|y"])
def test_text_from_outside_adds_no_markup_to_a_markdown_table(text: str, columns: tuple[str, ...]) -> None:
    hostile = everywhere(text)
    tokens = MarkdownIt("gfm-like").parse("\n".join(written("md", *columns, tasks=(hostile, task()))))
    cells = [[child.type for child in token.children or []] for token in tokens if token.type == "inline"]
    assert len(cells) == 3 * (len(columns) or len(API_FIELDS) + 1)
    assert all(kinds in ([], ["text"], ["code_inline"]) for kinds in cells)
