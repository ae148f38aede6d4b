"""Gives out keys one after the other: what a key opens has the keys that came in the same read.

Textual hands every key to the widget that has the focus when it arrives, although the keys before it may be about to
move the focus: of `/q`, typed ahead on a slow line, the second would quit.
"""

import asyncio
from collections import deque
from typing import Any

from textual import events
from textual.app import App
from textual.message import Message

HOPS = 5
"""A message follows each key on its way through the widgets so many times: a key may post, and that post again."""
TIMEOUT_SECONDS = 1.0
"""Seconds after which the next key is given out although the message was lost: its widget may be gone."""

Typed = events.Key | events.Paste


class Handled(Message):
    """Comes to the app behind all that a key has set off so far."""

    def __init__(self, serial: int, hops: int) -> None:
        super().__init__()
        self.serial = serial
        self.hops = hops


class KeyQueue:
    """The keys of an app that wait for the one before them."""

    def __init__(self, app: App[Any]) -> None:
        self._app = app
        self._waiting: deque[Typed] = deque()
        self._next: Typed | None = None
        """The one that was given out and has not come back to the app yet."""
        self._under_way = False
        self._serial = 0

    @property
    def worked_off(self) -> int:
        """How many keys were given out and have had their effect."""
        return self._serial - self._under_way

    def admits(self, event: Typed) -> bool:
        """Return whether `event` may be handled now; else it waits for its turn."""
        if event is self._next:
            self._next = None
        elif self._under_way or self._next is not None:
            self._waiting.append(event)
            return False
        self._under_way = True
        self._serial += 1
        return True

    def follow(self) -> None:
        """Send a message behind the key that was just handed on."""
        serial = self._serial
        self._send(serial, HOPS)
        asyncio.get_running_loop().call_later(TIMEOUT_SECONDS, self._release, serial)

    def handled(self, message: Handled) -> None:
        """Go on: once more behind the same key, or with the next."""
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
