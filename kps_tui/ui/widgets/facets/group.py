"""The title and the list of the values of one field."""

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from kps_tui.i18n import counted
from kps_tui.triage.facets import Counted, Facet
from kps_tui.ui.widgets.facets.render import Basis, FacetLine, FacetLook, look_of, title
from kps_tui.ui.widgets.value_list import ValueList

MOST_BESIDE, MOST_ALONE = 1_000, 10_000
"""The most values in one of several lists, and in a single list. Filling a list of 10,000 takes 0.1 s."""


class FacetGroup(Vertical):
    """The title and the list of one field."""

    def __init__(self, field: str) -> None:
        super().__init__()
        self.field = field
        self.list = ValueList()
        self._title = Static(markup=False)
        self._shown: tuple[Facet, FacetLook, bool] | None = None
        self._is_active = False
        self._marked: frozenset[str] = frozenset()

    def compose(self) -> ComposeResult:
        """Yield the title and the list."""
        yield self._title
        yield self.list

    @property
    def can_enter(self) -> bool:
        """Whether the list is shown and has a line for the cursor."""
        return self.display and self.list.option_count > 0

    @property
    def lines(self) -> int:
        """Number of lines of the title and all values."""
        return 1 + self.list.option_count

    def show(self, facet: Facet, basis: Basis, *, alone: bool) -> None:
        """Show the values of `facet`, or only a new title if nothing else has changed."""
        before = self._shown
        if before and before[0] is facet and (before[1].basis, before[2]) == (basis, alone):
            return
        look = look_of(facet, basis)
        self._shown = (facet, look, alone)
        lines = before and before[0] is facet and (before[1].basis.uncertain, before[2]) == (basis.uncertain, alone)
        if not lines:
            self._show_lines(facet, look, alone=alone)
        self._show_title()

    def mark(self, marked: frozenset[str]) -> None:
        """Show which values are marked; the values are casefolded."""
        changed, self._marked = self._marked ^ marked, marked
        if not changed or not self._shown:
            return
        facet, look, _alone = self._shown
        for row, value in enumerate(facet.values[: self.list.listed]):
            if value.value.casefold() in changed:
                self.list.replace_option_prompt_at_index(row, self._line(value, look))
        self._show_title()

    def _show_lines(self, facet: Facet, look: FacetLook, *, alone: bool) -> None:
        listed = facet.values[: MOST_ALONE if alone else MOST_BESIDE]
        if not alone and not any(value.value for value in facet.values[:2]):
            listed = ()
        more = len(facet.values) - len(listed) if listed else 0
        self.list.show(
            [value.value for value in facet.values],
            [self._line(value, look) for value in listed],
            FacetLine(None, look, text=_more(more, alone)) if more else None,
        )

    def _line(self, value: Counted, look: FacetLook) -> FacetLine:
        return FacetLine(value, look, marked=value.value.casefold() in self._marked)

    def set_active(self, active: bool) -> None:
        """Set whether the title is highlighted, as it is for the list with the cursor if there are several lists."""
        if active != self._is_active:
            self._is_active = active
            self._show_title()

    def on_resize(self) -> None:
        """Fit the title to the new width."""
        self._show_title()

    def _show_title(self) -> None:
        if self._shown:
            facet, look, _alone = self._shown
            has_lines, width = self.list.option_count > 0, self.size.width
            marked = len(self._marked)
            text = title(facet, look, width, has_lines=has_lines, active=self._is_active, marked=marked)
            self._title.update(text, layout=False)


def _more(count: int, alone: bool) -> str:
    if alone:
        return counted(
            count,
            "… {count} more, not listed: filter to see them",
            "… {count} more, not listed: filter to see them",
        )
    return counted(count, "… {count} more · f", "… {count} more · f")
