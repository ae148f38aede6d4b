"""Dispatches keys one at a time, so that each key reaches the widget that the key before it has focused.

Textual dispatches every key to the widget that has the focus when the key arrives, even if an earlier key is about to
move the focus. If `/q` arrives in one packet on a slow line, `q` would quit instead of being typed into the filter.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import takewhile
from typing import Any, Protocol, runtime_checkable

from textual import events
from textual.app import App
from textual.message import Message

HOPS = 5
"""How many times a message is sent after a key before the next key is dispatched.

Handling a key may post a message, whose handler may post another one, and so on; each hop waits for one of these.
"""
ACTIONS_AT_ONCE = 20
"""The most actions that `move` runs for waiting keys before new keys are received."""
TIMEOUT_SECONDS = 1.0
"""Seconds after which the next key is dispatched in any case: a message to a widget that was removed is lost."""

Typed = events.Key | events.Paste


@runtime_checkable
class Repeating(Protocol):
    """A widget that can make several equal moves at once."""

    def repeated(self, action: str, count: int) -> str | None:
        """Return the action with the effect of `action` repeated `count` times; None if there is none."""


def repeated_move(action: str, count: int) -> str | None:
    """Be the `repeated` of a widget whose action `move` takes a number of steps."""
    return {"move(1)": f"move({count})", "move(-1)": f"move({-count})"}.get(action)


@dataclass(frozen=True, slots=True)
class QuitRule:
    """Decides which keys need not be handled because a key that quits was typed after them."""

    quits: frozenset[str]
    """Keys that quit."""
    lasting: frozenset[str]
    """Keys that change something outside the program, or may open a dialog or an input line, where a key that quits
    has another meaning. The effects of all other keys end with the program."""
    applies: Callable[[], bool]
    """Returns whether keys have these meanings now: no dialog is open, and no input line has the focus."""

    def skipped(self, keys: Iterable[str]) -> int:
        """Return how many of the waiting `keys` need not be handled: those before the first key that quits.

        That is 0 if one of them is lasting. An empty text stands for pasted text, which counts as lasting.
        """
        for place, key in enumerate(keys):
            if key in self.quits:
                return place
            if not key or key in self.lasting:
                break
        return 0


class Handled(Message):
    """Reaches the app after the messages that a key has caused so far.

    `serial` is the number of the key, `hops` how many times the message remains to be sent, including this time.
    """

    def __init__(self, serial: int, hops: int) -> None:
        super().__init__()
        self.serial = serial
        self.hops = hops


class KeyQueue:
    """Holds back keys and pasted text until the key before has been handled."""

    def __init__(self, app: App[Any], quit_rule: QuitRule) -> None:
        self._app = app
        self._quit_rule = quit_rule
        self._quit_waits = False
        """Whether a key that quits may be waiting; without one the queue is not searched for it."""
        self._waiting: deque[Typed] = deque()
        self._next: Typed | None = None
        """The key that was posted to the app again and has not arrived there yet."""
        self._under_way = False
        self._serial = 0

    @property
    def handled_count(self) -> int:
        """Number of keys that have been handled completely."""
        return self._serial - self._under_way

    def admits(self, event: Typed) -> bool:
        """Return whether `event` may be handled now. If not, it is queued and posted to the app later."""
        if event is self._next:
            self._next = None
        elif self._under_way or self._next is not None:
            self._waiting.append(event)
            self._quit_waits = self._quit_waits or _key(event) in self._quit_rule.quits
            return False
        self._under_way = True
        self._serial += 1
        return True

    async def move(self, event: Typed) -> bool:
        """Handle `event`, which was admitted, together with the moves that wait after it.

        Return False, and do nothing, if no key waits after it, or if `event` is not a move of the focused widget.
        """
        focused = self._app.focused
        mover: object = focused
        if not self._waiting or not isinstance(event, events.Key) or not isinstance(mover, Repeating):
            return False
        bindings = self._app.screen.active_bindings

        def action_of(key: str, count: int) -> str | None:
            bound = bindings.get(key)
            is_move = bound is not None and bound.enabled and bound.node is focused
            return mover.repeated(bound.binding.action, count) if bound and is_move else None

        if action_of(event.key, 1) is None:
            return False
        self._waiting.appendleft(event)
        self._serial -= 1
        self._skip_to_quit()
        for _ in range(ACTIONS_AT_ONCE):
            key = self._first_key()
            if not key or (action := action_of(key, count := self._equal_keys(key))) is None:
                break
            for _ in range(count):
                self._waiting.popleft()
            self._serial += count
            await self._app.run_action(action, focused)
        return True

    def _first_key(self) -> str:
        """Return the key that waits first; empty if none does, or pasted text waits first."""
        return _key(self._waiting[0]) if self._waiting else ""

    def _skip_to_quit(self) -> None:
        """Drop the keys before one that quits, if all their effects would end with the program."""
        if not self._quit_waits or not self._quit_rule.applies():
            return
        for _ in range(count := self._quit_rule.skipped(map(_key, self._waiting))):
            self._waiting.popleft()
        self._serial += count
        self._quit_waits = any(_key(event) in self._quit_rule.quits for event in self._waiting)

    def _equal_keys(self, key: str) -> int:
        """Return how many times `key` waits before any other key or pasted text."""
        equal = takewhile(lambda waiting: isinstance(waiting, events.Key) and waiting.key == key, self._waiting)
        return sum(1 for _ in equal)

    def follow(self) -> None:
        """Send a message after the key that was just dispatched."""
        serial = self._serial
        self._send(serial, HOPS)
        asyncio.get_running_loop().call_later(TIMEOUT_SECONDS, self._release, serial)

    def handled(self, message: Handled) -> None:
        """Send the message again, or dispatch the next key after the last hop."""
        # The message may still be under way when the program ends.
        if message.serial != self._serial or not self._app.screen_stack:
            return
        if message.hops > 1:
            self._send(message.serial, message.hops - 1)
        else:
            self._release(message.serial)

    def _send(self, serial: int, hops: int) -> None:
        target = self._app.focused or self._app.screen
        if not target.post_message(Handled(serial, hops)):
            self._release(serial)

    def _release(self, serial: int) -> None:
        if serial == self._serial and self._under_way:
            self._under_way = False
            self._skip_to_quit()
            if self._waiting:
                self._next = self._waiting.popleft()
                self._app.post_message(self._next)


def _key(event: Typed) -> str:
    """Return the key, or an empty text for pasted text."""
    return event.key if isinstance(event, events.Key) else ""
