"""Renders a filter as chips, one for each of the parts that AND joins."""

from collections.abc import Sequence

from rich.cells import cell_len
from textual.content import Content

from kps_tui.i18n import BETWEEN, _, counted
from kps_tui.sanitize import line
from kps_tui.triage.filter import Expression, Mistake, conjuncts

CHIP_CELLS = 60
"""The most characters of a chip; `/` shows the whole filter."""

SHORT_CELLS = 20
"""The most characters of an ignored term in a narrow terminal."""


def hint(width: int) -> str:
    """Return examples of filters, as many as fit in `width` cells, to be shown while the filter is empty."""
    examples = _("words · op:reset · since:24h · server:web · -err:timeout · = ! from a cell").split(BETWEEN)
    texts = [BETWEEN.join(examples[:count]) for count in range(len(examples), 1, -1)]
    return next((text for text in texts if cell_len(text) <= width), "")


def chips(expression: Expression) -> list[Content]:
    """Return a chip for each part of the filter."""
    return [Content.styled(f" {_cut(str(part))} ", "reverse") for part in conjuncts(expression)]


def fitted(parts: Sequence[Content], width: int, ignored: Sequence[Mistake] = ()) -> Content:
    """Return the chips and the ignored terms in `width` cells, if possible; the hint if there are neither.

    That a term is ignored is always said: first the last chips are left out, then the reasons, then the terms.
    """
    if not parts and not ignored:
        return Content.styled(hint(width), "dim")
    remarks = [[_remark(mistake) for mistake in ignored], [_short_remark(mistake) for mistake in ignored]]
    remarks = remarks if ignored else [[]]
    if ignored:
        remarks.append([counted(len(ignored), "1 term is ignored", "{count} terms are ignored")])
    for said in remarks:
        for left_out in range(max(1, len(parts))):
            more = [Content.styled(f"… +{left_out}", "bold")] if left_out else []
            warnings = [Content.styled(remark, "bold $text-warning") for remark in said]
            shown = Content(" ").join([*parts[: len(parts) - left_out], *more, *warnings])
            if shown.cell_length <= width:
                return shown
    return Content(" ").join([*warnings, *more]) if ignored else shown


def _remark(mistake: Mistake) -> str:
    said = _("too slow, ignored: {part}") if mistake.is_too_slow else _("ignored: {part} ({why})")
    return said.format(part=_cut(mistake.part), why=mistake.message)


def _short_remark(mistake: Mistake) -> str:
    return _("ignored: {part}").format(part=line(mistake.part, SHORT_CELLS))


def _cut(text: str) -> str:
    return line(text, CHIP_CELLS)
