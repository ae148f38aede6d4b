"""The text and the exit code of a problem."""

import pytest

from kps_tui.cli.messages import crash_report
from kps_tui.kps.errors import KpsError
from kps_tui.problems import ConfigError, CredentialError, Problem, QueryError


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        (Problem("it broke"), "it broke"),
        (Problem("it broke", why="old"), "it broke: old"),
        (Problem("it broke", next_step="mend it"), "it broke · mend it"),
        (Problem("it broke", why="old", next_step="mend it"), "it broke: old · mend it"),
    ],
)
def test_a_problem_is_one_sentence(problem: Problem, said: str) -> None:
    assert str(problem) == said


def test_its_parts_are_kept_apart() -> None:
    problem = ConfigError("--region “x” is not a region ID", why="too short", next_step="use cn-north-4")
    assert (problem.what, problem.why, str(problem.next_step)) == (
        "--region “x” is not a region ID",
        "too short",
        "use cn-north-4",
    )
    assert problem.args == ("--region “x” is not a region ID",)


@pytest.mark.parametrize(
    ("kind", "code"), [(Problem, 70), (ConfigError, 2), (CredentialError, 4), (QueryError, 2), (KpsError, 3)]
)
def test_each_kind_has_its_exit_code(kind: type[Problem], code: int) -> None:
    assert issubclass(kind, Problem)
    assert kind.exit_code == kind("x").exit_code == code


def test_kinds_are_told_apart() -> None:
    with pytest.raises(Problem):
        raise QueryError("--sort")
    assert not issubclass(QueryError, ConfigError)
    assert not issubclass(CredentialError, ConfigError)


def test_a_library_that_can_not_be_loaded_is_no_bug_of_the_program() -> None:
    assert crash_report(ImportError("x", name="_cffi_backend")).startswith("the library “_cffi_backend” can't be")
    assert crash_report(ImportError("x", name="kps_tui.triage")).startswith("bug in kps-tui: ImportError")
