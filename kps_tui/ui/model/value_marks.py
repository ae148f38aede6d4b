"""The values that the user has marked in the groups."""

from dataclasses import dataclass
from typing import Self

from kps_tui.triage.facets import Facet
from kps_tui.triage.filter import EVERYTHING, Expression


@dataclass(frozen=True, slots=True)
class ValueMarks:
    """Marked values of one facet. They apply only under the filter under which they were marked."""

    filter: Expression = EVERYTHING
    field: str = ""
    """One of `FACETS`; empty without marks."""
    folded: frozenset[str] = frozenset()
    """The values, casefolded."""

    def toggled(self, filter: Expression, field: str, value: str) -> Self:
        """Mark or unmark a value; marks of another facet, or under another filter, are dropped."""
        return type(self)(filter, field, self.of(filter, field) ^ {value.casefold()})

    def of(self, filter: Expression, field: str) -> frozenset[str]:
        """Return the marked values of `field` under `filter`, casefolded."""
        return self.folded if (self.filter, self.field) == (filter, field) else frozenset()

    def values(self, filter: Expression, facet: Facet) -> tuple[str, ...]:
        """Return the marked values that are among those of `facet`, in its order."""
        folded = self.of(filter, facet.field)
        return tuple(each.value for each in facet.values if each.value.casefold() in folded) if folded else ()
