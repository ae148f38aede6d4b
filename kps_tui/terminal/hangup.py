"""Notices that the terminal is gone, even where SIGHUP is ignored (nohup) and nothing else would tell."""

import os
import select
from functools import partial

from kps_tui import blocking

HANGUP = 129
"""The exit code of a shell for SIGHUP."""


def end_with_the_terminal(descriptor: int = 0) -> None:
    """End the process at once when the terminal behind `descriptor` hangs up: there is nothing left to restore.

    Waits in a thread of its own without waking up, for Textual's input loop would spin on a dead terminal.
    """
    blocking.start(partial(_wait, descriptor))


def _wait(descriptor: int) -> None:
    poll = select.poll()
    # A hang-up is reported whatever is asked for; asking for nothing else, input does not wake it.
    poll.register(descriptor, 0)
    if any(event & (select.POLLHUP | select.POLLERR) for _, event in poll.poll()):
        os._exit(HANGUP)
