"""The text in place of an empty table: the list is loading, is empty, or can't be loaded."""

from collections.abc import Callable
from datetime import datetime

from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static

from kps_tui.clock import utc_now
from kps_tui.i18n import _, counted
from kps_tui.kps.errors import LoginRefused
from kps_tui.problems import CredentialError
from kps_tui.sanitize import line
from kps_tui.ui.age import short_time
from kps_tui.ui.heading import Heading
from kps_tui.ui.model.bench import Bench
from kps_tui.ui.model.load_state import LoadState


def words(load: LoadState, heading: Heading, now: datetime, filtered: bool = False) -> tuple[str, str]:
    """Return headline and text for a list without rows, or for a filter that matches none of the loaded rows."""
    if filtered and load.extent.loaded:
        return _no_match(load)
    where = f"{heading.place} · {heading.host}" if heading.place != heading.host else heading.host
    place = "\n".join(
        part for part in (_("project {id}").format(id=line(heading.project_id, 64)), line(where, 160)) if heading.host
    )
    if load.error is not None:
        why = "\n".join(part for part in (load.error.why, load.error.next_step.screen) if part)
        keys = _("L logs in · r tries again · q quits") if is_of_login(load) else _("r tries again · q quits")
        return load.error.what, f"{why}\n\n{place}\n\n{keys}"
    if load.running:
        return _("Asking for the failed tasks…"), _("{place}\n\nEsc stops · q quits").format(place=place)
    if not load.extent.pages:
        return _("Stopped"), _("{place}\n\nr asks again · q quits").format(place=place)
    at = short_time(load.extent.answered_at, now) if load.extent.answered_at else "?"
    return _("No failed tasks in the kept list") if load.extent.is_cached else _("No failed tasks"), _(
        "{place}\nread at {time}\n\nNot what you expected? Check the region and the project.\nr reads again · q quits"
    ).format(place=place, time=at)


def _no_match(load: LoadState) -> tuple[str, str]:
    said = counted(load.extent.loaded, "0 of {count} loaded match", "0 of {count} loaded match")
    keys = [_("Esc clears the filter"), _("/ changes it")]
    if not load.extent.at_end and not load.running:
        others = (
            counted(load.extent.rest, "R loads the other {count}", "R loads the other {count}")
            if load.extent.rest
            else _("R loads the rest")
        )
        keys.insert(0, others)
    return said, " · ".join(keys)


def is_of_login(load: LoadState) -> bool:
    """Return whether the load failed because of the login."""
    return isinstance(load.error, LoginRefused | CredentialError)


class BlankState(Static):
    """Shows the text in a few centred lines."""

    load: reactive[LoadState] = reactive(LoadState)

    heading: reactive[Heading] = reactive(Heading)
    bench: reactive[Bench] = reactive(Bench)

    def __init__(self, now: Callable[[], datetime] = utc_now) -> None:
        super().__init__(markup=False)
        self._now = now

    def on_show(self) -> None:
        """Lay out what was set while it was hidden."""
        self._say()

    def watch_heading(self) -> None:
        """Show the new place."""
        self._say()

    def watch_load(self) -> None:
        """Show the new state."""
        self._say()

    def watch_bench(self, old: Bench, bench: Bench) -> None:
        """Update the text when a filter is set or cleared."""
        if old.is_filtered != bench.is_filtered:
            self._say()

    def _say(self) -> None:
        load = self.load
        headline, text = words(load, self.heading, self._now(), self.bench.is_filtered)
        style = "bold $text-error" if load.error else "bold"
        # While it is hidden, a layout would only repaint the scrollbars of the others.
        self.update(Content.styled(headline, style) + Content("\n\n") + Content(text), layout=self.display)
