"""Keys that arrive in one read, as on a slow line: they go to the widget that the key before them opened."""

import pytest

from tests.terminal.pty_run import INSTALLED, Terminal, environment


@pytest.mark.parametrize(
    ("keys", "parts", "absent"),
    [
        ("/server:web\r*", ("server:web", "marked"), "server:web*"),
        ("/q", ("/ q", "match"), "Quit"),
        (":oldest first\x7f\x7f\x7f\x7f\x7f\x7f\x7f\x7f\x7f\x7f\x7f\x7fload the rest\r", ("all 2,500",), "Commands"),
        (":sort by the active\r\r", ("oldest first",), "Commands"),
        ("F\rl", ("err:=", "match"), "values"),
        ("Vmine\x1b", ("2,500 failed",), "Save this view"),
        ("ytt", ("task id: sent to the terminal",), "Copy of the task"),
        ("Vx", ("Its name:", "x"), "hcloud"),
    ],
)
def test_each_key_goes_to_what_the_one_before_it_opened(keys: str, parts: tuple[str, ...], absent: str) -> None:
    with Terminal([INSTALLED, "--demo"], columns=120, rows=30, env=environment()) as terminal:
        terminal.shows("1,000 of 2,500 loaded")
        terminal.send(keys)
        terminal.until(f"{parts}, not {absent}", lambda text: all(p in text for p in parts) and absent not in text)
        terminal.send("\x03")
        assert terminal.ended()[0] == 130


def test_a_paste_waits_for_the_key_before_it() -> None:
    with Terminal([INSTALLED, "--demo"], columns=120, rows=30, env=environment()) as terminal:
        terminal.shows("1,000 of 2,500 loaded")
        terminal.send("/\x1b[200~op:reset\x1b[201~\r")
        terminal.until("it is the filter", lambda text: " op:reset " in text and "match" in text)
        terminal.send("\x03")
        assert terminal.ended()[0] == 130
