"""Writes tasks to a file object, in every format of `--format`."""

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TextIO

from kps_tui.i18n import _
from kps_tui.kps.task import API_FIELDS, FailedTask
from kps_tui.sanitize import line
from kps_tui.terminal.width import cells, cut, padded
from kps_tui.triage.fields import ERROR_FIRST, FIELDS, Field, time_rfc3339
from kps_tui.triage.markdown import cell

FORMATS = ("table", "plain", "json", "jsonl", "csv", "tsv", "md")
OF_WHOLE_TASKS = ("json", "jsonl")
"""The formats that keep a task as it was served, so that its columns can't be chosen."""

_UNCUT = 1 << 20
"""A length, in characters, beyond any value: nothing is cut in a file."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a cell starts with that a spreadsheet would evaluate as a formula."""
_TABLE = tuple(field for field in FIELDS if field.print_rank is not None)
_LEFT_OUT = tuple(field.key for field in sorted(_TABLE, key=lambda field: -(field.print_rank or 0)) if field.print_rank)
"""The columns that a table that is too wide leaves out, in this order."""
_OF_FAILURES = ("err", "code")
"""The columns that a table of running tasks does not have."""
_MISSING = {"server": "?"}
"""What the `plain` format prints for a missing value, where that is not `-`."""
_SMALLEST_ERROR = 24
"""The smallest width of the error, in cells; a narrower table leaves out columns."""


@dataclass(frozen=True)
class Listing:
    """Tasks in the order in which they are written, and how much of the list that they come from was read."""

    tasks: Sequence[FailedTask]
    total: int | None
    """The length of the list according to the service; `None` if it gave no usable number."""
    loaded: int
    """How many tasks were read."""
    complete: bool
    """Whether the whole list was read."""
    fetched_at: datetime | None
    """When the service last answered."""
    region: str
    project_id: str
    demo: bool = False
    running: bool = False
    """Whether the tasks are running tasks, not failed ones."""


def write(
    listing: Listing, output_format: str, out: TextIO, width: int | None = None, columns: Sequence[Field] = ()
) -> None:
    """Write `listing` to `out` in `output_format`.

    Without tasks only JSON is written, so that a script can tell from the output whether there are any.

    Args:
        listing: the tasks.
        output_format: one of `FORMATS`.
        out: the file object.
        width: the largest width of a table in cells; `None`: nothing is cut.
        columns: the fields to write, in this order; empty: those that the format has by default. The formats
            `OF_WHOLE_TASKS` ignore it.
    """
    if not listing.tasks and output_format != "json":
        return
    writers: dict[str, Callable[[], None]] = {
        "table": lambda: _write_table(listing, out, width, columns),
        "plain": lambda: _write_labelled(listing, out, columns) if columns else _write_plain(listing, out),
        "json": lambda: _write_json(listing, out),
        "jsonl": lambda: out.writelines(f"{as_json(row(task))}\n" for task in listing.tasks),
        "csv": lambda: write_csv(_rows(listing, columns), out),
        "tsv": lambda: out.writelines("\t".join(values) + "\n" for values in _rows(listing, columns)),
        "md": lambda: _write_markdown(listing, out, columns),
    }
    writers[output_format]()


# `json.dumps` would make an encoder for each row.
_encode = json.JSONEncoder(ensure_ascii=False).encode


def as_json(value: Any) -> str:
    """Return `value` as JSON that is safe to print: letters of any script are kept, unprintable characters escaped."""
    text = _encode(value)
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in text)


def row(task: FailedTask) -> dict[str, Any]:
    """Return a task as it was served, plus `time` in RFC 3339, UTC (null if unreadable) unless it has one."""
    served = task.to_json()
    served.setdefault("time", time_rfc3339(task))
    return served


def write_tasks(tasks: Sequence[FailedTask], output_format: str, out: TextIO) -> None:
    """Write tasks to `out` with all their fields.

    In `json`, a single task is an object and several are an array of objects. Otherwise each field has a line, the
    error first, and a blank line separates tasks.
    """
    if output_format == "json":
        out.write(as_json(row(tasks[0]) if len(tasks) == 1 else list(map(row, tasks))) + "\n")
        return
    width = max(cells(field.label) for field in ERROR_FIRST)
    for number, task in enumerate(tasks):
        out.write("\n" if number else "")
        for field in ERROR_FIRST:
            out.write(f"{padded(field.label, width)}  {field.text(task) or '-'}\n")


def stamp(moment: datetime | None) -> str | None:
    """Return a moment of UTC as `2026-11-23T08:00:12Z`."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None


def _write_json(listing: Listing, out: TextIO) -> None:
    head: dict[str, Any] = {
        "total": listing.total,
        "loaded": listing.loaded,
        "complete": listing.complete,
        "fetched_at": stamp(listing.fetched_at),
        "region": listing.region,
        "project_id": listing.project_id,
    }
    if listing.demo:
        head["demo"] = True
    if listing.running:
        head["running"] = True
    out.write(as_json(head)[:-1] + ', "tasks": [')
    for number, task in enumerate(listing.tasks):
        out.write(f"{',' if number else ''}\n{as_json(row(task))}")
    out.write("\n]}\n" if listing.tasks else "]}\n")


def _rows(listing: Listing, columns: Sequence[Field]) -> Iterator[Sequence[str]]:
    """Yield the header, then the values of each task.

    With `columns`, these under their keys; else the fields of the API and `time`.
    """
    yield [field.key for field in columns] or (*API_FIELDS, "time")
    for task in listing.tasks:
        yield [_value(field, task) for field in columns] or [*_served(task)]


def _served(task: FailedTask) -> Iterator[str]:
    """Yield the fields in the order of the API, then `time`, each as one safe, uncut line."""
    served = task.to_json()
    for name in API_FIELDS:
        value = served.get(name)
        yield "" if value is None else line(value if isinstance(value, str) else as_json(value), _UNCUT)
    yield time_rfc3339(task) or ""


def _value(field: Field, task: FailedTask) -> str:
    """Return what `field` shows of a task, as one safe, uncut line; a time in RFC 3339, as in the other columns."""
    if field.key == "time":
        return time_rfc3339(task) or ""
    shown = field.text(task)
    sent = getattr(task, field.api_name) if field.api_name else None
    return line(sent, _UNCUT) if sent and line(sent) == shown else shown


def write_csv(rows: Iterable[Sequence[str]], out: TextIO) -> None:
    """Write rows as CSV; a cell that a spreadsheet would evaluate gets an apostrophe before it."""
    writer = csv.writer(out, lineterminator="\n")
    for values in rows:
        writer.writerow([f"'{value}" if value.startswith(_FORMULA) else value for value in values])


def _write_markdown(listing: Listing, out: TextIO, columns: Sequence[Field]) -> None:
    if listing.demo:
        out.write(_("DEMO: invented tasks") + "\n\n")
    rows = _rows(listing, columns)
    header = next(rows)
    out.write(f"| {' | '.join(header)} |\n|{'---|' * len(header)}\n")
    for row in rows:
        values = (value if name == "time" else cell(value) for name, value in zip(header, row, strict=True))
        out.write(f"| {' | '.join(values)} |\n")


def _write_plain(listing: Listing, out: TextIO) -> None:
    """Write one sentence for each task: for screen readers, and for terminals that can't do more."""
    unknown, no_error = _("unknown"), _("no error given")
    named = [(field, noun) for field in FIELDS if (noun := field.words().noun)]
    for task in listing.tasks:
        text = {field.key: field.text(task) for field in FIELDS}
        nouns = {field.key: f"{noun} {text[field.key] or _MISSING.get(field.key, '-')}" for field, noun in named}
        task_id = nouns.pop("task")
        code = f" ({text['code']})" if text["code"] else ""
        parts = (
            text["time"] or "?",
            f"{text['op'] or '?'} {text['state'] or unknown}",
            *nouns.values(),
            "" if listing.running else f"{text['err'] or no_error}{code}",
            task_id,
        )
        out.write("  ".join(filter(None, parts)) + "\n")


def _write_labelled(listing: Listing, out: TextIO, columns: Sequence[Field]) -> None:
    """Write a line for each task: each of `columns` after its name."""
    for task in listing.tasks:
        out.write("  ".join(f"{field.label} {field.text(task) or '-'}" for field in columns) + "\n")


def _write_table(listing: Listing, out: TextIO, width: int | None, chosen: Sequence[Field]) -> None:
    fields = chosen or [field for field in _TABLE if not (listing.running and field.key in _OF_FAILURES)]
    columns = {field.key: [field.title, *map(field.text, listing.tasks)] for field in fields}
    widths = {key: max(map(cells, texts)) for key, texts in columns.items()}
    if width is not None and "err" in widths:
        _fit(widths, width, () if chosen else _LEFT_OUT)
    for number in range(1 + len(listing.tasks)):
        texts = (padded(cut(columns[key][number], size), size) for key, size in widths.items())
        shown = "  ".join(texts).rstrip()
        out.write((shown if width is None else cut(shown, width)) + "\n")


def _fit(widths: dict[str, int], width: int, may_go: Sequence[str]) -> None:
    """Shrink the error, then leave out columns that `may_go`, until the table is at most `width` cells wide."""
    whole = widths["err"]
    for left_out in ("", *may_go):
        widths.pop(left_out, None)
        others = sum(size + 2 for key, size in widths.items() if key != "err")
        widths["err"] = min(whole, max(_SMALLEST_ERROR, width - others))
        if others + widths["err"] <= width:
            return
