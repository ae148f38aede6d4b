"""Ends the program when its terminal hangs up, even if SIGHUP is ignored (`nohup`)."""

import os
import select
from functools import partial

from kps_tui import blocking
from kps_tui.problems import ExitCode


def end_with_the_terminal(descriptor: int = 0) -> None:
    """End the process as soon as the terminal of `descriptor` hangs up.

    No terminal state is left to restore then, and Textual's input loop would spin. A thread waits for the hang-up
    without ever waking up before.
    """
    blocking.start(partial(_wait, descriptor))


def _wait(descriptor: int) -> None:
    poll = select.poll()
    # POLLHUP is always reported. No other event is requested, so that input does not wake the thread.
    poll.register(descriptor, 0)
    if any(event & (select.POLLHUP | select.POLLERR) for _, event in poll.poll()):
        os._exit(ExitCode.HANGUP)
