"""Computes in advance what the first filter and the first groups need, in short steps while the user does nothing."""

from functools import partial

from kps_tui.triage.facets import TASK_FACETS, facet_value
from kps_tui.triage.fields import FIELDS
from kps_tui.triage.filter.matcher import shown_value
from kps_tui.triage.store import Derived, TaskStore
from kps_tui.ui.model.watch import StartTimer, Timer

IDLE_SECONDS = 0.5
"""Seconds without a key and without new rows before it starts."""
PAUSE_SECONDS = 0.01
"""Seconds between two steps, in which keys are handled."""
VALUES = 50
"""The most values in one step, which takes about 5 ms: an error is compared with the whole runbook."""


def prepared_values() -> list[Derived[str]]:
    """Return the values that filters and groups are made from, those of groups first."""
    facets = [facet_value(facet) for facet in TASK_FACETS if facet != "day"]
    return facets + [shown_value(field.key) for field in FIELDS if field.key not in ("time", "task")]


class Preparation:
    """Prepares the values of a store. Once all are prepared, nothing runs until the store changes."""

    def __init__(self, start_timer: StartTimer) -> None:
        self._start_timer = start_timer
        self._timer: Timer | None = None
        self._started = 0
        """Number of times that a timer was started or stopped."""
        self._store = TaskStore()
        self._prepared: tuple[int, int] | None = (0, 0)
        """The revision of the store whose values are all prepared; None while some are missing."""
        self._left: list[Derived[str]] = []

    @property
    def is_waiting(self) -> bool:
        """Whether a step is still to come."""
        return self._timer is not None

    def wait(self, store: TaskStore) -> None:
        """Continue with the values of `store`, once this has not been called again for `IDLE_SECONDS`."""
        self._stop()
        if store is not self._store or (not self._left and store.revision != self._prepared):
            self._store, self._left, self._prepared = store, prepared_values(), None
        if self._left:
            self._start(IDLE_SECONDS)

    def _step(self, number: int) -> None:
        if number != self._started or self._timer is None:
            # The timer was stopped when it had already sent its message.
            return
        self._timer = None
        revision = self._store.revision
        if self._store.prepare(self._left[0], VALUES):
            del self._left[0]
        if self._left:
            self._start(PAUSE_SECONDS)
        else:
            self._prepared = revision

    def _start(self, seconds: float) -> None:
        self._started += 1
        self._timer = self._start_timer(seconds, partial(self._step, self._started))

    def _stop(self) -> None:
        self._started += 1
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
