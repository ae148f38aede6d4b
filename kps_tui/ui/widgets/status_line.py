"""The line that says what the table is based on."""

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from kps_tui.i18n import _, number
from kps_tui.kps.paging import Verdict
from kps_tui.ui.load_state import Kind, LoadState

BAR_CELLS = 20
BETWEEN = "  ·  "


def bar(done: int, whole: int, cells: int = BAR_CELLS) -> str:
    """Return a progress bar: `█████░░░░░`."""
    filled = cells if whole <= 0 else min(cells, done * cells // whole)
    return "█" * filled + "░" * (cells - filled)


def status(load: LoadState, order: str, width: int) -> Content:
    """Return the line for `load` and the order of the rows in words; what does not fit is left out at its end."""
    parts = [Content.styled(load.failed, "bold")] if load.pages else []
    parts += [Content(text) for text in (load.progress if load.pages else "", *_doing(load)) if text]
    if load.pages and not load.running:
        parts.append(Content(order))
        if load.answered_at:
            parts.append(Content(_("read {time}").format(time=f"{load.answered_at.astimezone():%H:%M:%S}")))
    while len(parts) > 1 and sum(part.cell_length + len(BETWEEN) for part in parts) - len(BETWEEN) > width:
        parts.pop()
    return Content(BETWEEN).join(parts)


def _doing(load: LoadState) -> list[str]:
    stop = _("Esc stops")
    if load.running is Kind.REST and load.total is not None:
        return [f"{bar(load.loaded, load.total)} {min(100, load.loaded * 100 // max(1, load.total))} %", stop]
    if load.running is Kind.REFRESH:
        return [_("reading again, {count} rows so far").format(count=number(load.refreshed)), stop]
    if load.running:
        return [_("loading…"), stop]
    if load.pages and load.verdict in (None, Verdict.ENDLESS):
        return [_("R loads the rest")]
    return []


class StatusLine(Widget):
    """Shows a `LoadState` and the order of the rows."""

    load: reactive[LoadState] = reactive(LoadState)
    order: reactive[str] = reactive("")

    def render(self) -> Content:
        """Draw the line."""
        return status(self.load, self.order, self.content_size.width)
