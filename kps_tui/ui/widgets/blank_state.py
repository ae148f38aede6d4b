"""The text in place of an empty table: the list is loading, is empty, or can't be loaded."""

from collections.abc import Mapping
from datetime import datetime

from textual.binding import Binding
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static

from kps_tui.clock import Clock, utc_now
from kps_tui.i18n import _, counted
from kps_tui.kps.errors import LoginRefused
from kps_tui.problems import CredentialError
from kps_tui.sanitize import line
from kps_tui.ui.age import short_time
from kps_tui.ui.heading import Heading
from kps_tui.ui.model.bench import Bench
from kps_tui.ui.model.load_state import LoadState

KEYS: Mapping[str, str] = {"data.refresh": "r", "app.context": "C", "app.login": "L", "app.quit": "q"}
"""The commands that the text offers, with their default keys."""


def blank_text(
    load: LoadState, heading: Heading, now: datetime, filtered: bool = False, keys: Mapping[str, str] = KEYS
) -> tuple[str, str]:
    """Return headline and text for a list without rows, or for a filter that matches none of the loaded rows.

    `keys` are the keys of the commands in `KEYS`, as they are shown.
    """
    if filtered and load.extent.loaded:
        return _no_match(load)
    where = f"{heading.place} · {heading.host}" if heading.place != heading.host else heading.host
    place = "\n".join(
        part for part in (_("project {id}").format(id=line(heading.project_id, 64)), line(where, 160)) if heading.host
    )
    if load.error is not None:
        why = "\n".join(part for part in (load.error.why, load.error.next_step.screen) if part)
        again = _("{key} retries").format(key=keys["data.refresh"])
        login = _("{key} logs in").format(key=keys["app.login"])
        first = [login, again] if is_of_login(load) else [again, login]
        return load.error.what, f"{why}\n\n{place}\n\n{' · '.join([*first, *_ways_on(keys)])}"
    if load.running:
        return _("Loading failed tasks…"), _("{place}\n\nEsc stops · q quits").format(place=place)
    if not load.extent.pages:
        again = _("{key} retries").format(key=keys["data.refresh"])
        return _("Stopped"), f"{place}\n\n{' · '.join([again, *_ways_on(keys)])}"
    at = short_time(load.extent.answered_at, now) if load.extent.answered_at else "?"
    expected = _("Did you expect some? {context} switches to another profile, {login} signs in to another place.")
    offered = [_("{key} refreshes").format(key=keys["data.refresh"]), _("{key} quits").format(key=keys["app.quit"])]
    return _("No failed tasks in the saved list") if load.extent.is_cached else _("No failed tasks"), "\n".join(
        (
            place,
            _("read at {time}").format(time=at),
            "",
            expected.format(context=keys["app.context"], login=keys["app.login"]),
            " · ".join(offered),
        )
    )


def _ways_on(keys: Mapping[str, str]) -> list[str]:
    return [
        _("{key} switches the profile").format(key=keys["app.context"]),
        _("{key} quits").format(key=keys["app.quit"]),
    ]


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

    def __init__(self, now: Clock = utc_now) -> None:
        super().__init__(markup=False)
        self._now = now

    def on_show(self) -> None:
        """Lay out the text that was set while the widget was hidden."""
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
        keys = {id: self.app.get_key_display(Binding(key, "", id=id)) for id, key in KEYS.items()}
        headline, text = blank_text(load, self.heading, self._now(), self.bench.is_filtered, keys)
        style = "bold $text-error" if load.error else "bold"
        # While the widget is hidden, a layout would only repaint the scrollbars of other widgets.
        self.update(Content.styled(headline, style) + Content("\n\n") + Content(text), layout=self.display)
