"""The user's own runbook: what counts, what a mistake names and costs, and what is refused."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kps_tui.files import LARGEST
from kps_tui.identity.profiles import Configuration
from kps_tui.problems import ConfigError
from kps_tui.session.own_runbook import MOST_MISTAKES, use_own_runbook
from kps_tui.triage.causes import diagnose, use_own

GOOD = """\
[causes.proxy]
name = "our proxy refused the service"
check = "look at the log of the proxy"
fix = "ask the network team"
messages.likely = ["Server login credential"]
"""


@pytest.fixture
def path(tmp_path: Path) -> Iterator[Path]:
    """The path of the runbook in a folder of its own; afterwards the program's runbook counts alone again."""
    yield tmp_path / "runbook.toml"
    use_own(None)


def read(path: Path) -> tuple[str, ...]:
    return use_own_runbook(Configuration(path.with_name("config.toml")))


def cause_of(message: str) -> str:
    found = diagnose(message, operation="bind")
    return found.cause.id if found else ""


def test_without_a_file_the_programs_causes_count(path: Path) -> None:
    assert read(path) == ()
    assert cause_of("Server login credential incorrect") == "credential"


def test_its_causes_come_first(path: Path) -> None:
    path.write_text(GOOD)
    assert read(path) == ()
    assert cause_of("Server login credential incorrect") == "proxy"
    assert cause_of("sshd config was changed") == "sshd"
    path.unlink()
    assert read(path) == ()
    assert cause_of("Server login credential incorrect") == "credential"


def test_who_says_how_sure_a_cause_is(path: Path) -> None:
    path.write_text(GOOD)
    assert read(path) == ()
    own = diagnose("Server login credential incorrect", operation="bind")
    of_program = diagnose("sshd config was changed", operation="bind")
    assert own
    assert own.how_sure == "likely, as your runbook.toml says"
    assert of_program
    assert "runbook.toml" not in of_program.how_sure


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (
            '[causes.bad]\nname = 5\ncheck = "x"\nmessages.likely = ["x"]\n',
            "line 7: causes.bad.name: it is not a string",
        ),
        ('[causes.bad]\nname = "x"\ncheck = "x"\n', "line 6: causes.bad.messages: neither a message nor a code"),
        (
            '[causes.bad]\nname = "x"\ncheck = "x"\nmessages.likely = "x"\n',
            "line 9: causes.bad.messages.likely: it is no",
        ),
        ("mesages = 1\n", "line 6: causes.proxy.mesages: unknown key · use messages"),
        ('[operations.bind]\nchecks = ["proxy", "stat"]\n', "line 7: operations.bind.checks: there is no cause “stat”"),
        ('[codes."KPS.1"]\nhandling = "x"\n', "line 6: codes.KPS.1.meaning: it is missing"),
    ],
)
def test_a_mistake_names_file_line_and_key_and_costs_nothing_else(path: Path, lines: str, said: str) -> None:
    path.write_text(GOOD + lines)
    [warning] = read(path)
    assert warning.startswith(f"{path}, {said}")
    assert cause_of("Server login credential incorrect") == "proxy"


def test_its_order_of_checks_may_name_causes_of_the_program(path: Path) -> None:
    path.write_text(GOOD + '[operations.bind]\nchecks = ["proxy", "state"]\n')
    assert read(path) == ()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"[causes.x\n", "line 1: not valid TOML"),
        (b"\xff\n", "line 1 is not UTF-8"),
        (b"#" * (LARGEST + 1), "it is larger than 1 MiB"),
    ],
)
def test_a_file_that_can_not_be_read_costs_a_sentence(path: Path, content: bytes, said: str) -> None:
    path.write_bytes(content)
    [warning] = read(path)
    assert str(path) in warning
    assert said in warning
    assert cause_of("Server login credential incorrect") == "credential"


def test_a_folder_in_its_place_costs_a_sentence(path: Path) -> None:
    path.mkdir()
    [warning] = read(path)
    assert "it is not a regular file" in warning


@pytest.mark.parametrize("mode", [0o602, 0o666])
def test_a_file_that_others_may_write_to_is_refused(path: Path, mode: int) -> None:
    path.write_text(GOOD)
    path.chmod(mode)
    with pytest.raises(ConfigError) as caught:
        read(path)
    assert caught.value.exit_code == 2
    assert str(caught.value.next_step) == f"run: chmod go-w {path}"
    assert cause_of("Server login credential incorrect") == "credential"


def test_many_mistakes_are_counted(path: Path) -> None:
    path.write_text("".join(f"[causes.c{number}]\n" for number in range(MOST_MISTAKES + 3)))
    warnings = read(path)
    assert len(warnings) == MOST_MISTAKES + 1
    assert warnings[-1] == f"{path}: 3 more mistakes"
