"""The part of the screen that marks, and that says how much is shown, matched and marked."""

from textual.reactive import var

from kps_tui.i18n import _, counted
from kps_tui.triage.filter import EVERYTHING
from kps_tui.triage.query import words_of
from kps_tui.ui.age import age
from kps_tui.ui.screens.watch_screen import WatchScreen
from kps_tui.ui.widgets.status_line import Shown


class MarkedScreen(WatchScreen):
    """Marks are ids: they outlive any order, filter and refresh."""

    marked: var[frozenset[str]] = var(frozenset[str]())
    range_from: var[tuple[str, frozenset[str]] | None] = var(None)
    """While a range is marked: the id it begins with, and what was marked before."""
    shown: var[Shown] = var(Shown)
    mistake: var[str] = var("")
    """What is wrong with the filter that is being typed."""

    def drop_gone_marks(self) -> None:
        """Tasks that the list no longer has lose their marks, and that is said."""
        gone = {task_id for task_id in self.marked if self.view.store.get(task_id) is None}
        if gone:
            self.marked -= gone
            said = counted(len(gone), _("1 marked task is gone"), _("{count} marked tasks are gone"))
            self.notify(said, markup=False)

    def watch_marked(self, old: frozenset[str], new: frozenset[str]) -> None:
        """Count the marks."""
        self.tell_shown()
        if bool(old) != bool(new):
            self.refresh_bindings()

    def watch_range_from(self) -> None:
        """Esc ends it, and the status line says that it is on."""
        self.tell_shown()
        self.refresh_bindings()

    def tell_shown(self) -> None:
        """Let the status line follow."""
        query = self.view.query
        matching = len(self.view) if query.filter != EVERYTHING else None
        at = self.load.answered_at
        old = age(round(at.timestamp() * 1000), self._now()) if at and self.load.is_kept else ""
        hidden = self.view.hidden(self.marked) if matching is not None else 0
        self.shown = Shown(
            words_of(query.sort), matching, len(self.marked), hidden, self.range_from is not None, old, self.mistake
        )
