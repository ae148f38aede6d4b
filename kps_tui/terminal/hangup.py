"""Ends the program when its terminal hangs up, even if SIGHUP is ignored (`nohup`)."""

import os
import select
from functools import partial

from kps_tui import blocking

HANGUP = 129
"""The exit code that a shell reports for SIGHUP."""


def end_with_the_terminal(descriptor: int = 0) -> None:
    """End the process immediately when the terminal of `descriptor` hangs up; there is no terminal state to restore.

    A thread waits for that without waking up. Textual's input loop would spin on a terminal that is gone.
    """
    blocking.start(partial(_wait, descriptor))


def _wait(descriptor: int) -> None:
    poll = select.poll()
    # POLLHUP is always reported. No other event is requested, so that input does not wake the thread.
    poll.register(descriptor, 0)
    if any(event & (select.POLLHUP | select.POLLERR) for _, event in poll.poll()):
        os._exit(HANGUP)
