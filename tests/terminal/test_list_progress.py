"""`list` in a terminal: how much is loaded, and why it waits."""

import time
from itertools import count

from tests.loopback import Reply, Request, http, listing, row, serving_in_a_thread
from tests.terminal.pty_run import INSTALLED, Terminal, environment

PAGES = 33


def test_the_progress_is_shown_at_most_four_times_a_second_and_a_wait_says_why() -> None:
    asked = count()
    good = listing([row(number) for number in range(9 * PAGES)])

    def reply(request: Request) -> Reply:
        return http({}, "429 X", {"Retry-After": "2"}) if next(asked) == PAGES - 3 else good(request)

    with serving_in_a_thread(reply) as server:
        login = {"KPS_TUI_ENDPOINT": server.endpoint, "KPS_TUI_PROJECT_ID": "0" * 32, "KPS_TUI_TOKEN": "token"}
        command = [INSTALLED, "list", "--page-size=10", "--limit=1"]
        begun = time.monotonic()
        with Terminal(command, columns=200, env=environment(**login)) as terminal:
            terminal.shows("of 297 loaded")
            terminal.shows("the service asks to slow down (429) · again in 2 s")
            terminal.shows("task-000000")
            assert terminal.ended()[0] == 0
            updates = terminal.data.count(b" of 297 loaded")
            assert updates <= 3 + (time.monotonic() - begun) / 0.25
            assert "again in" not in terminal.text
    assert len(server.requests) == PAGES + 1


def test_nothing_is_shown_on_a_terminal_that_can_not_erase_it() -> None:
    with serving_in_a_thread(listing([row(0)])) as server:
        login = {"KPS_TUI_ENDPOINT": server.endpoint, "KPS_TUI_PROJECT_ID": "0" * 32, "KPS_TUI_TOKEN": "token"}
        with Terminal([INSTALLED, "list", "--format=plain"], env=environment(TERM="dumb", **login)) as terminal:
            terminal.shows("task-000000")
            assert terminal.ended()[0] == 0
            assert b"\x1b" not in terminal.data
