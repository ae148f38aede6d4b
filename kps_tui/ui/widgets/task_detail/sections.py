"""The detail of one task in sections: beside the table, or over the whole width of the screen.

Every line fits the width. An id is never broken, unless it is longer than a line.
"""

from collections.abc import Callable, Iterable, Iterator
from enum import IntEnum
from functools import lru_cache, partial
from itertools import chain, zip_longest

from rich.cells import cell_len, chop_cells
from textual.content import Content

from kps_tui.i18n import BETWEEN, _, counted, listed, number
from kps_tui.terminal.width import padded, pieces
from kps_tui.triage.explanation import last_check
from kps_tui.triage.fields import BY_KEY, Group
from kps_tui.triage.normalise import group_of_error
from kps_tui.triage.runbook import Check
from kps_tui.triage.task_story import ATTEMPTS, DAYS
from kps_tui.triage.timeline import blocks
from kps_tui.ui.widgets.task_detail import words
from kps_tui.ui.widgets.task_detail.words import Detail, Row
from kps_tui.ui.widgets.task_table.render import fit

LABEL = 10
"""Cells of a label before its value."""
ERROR_LINES = 4
"""The most lines of the error beside the table."""
TABLE_FROM = 86
"""Width from which on attempts are shown with their full time and their key pair."""
COLUMN_GAP, RIGHT_CELLS = 3, 68
"""Cells between the two columns of the whole detail, and the fewest of the right one, in which most addresses fit."""
TWO_COLUMNS_FROM = TABLE_FROM + COLUMN_GAP + RIGHT_CELLS
"""Width from which on the whole detail has two columns."""


class Depth(IntEnum):
    """How much is said about the checks."""

    NAMES = 0
    """Only their names."""
    HOW = 1
    """Also how to check the likely cause, and what the operation needs."""
    THEN = 2
    """Also what to do then."""
    EVERY = 3
    """Both for every check."""
    ALL = 4
    """Also all pages of the vendor."""


LEAST = {"attempts": 1, "errors": 0, "checks": Depth.NAMES}
MORE = (
    *(("attempts", 3), ("checks", Depth.HOW), ("errors", 1), ("checks", Depth.THEN), ("errors", 3)),
    *(("attempts", 5), ("checks", Depth.EVERY), ("attempts", 8), ("errors", 5), ("attempts", 12)),
)
"""What is added beside the table, in this order, as far as it fits the height."""
ERRORS = 10
"""The most errors of the key pair."""

Section = list[Content]
Sections = list[Section]
"""Sections, each of which begins with its heading."""


def beside(detail: Detail, width: int, height: int) -> Content:
    """Return the detail for the pane beside the table: as much of it as fits in `height` lines."""
    draw: dict[str, Callable[[int], Sections]] = {
        "attempts": partial(_server, detail, width),
        "errors": partial(_key_pair, detail, width),
        "checks": partial(_error_and_checks, detail, width),
    }
    before, after = _head(detail, width), [_task(detail, width), _note(detail, width)]
    parts = {part: draw[part](amount) for part, amount in LEAST.items()}
    sections = [*before, *chain.from_iterable(parts.values()), *after]
    has_blanks = _height(sections, has_blanks=True) <= height
    for part, amount in MORE:
        more = parts | {part: draw[part](amount)}
        longer = [*before, *chain.from_iterable(more.values()), *after]
        if _height(longer, has_blanks=has_blanks) <= height:
            parts, sections = more, longer
    return _joined(sections, has_blanks=has_blanks)


def whole(detail: Detail, width: int) -> Content:
    """Return everything about the task, over the whole width of the screen; in two columns if that is wide."""
    headline = BETWEEN.join([*words.headline(detail, with_time=True), words.id_of(detail.task, "task")])
    head = [*_wrapped(words.error_text(detail.task), width, "bold $text-error"), *_wrapped(headline, width, "dim")]
    left = right = width
    if in_columns := width >= TWO_COLUMNS_FROM:
        left = max(TABLE_FROM, (width - COLUMN_GAP) * 2 // 5)
        right = width - COLUMN_GAP - left
    seen = [*_server(detail, left, ATTEMPTS, is_whole=True), *_key_pair(detail, left, ERRORS, is_whole=True)]
    why = _error_and_checks(detail, right, Depth.ALL)
    rest = [
        [_heading(Group.TASK.title, left), *_labelled(words.rows_of(Group.TASK, detail), left)],
        _note(detail, left),
    ]
    if others := words.rows_of_others(detail.task):
        rest.append([_heading(_("Other fields"), left), *_labelled(others, left)])
    if in_columns:
        return _joined([head, _side_by_side(_lines([*seen, *rest]), _lines(why), left)])
    return _joined([head, *seen, *why, *rest])


def _lines(sections: Iterable[Section]) -> Section:
    """Return the lines of sections, with a blank line between two sections."""
    return [line for section in sections for line in (Content(""), *section)][1:]


def _side_by_side(left: Section, right: Section, cells: int) -> Section:
    """Return two columns, the left one `cells` cells wide."""
    blank = Content("")
    return [
        (one.pad_right(cells + COLUMN_GAP - one.cell_length) + other) if other else one
        for one, other in zip_longest(left, right, fillvalue=blank)
    ]


def _joined(sections: Iterable[Section], *, has_blanks: bool = True) -> Content:
    return Content("\n\n" if has_blanks else "\n").join(Content("\n").join(section) for section in sections)


def _height(sections: Sections, *, has_blanks: bool) -> int:
    return sum(map(len, sections)) + (len(sections) - 1 if has_blanks else 0)


def _head(detail: Detail, width: int) -> Sections:
    error = _wrapped(words.error_text(detail.task), width, "bold $text-error")
    if more := len(error) - ERROR_LINES if len(error) > ERROR_LINES + 1 else 0:
        said = counted(more, "… {count} more line", "… {count} more lines")
        error = [*error[:ERROR_LINES], Content.styled(said, "dim")]
    return [_wrapped(BETWEEN.join(words.headline(detail, with_time=False)), width, "bold"), error]


def _heading(title: str, width: int, remark: str = "") -> Content:
    said = fit(remark, width - cell_len(title) - 2).rstrip() if cell_len(title) + 4 < width else ""
    return Content.assemble((fit(title.upper(), width).rstrip(), "bold"), (f"  {said}" if said else "", "dim"))


def _values(group: Group, detail: Detail, width: int, *, is_whole: bool) -> Section:
    rows = [*words.rows_of(group, detail)]
    if is_whole:
        return [*_labelled(rows, width)]
    return [line for row in rows for line in _wrapped(row.value, width)]


def _labelled(rows: Iterable[Row], width: int) -> Iterator[Content]:
    """Yield labels with their values. A value that does not fit beside its label stands below it."""
    for label, value in rows:
        if cell_len(label) < LABEL and LABEL + cell_len(value) <= width:
            yield Content.assemble((padded(label, LABEL), "dim"), value)
        else:
            yield from (*_wrapped(label, width, "dim"), *_wrapped(value, width))


def _server(detail: Detail, width: int, attempts: int, *, is_whole: bool = False) -> Sections:
    lines = [_heading(Group.SERVER.title, width, words.in_base(detail))]
    lines += _values(Group.SERVER, detail, width, is_whole=is_whole)
    if counts := listed(words.server_counts(detail)):
        lines += _wrapped(BETWEEN.join(filter(None, (counts, words.other_operations(detail)))), width)
    if detail.under_way:
        lines += _wrapped(detail.under_way, width, "bold")
    if against := words.contradiction(detail):
        lines += _wrapped(f"! {against}", width, "$text-warning", hang=2)
    return [[*lines, *_attempts(detail, width, attempts, is_table=is_whole and width >= TABLE_FROM)]]


def _attempts(detail: Detail, width: int, most: int, *, is_table: bool) -> Iterator[Content]:
    """Yield the attempts on the server around this task, the newest first."""
    this, attempts = detail.task, detail.story.attempts
    if len(attempts) < 2:
        return
    place = next((place for place, each in enumerate(attempts) if each.row_key == this.row_key), 0)
    start = max(0, min(place - most // 3, len(attempts) - most))
    shown = attempts[start : start + most]
    times = [words.full_time(each, detail) if is_table else words.day_of_attempt(each, detail) for each in shown]
    operations = [BY_KEY["op"].text(each) or "?" for each in shown]
    time_cells, operation_cells = max(map(cell_len, times)), min(10, max(map(cell_len, operations)))
    for each, time, operation in zip(shown, times, operations, strict=True):
        is_this = each.row_key == this.row_key
        said = f"{'>' if is_this else ' '} {padded(time, time_cells)} {fit(operation, operation_cells)}  "
        pair, error = BY_KEY["key"].text(each), words.error_line(each)
        if is_table:
            said += f"{fit(pair or '—', 20, 'middle')}  {error}"
        else:
            said += f"{pair or '—'}: " if pair != BY_KEY["key"].text(this) else ""
            said += group_of_error(error)
        yield Content.styled(fit(said, width).rstrip(), "bold" if is_this else "")
    if more := len(attempts) - len(shown) + detail.story.more_attempts:
        yield Content.styled(fit("  " + counted(more, "… {count} more", "… {count} more"), width).rstrip(), "dim")


def _key_pair(detail: Detail, width: int, errors: int, *, is_whole: bool = False) -> Sections:
    lines = [_heading(Group.KEY_PAIR.title, width), *_values(Group.KEY_PAIR, detail, width, is_whole=is_whole)]
    if counts := words.key_pair_counts(detail):
        lines += _wrapped(BETWEEN.join(counts), width)
    summary = detail.story.key_pair
    if summary is None or summary.failures == 1:
        return [lines]
    cells = len(number(summary.errors[0].count))
    no_error = _("no error given")
    for each in summary.errors[:errors]:
        said = f"  {number(each.count):>{cells}}  {each.value or no_error}"
        lines.append(Content(fit(said, width).rstrip()))
    if errors and (more := len(summary.errors) - errors) > 0:
        said = counted(more, "  … {count} other error", "  … {count} other errors")
        lines.append(Content.styled(fit(said, width).rstrip(), "dim"))
    return [lines]


def _error_and_checks(detail: Detail, width: int, depth: int) -> Sections:
    return [section for section in (_error(detail, width, depth), *_checks(detail, width, depth)) if section]


def _error(detail: Detail, width: int, depth: int) -> Section:
    summary = detail.story.error
    if summary is None:
        return []
    lines = [_heading(_("This error"), width), *_wrapped(listed(words.error_counts(detail)), width)]
    if depth >= Depth.THEN:
        lines += _wrapped(BETWEEN.join([words.error_total(detail), *words.error_times(detail)]), width)
    if summary.failures > 1 and any(summary.days):
        days = min(DAYS, max(1, width - 22))
        said = f"  {blocks(summary.days[-days:])}   {words.span_of_days(summary, detail.now, days)}"
        lines.append(Content(fit(said, width).rstrip()))
    return lines


def _checks(detail: Detail, width: int, depth: int) -> Sections:
    """Return the likely cause, and what the vendor says to check after this operation failed."""
    explanation = detail.story.explanation
    if explanation is None:
        return []
    likely, steps, operation = words.likely_of(detail), words.steps_of(detail), words.operation_of(detail)
    is_in_order = any(step.is_likely for step in steps)
    code = explanation.code if depth >= Depth.HOW else None
    meaning = _wrapped(words.meaning_of_code(code), width, "dim") if code else []
    sections: Sections = []
    if is_in_order:
        is_own = explanation.procedure and explanation.procedure.is_own_order
        order = _("{operation}, in your own order") if is_own else _("{operation}, in the vendor's order")
        remark = order.format(operation=operation)
        lines = [_heading(_("Likely causes"), width, remark), *meaning]
    else:
        if likely:
            check = _check(">", _(likely.name), likely.check_for(operation), width, depth)
            sections.append([_heading(_("Likely cause"), width), *meaning, *check])
        lines = [_heading(words.title_of_checks(detail), width), *([] if likely else meaning)]
    for place, step in enumerate(steps, 1):
        sign = f"{'>' if step.is_likely else ' '} {number(place)}"
        lines += _check(
            sign,
            _(step.cause.name),
            step.check,
            width,
            depth if step.is_likely or depth >= Depth.EVERY else Depth.NAMES,
        )
    if explanation.procedure:
        last = last_check(operation)
        sign = f"  {number(len(steps) + 1)}"
        lines += _check(sign, last.look, Check("", last.fix), width, depth)
    if depth >= Depth.HOW:
        needs = words.preconditions(detail, is_whole=depth >= Depth.EVERY)
        for text in chain(needs, words.sources(detail, is_whole=depth == Depth.ALL)):
            lines += _wrapped(text, width, "dim", indent=2)
    return [*sections, lines]


def _check(sign: str, name: str, check: Check, width: int, depth: int) -> Iterator[Content]:
    """Yield what to check: a name, and below it how, and what to do then."""
    yield from _wrapped(f"{sign} {name}", width, "bold" if sign.startswith(">") else "", hang=4)
    if depth >= Depth.HOW and check.look:
        yield from _wrapped(_(check.look), width, indent=4)
    if depth >= Depth.THEN and check.fix:
        yield from _wrapped(_("then: {fix}").format(fix=_(check.fix)), width, indent=4)


def _task(detail: Detail, width: int) -> Section:
    values = (line for value in words.task_in_short(detail) for line in _wrapped(value, width))
    return [_heading(Group.TASK.title, width), *values]


def _note(detail: Detail, width: int) -> Section:
    return [_heading(_("Note"), width), *_wrapped(words.note(detail), width)]


def _wrapped(text: str, width: int, style: str = "", indent: int = 0, hang: int = 0) -> list[Content]:
    """Return `text` in lines of at most `width` cells, all of them indented, and all but the first one by `hang`."""
    return [Content.styled(line, style) for line in _wrapped_text(text, width, indent, hang)]


@lru_cache(maxsize=1024)
def _wrapped_text(text: str, width: int, indent: int, hang: int) -> tuple[str, ...]:
    lines = _plain_lines(text, width - indent)
    if hang and len(lines) > 1:
        rest = text[len(lines[0]) :].lstrip(" ")
        lines = [lines[0], *(" " * hang + line for line in _plain_lines(rest, width - indent - hang))]
    return tuple(" " * indent + line for line in lines)


def _plain_lines(text: str, width: int) -> list[str]:
    """Return `text` in lines of at most `width` cells, broken between its `pieces`. Longer pieces are folded."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        current = ""
        for piece in pieces(paragraph):
            if cell_len(current) + cell_len(piece.rstrip(" ")) <= width:
                current += piece
                continue
            if current:
                lines.append(current.rstrip(" "))
            word = piece.rstrip(" ")
            *full, last = chop_cells(word, max(2, width)) or [""]
            lines += full
            current = last + piece[len(word) :]
        lines.append(current.rstrip(" "))
    return lines
