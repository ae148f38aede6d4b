"""What is wrong, across the screen: the rows stay, this says how old they are and what to press."""

from collections.abc import Callable
from datetime import datetime

from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static

from kps_tui.clock import utc_now
from kps_tui.i18n import _
from kps_tui.ui.age import short_time
from kps_tui.ui.model.load_state import LoadState
from kps_tui.ui.widgets.blank_state import is_of_login


def words(load: LoadState, now: datetime) -> str:
    """Return the notice of `load` at `now`, the next key early, for the end may be cut; empty: nothing is wrong."""
    if load.error is None:
        return load.notice
    again = _("r tries again") if load.extent.at_end or load.extent.is_cached else _("R reads on, r reads again")
    parts = [load.error.what, _("L logs in again") if is_of_login(load) else again]
    if load.extent.answered_at is not None:
        parts.append(_("the rows are from {time}").format(time=short_time(load.extent.answered_at, now)))
    return " · ".join(part for part in (*parts, load.error.why, load.error.next_step) if part)


class Notice(Static):
    """One or two lines above the status line, only where there is something to say."""

    load: reactive[LoadState] = reactive(LoadState)

    def __init__(self, now: Callable[[], datetime] = utc_now) -> None:
        super().__init__(markup=False)
        self._now = now
        self.display = False

    def watch_load(self, load: LoadState) -> None:
        """Show what is wrong."""
        text = words(load, self._now()) if load.extent.pages else ""
        self.display = bool(text)
        self.set_class(load.error is not None, "-error")
        self.update(Content(f"! {text}"))
