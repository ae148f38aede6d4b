"""What a filter looks at: the texts that are shown, computed once for a store."""

from datetime import tzinfo
from functools import lru_cache

from kps_tui.kps.task import FailedTask
from kps_tui.triage.fields import BY_KEY, FIELDS, time_text
from kps_tui.triage.store import TaskStore

BETWEEN_FIELDS = "\n"
"""In no text of one line: nothing matches across two fields."""


def times(store: TaskStore) -> list[int | None]:
    """Return the time of every task by index, in milliseconds."""
    return store.values("time", BY_KEY["time"].sort_value)


def shown(store: TaskStore, key: str, zone: tzinfo | None) -> list[str]:
    """Return what a field shows of every task by index."""
    if key == "time":
        return store.values(f"shown time {zone}", lambda task: time_text(task, zone))
    return store.values(f"shown {key}", BY_KEY[key].text)


def folded(store: TaskStore, key: str, zone: tzinfo | None) -> list[str]:
    """Return what a field shows of every task by index, without upper and lower case."""
    if key == "time":
        return store.values(f"folded time {zone}", lambda task: time_text(task, zone).casefold())
    text = BY_KEY[key].text
    return store.values(f"folded {key}", lambda task: _folded(text(task)))


def folded_together(store: TaskStore, zone: tzinfo | None) -> list[str]:
    """Return all that is shown of every task by index, without upper and lower case, field by field."""
    texts = [field.text for field in FIELDS if field.key != "time"]

    def together(task: FailedTask) -> str:
        return BETWEEN_FIELDS.join([time_text(task, zone), *[text(task) for text in texts]]).casefold()

    return store.values(f"folded together {zone}", together)


@lru_cache(maxsize=4096)
def _folded(text: str) -> str:
    # The cache gives one string to all tasks that say the same, and ids, mostly lower case, need no second one.
    folded = text.casefold()
    return text if folded == text else folded
