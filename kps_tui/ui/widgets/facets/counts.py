"""Counts the values of the shown facets, in a thread if that takes long."""

from collections.abc import Callable, Sequence
from functools import partial

from kps_tui.blocking import run_async
from kps_tui.triage.facets import Facet, count
from kps_tui.triage.view import View
from kps_tui.ui.model.loader import StartTask

THREAD_VALUES = 30_000
"""Number of values, one for each task and field, from which on they are counted in a thread: counting takes 40 ms."""


class FacetCounts:
    """Counts facets of the latest view; earlier counts are kept until newer ones are there."""

    def __init__(self, start_task: StartTask, changed: Callable[[], None]) -> None:
        """Create it without counts.

        Args:
            start_task: starts a task.
            changed: is called after counts have arrived from the thread.
        """
        self._start_task = start_task
        self._changed = changed
        self._view = View()
        self._fields: Sequence[str] = ()
        self._counted: dict[str, tuple[View, Facet]] = {}
        """The latest counts of each field and the view that was counted; the oldest counts first."""
        self._in_thread = False

    def follow(self, view: View, fields: Sequence[str]) -> None:
        """Count these fields of `view`, unless that has been done. Many values are counted in a thread."""
        self._view, self._fields = view, fields
        behind = self.behind
        if len(view) * len(behind) < THREAD_VALUES:
            for field in behind:
                self._keep(view, count(view.store, view.order, field, standings=view.standings))
        elif not self._in_thread:
            self._in_thread = True
            self._start_task(self._count)

    def forget(self) -> None:
        """Drop all counts, and the views that were counted."""
        self._counted.clear()

    def get(self, field: str) -> tuple[Facet, bool] | None:
        """Return the counts of a field, and whether a newer view is being counted; None without counts."""
        if field not in self._counted:
            return None
        view, facet = self._counted[field]
        return facet, view is not self._view

    @property
    def behind(self) -> list[str]:
        """The fields that are not counted for the current view: those without counts, then the oldest counts first."""
        fields = self._fields
        old = [field for field, (view, _facet) in self._counted.items() if field in fields and view is not self._view]
        return [field for field in fields if field not in self._counted] + old

    async def _count(self) -> None:
        """Count until every field is counted for the current view; earlier counts are shown meanwhile."""
        try:
            while behind := self.behind:
                view = self._view
                facet = await run_async(partial(count, view.store, view.order, behind[0], standings=view.standings))
                if facet.field in self.behind:
                    self._keep(view, facet)
                    self._changed()
        finally:
            self._in_thread = False

    def _keep(self, view: View, facet: Facet) -> None:
        self._counted.pop(facet.field, None)
        self._counted[facet.field] = (view, facet)
