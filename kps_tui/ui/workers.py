"""Starts coroutines in the background, as workers of Textual."""

from collections.abc import Callable, Coroutine
from typing import Any

from textual.dom import DOMNode
from textual.worker import Worker


def start_worker(
    owner: DOMNode, work: Callable[[], Coroutine[Any, Any, None]], *, group: str, exclusive: bool = False
) -> Worker[None]:
    """Start `work` as a worker of `owner`: it is cancelled when `owner` is removed.

    It takes a function: a worker that is cancelled before its first step would leave a coroutine that nobody awaits.

    Args:
        owner: an app, a screen or a widget.
        work: returns the coroutine.
        group: a name for workers that are looked for, or cancelled, together.
        exclusive: whether to cancel the other workers of the group.
    """
    # Textual would describe it by `repr(work)`, which takes half a second for a view of a million tasks.
    worker: Worker[None] = owner.run_worker(work, group=group, description=group, exclusive=exclusive)
    return worker
