"""A new field of the API needs changes in three files only: applies them to a copy, and checks all outputs."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.changed_copy import Changes, make_copy, python

pytestmark = pytest.mark.xdist_group("new field")
CHANGES: Changes = {
    "kps/task.py": [
        ('    "keypair_name",\n', '    "zone_name",\n'),
        ("    keypair_name: str | None\n", "    zone_name: str | None\n"),
        (
            '            keypair_name=_text(row.get("keypair_name")),\n',
            '            zone_name=_text(row.get("zone_name")),\n',
        ),
    ],
    "triage/fields.py": [
        (
            "FIELDS = (\n",
            """    Field(
        "az",
        "zone_name",
        lambda: Words(_("ZONE"), _("zone"), noun=_("zone")),
        *_as_sent("zone_name"),
        Match.PART,
        aliases=("availability",),
        column=ColumnSize({0: 9}),
        print_rank=4,
        copy_letter="z",
        is_facet=True,
        in_ticket=True,
    ),
""",
        )
    ],
    "demo/tasks.py": [('            "keypair_name": key,\n', '            "zone_name": f"zone-{draws[0] % 3}",\n')],
}

LOOK = """
import json
from datetime import UTC, datetime
from kps_tui.demo.tasks import TaskList
from kps_tui.kps.task import FailedTask
from kps_tui.triage.copies import copies
from kps_tui.triage.facets import FACETS
from kps_tui.triage.filter import Matcher, parse
from kps_tui.triage.query import parse_sort, words_of
from kps_tui.triage.store import TaskStore
from kps_tui.triage.ticket import TicketHeading, ticket
from kps_tui.ui.commands import BY_ID
from kps_tui.ui.widgets.facets.layout import COLUMNS
from kps_tui.ui.widgets.task_table.columns import layout
from kps_tui.triage.task_story import TaskStory
from kps_tui.ui.widgets.task_detail.below import below
from kps_tui.ui.widgets.task_detail.sections import beside, whole
from kps_tui.ui.widgets.task_detail.words import Detail

NOW = datetime(2026, 11, 23, tzinfo=UTC)
[served] = TaskList(1, 1_795_000_000_000).rows(0, 1)
store = TaskStore([FailedTask.from_json(served)])
task = store[0]
detail = Detail(TaskStory(task), NOW, zone=UTC)
offered = {copy.key: copy for copy in copies("r", "p", zone=UTC)}
print(json.dumps({
    "served": served["zone_name"],
    "titles": [place.column.title(place.width) for place in layout(240, scrolled="az")],
    "cells": [place.column.text(task, place.width, NOW) for place in layout(240, scrolled="az")],
    "fewer": [place.column.key for place in layout(119)],
    "chosen": [place.column.key for place in layout(119, chosen=("az", "err"))],
    "whole": whole(detail, 60).plain,
    "beside": beside(detail, 55, 40).plain,
    "below": below(detail, 118, 9).plain,
    "row": offered["y"].text(task),
    "copied": [offered["z"].title, offered["z"].text(task)],
    "markdown": offered["m"].text(task),
    "ticket": ticket(store.tasks, TicketHeading("r", "p", "b", None), UTC),
    "facets": [*FACETS, BY_ID["narrow.facets"].words],
    "groups": COLUMNS,
    "found": list(Matcher(parse("az:zone").expression, NOW).select(store, [0])),
    "meant": parse("availabilty:x").mistakes[0].message,
    "order": words_of(parse_sort("az")),
}))
"""


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a copy of the program with the new field."""
    folder = tmp_path_factory.mktemp("program")
    make_copy(folder, CHANGES)
    return folder


@pytest.fixture(scope="module")
def seen(copy: Path) -> dict[str, Any]:
    """The outputs of the program for one task of the demo."""
    found: dict[str, Any] = json.loads(python(copy, "-c", LOOK))
    assert found["served"].startswith("zone-")
    return found


def test_it_scrolls_into_the_table_and_can_be_chosen_as_a_column(seen: dict[str, Any]) -> None:
    assert dict(zip(seen["titles"], seen["cells"], strict=True))["ZONE"] == seen["served"]
    assert seen["fewer"] == ["time", "op", "server", "key", "err"]
    assert seen["chosen"] == ["az", "err"]


def test_it_is_in_the_detail(seen: dict[str, Any]) -> None:
    assert f"\nzone      {seen['served']}\n" in seen["whole"]
    assert seen["served"] in seen["beside"]
    assert seen["served"] in seen["below"]
    assert "ALSO SENT" not in seen["whole"]


def test_it_is_copied_alone_and_with_its_task(seen: dict[str, Any]) -> None:
    assert seen["copied"] == ["zone", seen["served"]]
    assert f" · zone {seen['served']} · " in seen["row"]
    assert f"\n- zone: `{seen['served']}`" in seen["markdown"]


def test_it_is_a_column_of_a_ticket(seen: dict[str, Any]) -> None:
    assert "| zone |" in seen["ticket"]
    assert f"| `{seen['served']}` |" in seen["ticket"]


def test_tasks_are_counted_sorted_and_filtered_by_it(seen: dict[str, Any]) -> None:
    assert "az" in seen["facets"]
    assert seen["groups"] == [["err", "key", "family", "server"], ["az", "op", "code", "cause", "day", "is", "note"]]
    assert "zone, " in seen["facets"][-1]
    assert seen["found"] == [0]
    assert "did you mean “az:”?" in seen["meant"]
    assert seen["order"] == "by zone A–Z"


def test_every_command_knows_it(copy: Path) -> None:
    script = """
import io, sys
from kps_tui.cli import main
for arguments in sys.argv[1:]:
    sys.argv[1:] = arguments.split()
    try:
        main()
    except SystemExit as end:
        assert not end.code, (arguments, end.code)
    print("----")
"""
    demo = "--demo --demo-tasks 30"
    printed = python(
        copy,
        "-c",
        script,
        f"list --format csv --sort -az --where az:zone-1 {demo}",
        f"list --format plain --limit 1 {demo}",
        f"list --format table --limit 1 {demo}",
        f"facet az --format plain {demo}",
        "list --help",
        "facet --help",
    ).split("----\n")
    csv, plain, table, facet, help, facet_help, _ = printed
    assert csv.splitlines()[0].endswith("keypair_name,zone_name,time")
    assert all(",zone-1," in line for line in csv.splitlines()[1:])
    assert len(csv.splitlines()) > 1
    assert "  zone zone-" in plain
    assert "ZONE" in table
    assert "zone-1: " in facet
    assert " az," in help
    assert " az," in facet_help
