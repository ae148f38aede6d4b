"""The line above the status line: what is wrong, how old the rows are, and which key to press."""

from datetime import datetime

from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static

from kps_tui.clock import Clock, utc_now
from kps_tui.i18n import _
from kps_tui.ui.age import short_time
from kps_tui.ui.model.load_state import LoadState
from kps_tui.ui.widgets.blank_state import is_of_login


def notice_text(load: LoadState, now: datetime) -> str:
    """Return the notice for `load`; empty if nothing is wrong. The key comes early, because the end may be cut."""
    if load.error is None:
        return load.notice
    again = _("r retries") if load.extent.at_end or load.extent.is_cached else _("R continues, r retries")
    parts = [load.error.what, _("L logs in again") if is_of_login(load) else again]
    if load.extent.answered_at is not None:
        parts.append(_("rows from {time}").format(time=short_time(load.extent.answered_at, now)))
    return " · ".join(part for part in (*parts, load.error.why, load.error.next_step.screen) if part)


class Notice(Static):
    """Shows the notice in one or two lines, and is hidden if nothing is wrong."""

    load: reactive[LoadState] = reactive(LoadState, repaint=False)

    def __init__(self, now: Clock = utc_now) -> None:
        super().__init__(markup=False)
        self._now = now
        self.display = False

    def watch_load(self, load: LoadState) -> None:
        """Show the notice of the new state."""
        text = notice_text(load, self._now()) if load.extent.pages else ""
        self.display = bool(text)
        self.set_class(load.error is not None, "-error")
        if text:
            self.update(Content(f"! {text}"))
