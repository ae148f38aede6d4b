"""The detail of one task for the wide, low pane below the table: a rule, and six or eight lines.

Every line fits the width. An id is never cut, unless it is longer than a line.
"""

from collections.abc import Iterable, Iterator

from rich.cells import cell_len
from textual.content import Content

from kps_tui.i18n import BETWEEN, _, listed, number
from kps_tui.triage.fields import Group
from kps_tui.ui.widgets.task_detail import words
from kps_tui.ui.widgets.task_detail.words import Detail
from kps_tui.ui.widgets.task_table.columns import Cut
from kps_tui.ui.widgets.task_table.render import fit

TWO_COLUMNS_FROM = 98
"""Width from which on there are eight lines in two columns, instead of six."""
LABEL = 11
"""Cells of a label before its value."""
ID = 36
"""Cells of the ids that the service gives."""


def below(detail: Detail, width: int, height: int) -> Content:
    """Return the detail in at most `height` lines of at most `width` cells."""
    lines = _eight(detail, width) if width >= TWO_COLUMNS_FROM else _six(detail, width)
    return Content("\n").join([_rule(detail, width), *lines][:height])


def _rule(detail: Detail, width: int) -> Content:
    """Return a rule that says what failed and when, and at its end which rows everything is counted from."""
    base = f" {words.in_base(detail)} ─" if words.in_base(detail) else ""
    said = _that_fit(words.headline(detail, with_time=width >= TWO_COLUMNS_FROM), width - 6 - cell_len(base))
    line = "─" * max(0, width - 3 - cell_len(said) - cell_len(base))
    return Content.assemble(("─ ", "$border"), (said, "bold"), (f" {line}", "$border"), (base, "dim"))


def _six(detail: Detail, width: int) -> Iterator[Content]:
    task, counts = detail.task, words.error_counts(detail)[:1]
    right = max(LABEL + ID + 2, min(54, width - 30))
    yield _error_and(detail, "".join(counts), width, right)
    yield _pair(
        Group.SERVER.title, words.name_of(task, Group.SERVER), words.server_counts_in_short(detail), width, right
    )
    yield _id_of_server(detail, width, right)
    counts = words.key_pair_counts(detail, is_short=True)
    yield _pair(Group.KEY_PAIR.title, words.name_of(task, Group.KEY_PAIR), counts, width, right)
    id, when = words.id_of(task, "task"), f"{words.when(detail)}{BETWEEN}"
    has_room = LABEL + cell_len(when + id) <= width
    yield _pair(Group.TASK.title, when + id if has_room else id, [], width, width)
    label = _("Likely") if words.likely_of(detail) else _("Checks")
    yield _pair(label, BETWEEN.join(_checks_in_words(detail)), [], width, width, cut="end")


def _eight(detail: Detail, width: int) -> Iterator[Content]:
    task = detail.task
    right = max(LABEL + ID + 2, min(57, width - 61))
    yield _error_and(detail, "", width, width)
    counts = [listed(words.server_counts(detail)), words.other_operations(detail)]
    yield _pair(Group.SERVER.title, words.name_of(task, Group.SERVER), counts, width, right)
    yield _id_of_server(detail, width, right)
    counts = words.key_pair_counts(detail)
    yield _pair(Group.KEY_PAIR.title, words.name_of(task, Group.KEY_PAIR), counts, width, right)
    counts = words.error_counts(detail)
    yield _pair(_("Error"), "".join(counts[:1]), [*words.error_times(detail), *counts[1:]], width, right)
    checks, page = [*_checks_in_words(detail)], words.page_of_order(detail)
    if words.likely_of(detail):
        yield _with_source(_("Likely"), checks[0], page, width)
        yield _pair(_("Check"), BETWEEN.join(checks[1:]), [], width, width, cut="end")
    else:
        yield _with_source(_("Checks"), words.title_of_checks(detail), page, width)
        yield _pair("", BETWEEN.join(checks), [], width, width, cut="end")
    remarks = [words.note(detail) if detail.acknowledgement else "", *words.other_fields(detail)]
    yield _pair(Group.TASK.title, words.id_of(task, "task"), remarks, width, right)


def _id_of_server(detail: Detail, width: int, right: int) -> Content:
    """Return the server's id, with what is going on there and what contradicts the operation."""
    against = words.contrary(detail)
    remarks = [detail.under_way, f"! {against}" if against else ""]
    return _pair("", words.id_of(detail.task, "sid"), remarks, width, right, "$text-warning" if against else "")


def _error_and(detail: Detail, counts: str, width: int, right: int) -> Content:
    """Return the error on one line, and after it `counts`: in the right column if they fit there, else at the end."""
    start = max(right, width - cell_len(counts)) if counts else width + 2
    error = fit(words.error_line(detail.task), start - 2)
    return Content.assemble((error if counts else error.rstrip(), "bold $text-error"), f"  {counts}" if counts else "")


def _with_source(label: str, value: str, page: str, width: int) -> Content:
    """Return a line with a label and its value, and at its end the page that it comes from, if that fits."""
    fits = LABEL + cell_len(value) + 2 + cell_len(page) <= width
    return _pair(label, value, [page] if fits else [], width, width - cell_len(page), cut="end")


def _pair(
    label: str, value: str, right: Iterable[str], width: int, start: int, style: str = "", cut: Cut = "middle"
) -> Content:
    """Return a line with a label and its value, and in the right column those parts of `right` that fit.

    The right column starts at the cell `start`. A value that is too long for the left column is cut, except for an id,
    which takes the room of the right column.
    """
    said = _that_fit(right, width - start)
    room = start - LABEL - 2 if said else width - LABEL
    if said and cell_len(value) > room and " " not in value and cell_len(value) >= ID:
        said, room = "", width - LABEL
    line = Content.styled(fit(label, LABEL), "dim") + Content(fit(value, room, cut))
    return line + Content("  ") + Content.styled(said, style) if said else line.rstrip()


def _that_fit(parts: Iterable[str], width: int) -> str:
    """Return as many of `parts` as fit in a line of `width` cells. If the first one does not fit, it is cut."""
    said = ""
    for part in filter(None, parts):
        longer = f"{said}{BETWEEN}{part}" if said else part
        if cell_len(longer) > width:
            return said or fit(part, max(0, width)).rstrip()
        said = longer
    return said


def _checks_in_words(detail: Detail) -> Iterator[str]:
    """Yield the names of what to check, with their numbers in the vendor's order; the likely cause comes first."""
    likely, steps = words.likely_of(detail), words.steps_of(detail)
    if likely and not any(step.is_likely for step in steps):
        yield _(likely.name)
    numbered = list(enumerate(steps, 1))
    for place, step in sorted(numbered, key=lambda each: not each[1].is_likely):
        yield f"{number(place)} {_(step.cause.name)}"
