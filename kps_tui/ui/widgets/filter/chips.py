"""Renders a filter as chips, one for each of its ANDed parts."""

from collections.abc import Sequence

from textual.content import Content

from kps_tui.i18n import _
from kps_tui.sanitize import line
from kps_tui.triage.filter import Expression, Mistake, conjuncts

CHIP_CELLS = 60
"""The most characters of a chip; `/` shows the whole filter."""


def hint() -> str:
    """Return examples of filters, to be shown while the filter is empty."""
    return _("words · op:reset · server:web · since:24h · -err:timeout · = ! from a cell")


def chips(expression: Expression, mistakes: Sequence[Mistake] = ()) -> list[Content]:
    """Return a chip for each part of the filter, then one for each mistake that is ignored."""
    parts = [Content.styled(f" {_cut(str(part))} ", "reverse") for part in conjuncts(expression)]
    ignored = [mistake for mistake in mistakes if mistake.ignored]
    return [*parts, *(Content.styled(_remark(mistake), "bold $text-warning") for mistake in ignored)]


def fitted(parts: Sequence[Content], width: int) -> Content:
    """Return the first chips that fit in `width` cells and the number of the others; without chips, the hint."""
    if not parts:
        return Content.styled(hint(), "dim")
    for left_out in range(len(parts)):
        more = [Content.styled(f"… +{left_out}", "bold")] if left_out else []
        shown = Content(" ").join([*parts[: len(parts) - left_out], *more])
        if shown.cell_length <= width:
            return shown
    return shown


def _remark(mistake: Mistake) -> str:
    said = _("too slow, ignored: {part}") if mistake.is_too_slow else _("ignored: {part} ({why})")
    return said.format(part=_cut(mistake.part), why=mistake.message)


def _cut(text: str) -> str:
    return line(text, CHIP_CELLS)
