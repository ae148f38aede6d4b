"""A login typed into the form appears neither in the output, nor in a file, nor on a command line."""

from pathlib import Path

from kps_tui.demo.server import DemoServer
from tests.terminal.pty_run import INSTALLED, Terminal, disallowed, environment

WRONG = "canary-typed-token-91c4"


def typed(terminal: Terminal, text: str, then: str) -> None:
    """Type `text` and Enter, and wait until the screen shows `then`."""
    terminal.send(text)
    terminal.send("\r")
    terminal.shows(then)


def test_nothing_of_a_typed_login_is_left_anywhere(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    places = {name: str(home / name.lower()) for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME")}
    env = environment(HOME=str(home), **places)
    with DemoServer(tasks=40) as server:
        secrets = (WRONG, server.token)
        with Terminal([INSTALLED, "--debug"], columns=110, rows=34, env=env) as terminal:
            terminal.shows("Which region?")
            terminal.send(server.endpoint)
            terminal.shows(server.endpoint)
            typed(terminal, "", "How do you want to sign in?")
            typed(terminal, "", "X-Subject-Token")
            terminal.shows("in memory until you quit")
            typed(terminal, WRONG, "IAM rejected the login")
            command_line = Path(f"/proc/{terminal.pid}/cmdline").read_bytes()
            typed(terminal, server.token, "login: this run only")
            terminal.shows("40 failed")
            terminal.send("jd")
            terminal.shows("Esc Back")
            terminal.send("d:")
            terminal.shows("─ Keys and commands")
            terminal.send("doctor")
            terminal.shows("check connection, login, terminal")
            typed(terminal, "", "permission")
            terminal.send("\x1b")
            terminal.until("the doctor is closed", lambda screen: "─ Doctor · " not in screen)
            terminal.send("q")
            assert terminal.ended()[0] == 0
        assert disallowed(terminal.data) == ""
        files = [path for path in home.rglob("*") if path.is_file()]
        assert any(path.name == "debug.log" for path in files)
        for secret in secrets:
            held = secret.encode()
            assert held not in terminal.data
            assert held not in command_line
            assert [path for path in files if held in path.read_bytes()] == []


def test_without_a_question_allowed_nothing_is_asked(tmp_path: Path) -> None:
    with Terminal([INSTALLED, "--no-input"], env=environment(XDG_CONFIG_HOME=str(tmp_path))) as terminal:
        assert terminal.ended()[0] == 2
        assert b"no region is set" in terminal.data
        assert b"\x1b" not in terminal.data
