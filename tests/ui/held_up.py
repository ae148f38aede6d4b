"""Tasks that get no time, as on a busy machine."""

import asyncio
from time import perf_counter


class HeldUp:
    """A clock for Textual with which each task is held up for a second after it has looked for the first time."""

    def __init__(self) -> None:
        self._looked: set[asyncio.Task[object] | None] = set()
        self.held_up = 0

    def __call__(self) -> float:
        task = asyncio.current_task()
        is_first = task not in self._looked
        self._looked.add(task)
        self.held_up += not is_first
        return perf_counter() + (0 if is_first else 1)
