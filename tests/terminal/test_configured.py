"""The user's configuration also applies to the demo."""

from pathlib import Path

import pytest

from tests.terminal.pty_run import DEADLINE, FORKED, Terminal, disallowed, environment

SOFT = b"\x1b[38;5;"
"""A colour that is not one of the 16 of the terminal."""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("theme = 'drak'\n", "line 1: theme: “drak” is not allowed"),
        ("[keys]\ndata.refresh = 3\n", "line 2: keys.data.refresh: it is not a key or a list of keys"),
        ("plain_output = 'yes'\n", "line 1: plain_output: it is neither true nor false"),
        (None, "there is no such file"),
    ],
)
def test_a_broken_configuration_ends_the_demo_with_its_sentence(tmp_path: Path, text: str | None, said: str) -> None:
    path = tmp_path / "config.toml"
    if text is not None:
        path.write_text(text)
    with Terminal([FORKED, "--demo", "--config", str(path)], columns=300) as terminal:
        assert terminal.ended()[0] == 2
        assert said in terminal.text


@pytest.mark.parametrize(("flags", "soft"), [([], True), (["--theme", "terminal"], False)])
def test_the_demo_has_the_theme_of_the_configuration_unless_a_flag_names_one(
    tmp_path: Path, flags: list[str], soft: bool
) -> None:
    path = tmp_path / "config.toml"
    path.write_text("theme = 'dark'\n")
    with Terminal([FORKED, "--demo", "--config", str(path), *flags]) as terminal:
        terminal.shows("1,000 of 2,500 loaded")
        assert (SOFT in terminal.data) == soft
        terminal.send("q")
        assert terminal.ended()[0] == 0


def redrawn(*options: str) -> int:
    """Return the bytes of a screen that is drawn again although nothing on it has changed."""
    with Terminal([FORKED, "--demo", *options], env=environment()) as terminal:
        terminal.shows("1,000 of 2,500 loaded")
        while terminal.read(0.5):
            pass
        before = len(terminal.data)
        # Opening the filter draws the list again, one line shorter.
        terminal.send("/")
        assert terminal.read(DEADLINE)
        while terminal.read(0.5):
            pass
        assert disallowed(terminal.data) == ""
        terminal.send("\x03")
        assert terminal.ended()[0] == 130
        return len(terminal.data) - before


def test_the_option_and_the_configuration_choose_the_plain_output(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("plain_output = true\n")
    short = redrawn()
    assert redrawn("--plain-output") > 4 * short
    assert redrawn("--config", str(path)) > 4 * short


def test_the_option_takes_no_value() -> None:
    with Terminal([FORKED, "--demo", "--plain-output=yes"]) as terminal:
        assert terminal.ended()[0] == 2
        assert "Option '--plain-output' does not take a value" in terminal.text


@pytest.mark.parametrize(
    ("name", "said"), [("vt999-no-such", "this host does not know TERM=vt999-no-such"), ("", "TERM is not set")]
)
def test_a_terminal_that_the_host_does_not_know_is_said_and_used(name: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    with Terminal([FORKED, "--demo"], env=environment(TERM=name, TERMINFO=str(tmp_path)), columns=160) as terminal:
        terminal.shows(said)
        terminal.shows("1,000 of 2,500 loaded")
        terminal.send("q")
        assert terminal.ended()[0] == 0


def test_the_screen_shows_times_of_the_configured_zone(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("zone = 'Asia/Kathmandu'\n")
    with Terminal([FORKED, "--demo", "--config", str(path)]) as terminal:
        terminal.shows("1,000 of 2,500 loaded")
        terminal.shows("TIME +0545")
        terminal.send("q")
        assert terminal.ended()[0] == 0


def test_a_view_that_is_saved_goes_to_the_programs_own_file(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("[views.mine]\nsort = 'server'\n")
    path.chmod(0o400)
    with Terminal([FORKED, "--demo", "--config", str(path)]) as terminal:
        terminal.shows("1,000 of 2,500 loaded")
        terminal.send("V")
        terminal.shows("Save view")
        terminal.send("night\r")
        terminal.until("the view is written", lambda _text: (tmp_path / "views.toml").exists())
        terminal.send("q")
        assert terminal.ended()[0] == 0
    assert (tmp_path / "views.toml").read_text().endswith("\n\n[views.night]\n")
    assert path.read_text() == "[views.mine]\nsort = 'server'\n"


def test_the_configuration_chooses_the_columns(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text('columns = ["sid", "err"]\n')
    with Terminal([FORKED, "--demo", "--demo-tasks", "3", "--config", str(path)]) as terminal:
        terminal.until("the two columns", lambda text: "SERVER ID" in text and "ERROR" in text and "TIME" not in text)
    path.write_text('theme = "dark"\ncolumns = ["sid", "eror"]\n')
    with Terminal([FORKED, "--demo", "--demo-tasks", "3", "--config", str(path)], columns=160) as terminal:
        terminal.until("a warning", lambda text: "line 2: columns" in text and "TIME" in text and "KEY PAIR" in text)
        assert "“eror”" in terminal.text
        assert "“err”?" in terminal.text
    path.write_text("columns = 7\n")
    with Terminal([FORKED, "--demo", "--demo-tasks", "3", "--config", str(path)], columns=160) as terminal:
        terminal.until("a warning", lambda text: "line 1: columns" in text and "KEY PAIR" in text)
