"""A story is made at once if few rows have to be looked at, otherwise in a thread."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from kps_tui.kps.task import FailedTask
from kps_tui.triage.store import TaskStore
from kps_tui.triage.task_story import TaskStory
from kps_tui.ui.model.story_maker import DIRECT_ROWS, StoryMaker
from tests.triage.tasks import EXAMPLE

NOW = datetime(2026, 11, 26, tzinfo=UTC)


@dataclass
class Started:
    """Work that waits until it is run."""

    work: Callable[[], Coroutine[Any, Any, None]]

    def cancel(self) -> None:
        """Do nothing: work that was never run needs no end."""


class Maker:
    """A maker, what it showed, and the work that it started."""

    def __init__(self) -> None:
        self.shown: list[TaskStory | None] = []
        self.started: list[Started] = []
        self.stories = StoryMaker(lambda: NOW, self.start, self.shown.append)

    def start(self, work: Callable[[], Coroutine[Any, Any, None]]) -> Started:
        self.started.append(Started(work))
        return self.started[-1]

    def run(self) -> None:
        """Run what was started to its end."""
        while self.started:
            asyncio.run(self.started.pop().work())


def rows(begin: int, end: int, servers: int = 10) -> list[FailedTask]:
    return [
        FailedTask.from_json(EXAMPLE | {"task_id": f"t{n}", "server_id": f"s{n % servers}"}) for n in range(begin, end)
    ]


def test_the_first_story_is_made_in_a_thread_and_later_ones_at_once() -> None:
    maker, store = Maker(), TaskStore(rows(0, 100))
    maker.stories.follow(store, store[0])
    assert (maker.stories.is_making, maker.shown) == (True, [])
    maker.run()
    assert (maker.stories.is_making, len(maker.shown)) == (False, 1)
    maker.stories.follow(store, store[1])
    maker.stories.follow(store, None)
    assert maker.started == []
    assert [story and (story.task.task_id, len(story.attempts)) for story in maker.shown] == [
        ("t0", 10),
        ("t1", 10),
        None,
    ]


def test_many_new_rows_are_counted_in_a_thread_and_few_at_once() -> None:
    maker, store = Maker(), TaskStore(rows(0, 100))
    maker.stories.follow(store, store[0])
    maker.run()
    store.extend(rows(100, 200))
    maker.stories.follow(store, store[0])
    assert maker.started == []
    store.extend(rows(200, 200 + DIRECT_ROWS))
    maker.stories.follow(store, store[0])
    assert maker.stories.is_making
    maker.run()
    counts = [story.error.failures for story in maker.shown if story and story.error]
    assert counts == [100, 200, 200 + DIRECT_ROWS]


def test_only_the_task_that_was_last_asked_for_is_shown() -> None:
    maker, store = Maker(), TaskStore(rows(0, 100))
    for index in (0, 1, 2):
        maker.stories.follow(store, store[index])
    assert len(maker.started) == 1
    maker.run()
    assert [story and story.task.task_id for story in maker.shown] == ["t2"]


def test_a_task_that_is_gone_meanwhile_is_not_shown() -> None:
    maker, store = Maker(), TaskStore(rows(0, 100))
    maker.stories.follow(store, store[0])
    maker.stories.follow(store, None)
    maker.run()
    assert maker.shown == [None]


def test_rows_of_another_list_are_counted_anew() -> None:
    maker, store, other = Maker(), TaskStore(rows(0, 100)), TaskStore(rows(0, 30))
    for each in (store, other):
        maker.stories.follow(each, each[0])
        maker.run()
    counts = [story.error.failures for story in maker.shown if story and story.error]
    assert counts == [100, 30]
