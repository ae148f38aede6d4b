"""The part of the screen that watches: new tasks are marked, and the terminal's title counts them."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from textual import on
from textual.app import App
from textual.reactive import var

from kps_tui.i18n import _, number
from kps_tui.kps.errors import LoginRefused
from kps_tui.problems import ConfigError, CredentialError
from kps_tui.session.reading import Reading
from kps_tui.ui.keeping import ListKeeper
from kps_tui.ui.load_state import RENEWING, Kind
from kps_tui.ui.loading import LoadEnded, LoadFailed
from kps_tui.ui.screens.reading_screen import Connect
from kps_tui.ui.screens.view_screen import ViewScreen
from kps_tui.ui.terminal_title import TerminalTitle
from kps_tui.ui.watch import SECONDS, Watch


class WatchScreen(ViewScreen):
    """`toggle_watch` begins and ends it."""

    fresh: var[frozenset[str]] = var(frozenset[str]())
    """Ids of the tasks that came while it watched, since the user last read the list again."""
    watching: var[str] = var("")
    """How often it reads and what it found, in words; empty: it does not watch."""

    def __init__(
        self,
        connect: Connect,
        page_size: int,
        now: Callable[[], datetime],
        keeper: ListKeeper | None = None,
        watch_seconds: float = SECONDS,
    ) -> None:
        super().__init__(connect, page_size, now, keeper)
        self.watch_timer = Watch(self, self.look_again, watch_seconds)
        self.title_of_terminal = TerminalTitle(self)

    @property
    def is_busy(self) -> bool:
        """Whether the user does something that a new list would disturb."""
        raise NotImplementedError

    def on_mount(self) -> None:
        """Say in the title only what is true: in the shell the program does not watch."""
        self.app.app_suspend_signal.subscribe(self, self._leave_title, immediate=True)
        self.app.app_resume_signal.subscribe(self, self._say_title)

    def on_unmount(self) -> None:
        """Give the terminal its title back."""
        self._leave_title()

    def toggle_watch(self) -> None:
        """Begin to watch, or end it."""
        if self.watch_timer.is_on:
            self._end_watch()
        elif self._keeper and self._keeper.is_offline:
            self.notify(_("offline: this is the kept list · start without --offline to watch"), markup=False)
        else:
            self.watch_timer.begin()
            self._say_pace()
            self._say_title()

    def _end_watch(self) -> None:
        self.watch_timer.end()
        self.watching = ""
        self.fresh = frozenset()
        self._leave_title()
        # While it watched, the time of the last answer was not sent.
        self._bring_up_to_date()

    def forget(self) -> None:
        """At another place nothing is new yet."""
        super().forget()
        self.fresh = frozenset()

    def renewed(self, reading: Reading) -> Reading:
        """Keep the reading before where nothing changed, so that nothing is drawn; note what is new."""
        before = self._reading
        if before is None or self._kind not in RENEWING:
            return reading
        if self._kind is Kind.REFRESH:
            self.fresh = frozenset()
            return reading
        if self.is_busy:
            # It began before the user did something: the next one brings the rows.
            return before
        if _says_the_same(before, reading):
            before.answered_at = reading.answered_at
            return before
        still = {task_id for task_id in self.fresh if reading.store.get(task_id) is not None}
        self.fresh = frozenset(still if before.is_kept else still | _new_in(reading, before))
        return reading

    def watch_fresh(self) -> None:
        """Count them in the title of the terminal."""
        if self.is_mounted and self.watch_timer.is_on:
            self._say_pace()
            self._say_title()

    def look_again(self) -> None:
        """Read the list again, unless this is a bad moment: then the next one is waited for."""
        if self.is_busy:
            self._say_pace()
        else:
            self.start(Kind.WATCH)

    @on(LoadEnded)
    def _pace_after_end(self, message: LoadEnded) -> None:
        if message.generation == self._generation:
            self._pace(failed=False)

    @on(LoadFailed)
    def _pace_after_failure(self, message: LoadFailed) -> None:
        if message.generation != self._generation or not self.watch_timer.is_on:
            return
        if isinstance(message.error, LoginRefused | CredentialError | ConfigError):
            # Asked again and again, a refused login may be locked.
            self._end_watch()
            self.notify(_("the watch ended: the login is of no use · L logs in, w watches again"), markup=False)
        else:
            self._pace(failed=True)

    def _pace(self, *, failed: bool) -> None:
        if self.watch_timer.is_on:
            self.watch_timer.ended(failed=failed)
            self._say_pace()

    def _say_pace(self) -> None:
        if self.is_busy:
            self.watching = _("watch paused")
            return
        words = _("watch {seconds:g} s, {count} new") if self.fresh else _("watch {seconds:g} s")
        self.watching = words.format(seconds=self.watch_timer.pace.seconds, count=number(len(self.fresh)))

    def _say_title(self, _app: "App[Any] | None" = None) -> None:
        if self.watch_timer.is_on:
            count = _("({count} new) kps-tui").format(count=number(len(self.fresh)))
            self.title_of_terminal.say(count if self.fresh else "kps-tui")

    def _leave_title(self, _app: "App[Any] | None" = None) -> None:
        self.title_of_terminal.give_back()


def _new_in(after: Reading, before: Reading) -> set[str]:
    """Return the ids of the tasks that came since; of a list not read to its end the newer ones: others slid in."""
    came = [task for task in after.store.tasks if before.store.get(task.task_id) is None]
    if not before.complete:
        newest = max((task.milliseconds or 0 for task in before.store.tasks), default=0)
        came = [task for task in came if (task.milliseconds or 0) > newest]
    return {task.task_id for task in came}


def _says_the_same(before: Reading, after: Reading) -> bool:
    """Whether two readings hold the same rows in the same order, and as much of the list."""
    return (
        before.store.tasks == after.store.tasks
        and before.paging.total == after.paging.total
        and before.paging.verdict == after.paging.verdict
        and (before.unreadable, before.twice, before.is_kept) == (after.unreadable, after.twice, after.is_kept)
    )
