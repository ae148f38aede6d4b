"""Functions that render text from outside, without a screen. Each takes strings and returns their number."""

import csv
import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from io import StringIO

from rich.style import Style

from kps_tui.kps.task import API_FIELDS
from kps_tui.sanitize import BLOCK_LIMIT, LINE_LIMIT, block, line
from kps_tui.triage.export import FORMATS, OF_WHOLE_TASKS, Listing, write, write_tasks
from kps_tui.triage.fields import FIELDS
from kps_tui.triage.store import TaskStore
from kps_tui.triage.task_story import StoryIndex
from kps_tui.ui.widgets.task_detail.below import below
from kps_tui.ui.widgets.task_detail.sections import beside, whole
from kps_tui.ui.widgets.task_detail.words import Detail
from kps_tui.ui.widgets.task_table.columns import layout
from kps_tui.ui.widgets.task_table.render import TableStyles, body
from tests.fuzz.drawn import assert_drawn_safely, assert_safe
from tests.fuzz.tasks import PER_ERROR, batches, error_of, full_tasks, tasks_of

NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
PLAIN = Style()
STYLES = TableStyles({"plain": PLAIN, "dim": PLAIN, "warning": PLAIN}, PLAIN, PLAIN, PLAIN, PLAIN, PLAIN)
BATCH = 250
"""Number of strings that are rendered together, as on a screen."""
STATUSES = (400, 401, 403, 404, 429, 500)


def sanitized(strings: Sequence[str]) -> int:
    """`line` and `block`, with and without a small limit."""
    for text in strings:
        for limit in (LINE_LIMIT, 7):
            shown = line(text, limit)
            assert_safe(shown, text)
            assert len(shown) <= limit + 1
        shown = block(text)
        assert_safe(shown, text, allowed="\n")
        assert len(shown) <= BLOCK_LIMIT + 40
        assert line(line(text, 200), 400) == line(text, 200)
    return 3 * len(strings)


def fields(strings: Sequence[str]) -> int:
    """The text and the sort value of every field."""
    for batch in batches(strings, BATCH):
        tasks = tasks_of(batch)
        for field in FIELDS:
            for task in tasks:
                assert_safe(field.text(task), task)
            sorted(value for task in tasks if (value := field.sort_value(task)) is not None)
    return len(FIELDS) * len(strings)


def table_lines(strings: Sequence[str]) -> int:
    """Lines of the table in many widths."""
    for at, task in enumerate(tasks_of(strings)):
        width = 20 + at % 200
        strip = body(task, layout(width), STYLES, width, NOW, cursor=at % 3 == 0)
        assert strip.cell_length == width, (width, ascii(task)[:500])
        assert_drawn_safely([strip], task)
    return len(strings)


def details(strings: Sequence[str]) -> int:
    """The text of the detail in its three layouts."""
    store = TaskStore(full_tasks(strings))
    index = StoryIndex(store)
    for at, task in enumerate(store.tasks):
        detail = Detail(index.story(task, NOW), NOW, under_way=line(strings[at % len(strings)]))
        for content in (below(detail, 60 + at % 100, 9), beside(detail, 50, 40), whole(detail, 24 + at % 100)):
            assert_safe(content.plain, task, allowed="\n")
    return 3 * len(strings)


def errors(strings: Sequence[str]) -> int:
    """The message of a refusal."""
    for at, batch in enumerate(batches(strings, PER_ERROR)):
        assert_safe(str(error_of(batch, STATUSES[at % len(STATUSES)])), batch)
    return len(strings)


def exports(strings: Sequence[str]) -> int:
    """Exports in every format. Machine-readable ones must contain the values as the service sent them."""
    for batch in batches(strings, BATCH):
        tasks = [*full_tasks(batch)]
        listing = Listing(tasks, len(tasks), len(tasks), True, NOW, "region", "project")
        for kind in FORMATS:
            for width in (None, 80) if kind == "table" else (None,):
                out = StringIO()
                write(listing, kind, out, width)
                text = out.getvalue()
                assert_safe(text, batch, allowed="\n\t" if kind == "tsv" else "\n")
                _reads(kind, text, [task.to_json() for task in tasks])
        for kind in set(FORMATS) - set(OF_WHOLE_TASKS):
            out = StringIO()
            write(listing, kind, out, columns=FIELDS)
            assert_safe(out.getvalue(), batch, allowed="\n\t" if kind == "tsv" else "\n")
        for task in tasks:
            for kind in ("json", "plain"):
                out = StringIO()
                write_tasks([task], kind, out)
                assert_safe(out.getvalue(), task, allowed="\n")
    return (2 * len(FORMATS) + 1) * len(strings)


def _reads(kind: str, text: str, rows: list[dict[str, object]]) -> None:
    lines = text.splitlines()
    if kind == "json":
        assert _as_sent(json.loads(text)["tasks"], rows) == rows
    elif kind == "jsonl":
        assert _as_sent(map(json.loads, lines), rows) == rows
    elif kind == "csv":
        csv.field_size_limit(len(text) + 1)
        read = list(csv.reader(StringIO(text)))
        assert [len(row) for row in read] == [len(API_FIELDS) + 1] * (len(rows) + 1)
        assert not any(cell.startswith(("=", "+", "-", "@")) for row in read for cell in row)
    elif kind == "tsv":
        assert {line.count("\t") for line in lines} == {len(API_FIELDS)}
    elif kind == "md":
        assert len(lines) == len(rows) + 2


def _as_sent(read: Iterable[dict[str, object]], rows: list[dict[str, object]]) -> list[dict[str, object]]:
    """Return the tasks without the `time` that an export adds."""
    return [{key: found[key] for key in row} for found, row in zip(read, rows, strict=True)]


PLACES = (sanitized, fields, table_lines, details, errors, exports)
