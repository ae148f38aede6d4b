"""A filter in words: one chip for each part that every task shown matches."""

from collections.abc import Sequence

from textual.content import Content

from kps_tui.i18n import _
from kps_tui.sanitize import line
from kps_tui.triage.expression import Expression, conjuncts
from kps_tui.triage.filter_values import Mistake

CHIP_CELLS = 60
"""A longer chip is cut: it is there to be recognised; `/` shows the whole."""
HINT = _("words · op:reset · server:web · since:24h · -err:timeout · = ! from a cell")


def chips(
    expression: Expression, typed: str = "", mistakes: Sequence[Mistake] = (), too_slow: Sequence[str] = ()
) -> list[Content]:
    """Return a filter as chips: its parts, what of `typed` was ignored, which regular expressions are too slow."""
    parts = [Content.styled(f" {_cut(str(part))} ", "reverse") for part in conjuncts(expression)]
    remarks = [
        _("ignored: {part} ({why})").format(part=_cut(typed[mistake.start : mistake.end]), why=mistake.message)
        for mistake in mistakes
        if mistake.ignored
    ]
    remarks += [_("too slow, ignored: {part}").format(part=_cut(pattern)) for pattern in too_slow]
    return [*parts, *(Content.styled(remark, "bold $text-warning") for remark in remarks)]


def fitted(parts: Sequence[Content], width: int) -> Content:
    """Return the chips that fit in `width` cells, and how many are left out; a hint where there are none."""
    if not parts:
        return Content.styled(HINT, "dim")
    for left_out in range(len(parts)):
        more = [Content.styled(f"… +{left_out}", "bold")] if left_out else []
        shown = Content(" ").join([*parts[: len(parts) - left_out], *more])
        if shown.cell_length <= width:
            return shown
    return shown


def _cut(text: str) -> str:
    return line(text, CHIP_CELLS)
