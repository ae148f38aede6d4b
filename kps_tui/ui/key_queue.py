"""Dispatches keys one at a time, so that each key goes to the widget that the key before it has focused.

Textual dispatches every key to the widget that has the focus when the key arrives, even if an earlier key is about to
move the focus. If `/q` arrives in one packet on a slow line, `q` would quit instead of being typed into the filter.
"""

import asyncio
from collections import deque
from itertools import takewhile
from typing import Any, Protocol, runtime_checkable

from textual import events
from textual.app import App
from textual.message import Message

HOPS = 5
"""How often a message is sent after a key before the next key is dispatched.

Handling a key may post a message, handling that may post another one, and so on; each hop waits for one of these.
"""
TIMEOUT_SECONDS = 1.0
"""Seconds after which the next key is dispatched anyway: if a widget was removed, the message to it is lost."""

Typed = events.Key | events.Paste


@runtime_checkable
class Repeating(Protocol):
    """A widget that can make several equal moves at once."""

    def repeated(self, action: str, count: int) -> str | None:
        """Return the action that has the effect of `count` times `action`; None if there is none."""


class Handled(Message):
    """Reaches the app after the messages that the key has caused so far.

    `serial` is the number of the key, `hops` how often the message is still to be sent, this time included.
    """

    def __init__(self, serial: int, hops: int) -> None:
        super().__init__()
        self.serial = serial
        self.hops = hops


class KeyQueue:
    """Holds back keys and pasted text until the key before has been handled."""

    def __init__(self, app: App[Any]) -> None:
        self._app = app
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
            return False
        self._under_way = True
        self._serial += 1
        return True

    async def move(self, event: Typed) -> bool:
        """Make the move of `event`, which was admitted, together with the moves that wait behind it.

        Return False, and do nothing, if no other move waits, or `event` is no move.
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
        while (key := self._first_key()) and (action := action_of(key, count := self._equal_keys(key))):
            for _ in range(count):
                self._waiting.popleft()
            self._serial += count
            await self._app.run_action(action, focused)
        return True

    def _first_key(self) -> str:
        """Return the key that waits first; empty if none does, or pasted text waits first."""
        first = self._waiting[0] if self._waiting else None
        return first.key if isinstance(first, events.Key) else ""

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
        if message.serial != self._serial:
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
            if self._waiting:
                self._next = self._waiting.popleft()
                self._app.post_message(self._next)
