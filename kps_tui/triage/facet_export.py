"""Writes the counted values of a facet to a file object, in every format of `--format`."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TextIO

from kps_tui.i18n import _, number
from kps_tui.terminal.width import cells, cut, flush_right, padded
from kps_tui.triage.export import as_json, write_csv
from kps_tui.triage.facets import Counted, Facet, share
from kps_tui.triage.incidents import Spread, spread_document
from kps_tui.triage.markdown import cell

_BAR = 20
"""The length of the longest bar, in cells."""
_HEADER = ("value", "count")


def write(
    facet: Facet,
    head: dict[str, Any],
    output_format: str,
    out: TextIO,
    width: int | None = None,
    spreads: Sequence[Spread] = (),
) -> None:
    """Write `facet` to `out` in `output_format`.

    Args:
        facet: the counted values.
        head: further members of the JSON document: how much of the list was read.
        output_format: one of `export.FORMATS`.
        out: the file object.
        width: the width in cells at which the lines of a table are cut; `None`: they are not.
        spreads: when and where the tasks of each value failed, for JSON; empty to leave that out.
    """
    documents = [_document(each) for each in facet.values]
    if spreads:
        documents = [document | spread_document(each) for document, each in zip(documents, spreads, strict=True)]
    writers: dict[str, Callable[[], None]] = {
        "table": lambda: _write_table(facet, out, width),
        "plain": lambda: out.writelines(f"{_shown(each)}: {number(each.count)}\n" for each in facet.values),
        "json": lambda: print(as_json({"field": facet.field} | head | {"values": documents}), file=out),
        "jsonl": lambda: out.writelines(f"{as_json(document)}\n" for document in documents),
        "csv": lambda: write_csv(_rows(facet), out),
        "tsv": lambda: out.writelines("\t".join(row) + "\n" for row in _rows(facet)),
        "md": lambda: _write_markdown(facet, head, out),
    }
    writers[output_format]()


def _document(counted: Counted) -> dict[str, Any]:
    return {"value": counted.value, "count": counted.count}


def _rows(facet: Facet) -> Iterator[tuple[str, str]]:
    yield _HEADER
    yield from ((each.value, str(each.count)) for each in facet.values)


def _shown(counted: Counted) -> str:
    return counted.value or _("(none)")


def _write_table(facet: Facet, out: TextIO, width: int | None) -> None:
    title = _("COUNT")
    counts = [number(each.count) for each in facet.values]
    figures = max(map(cells, (title, *counts)))
    block = "█" if (getattr(out, "encoding", None) or "utf-8").lower().startswith("utf") else "#"
    largest = max((each.count for each in facet.values), default=0)
    lines = [f"{flush_right(title, figures)}  {'':{_BAR}}  {facet.title}"]
    for each, count in zip(facet.values, counts, strict=True):
        bar = padded(block * share(each.count, largest, _BAR), _BAR)
        lines.append(f"{count:>{figures}}  {bar}  {_shown(each)}")
    out.writelines(f"{line if width is None or cells(line) <= width else cut(line, width)}\n" for line in lines)


def _write_markdown(facet: Facet, head: dict[str, Any], out: TextIO) -> None:
    if head.get("demo"):
        out.write(_("DEMO: invented tasks") + "\n\n")
    out.write(f"| {' | '.join(_HEADER)} |\n|---|---|\n")
    out.writelines(f"| {cell(each.value)} | {each.count} |\n" for each in facet.values)
