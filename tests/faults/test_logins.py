"""`list` with a password, against every login fault."""

import pytest

from tests.faults.iam import PASSWORD
from tests.faults.logins import CASES, TOKEN, Login
from tests.faults.side_by_side import SideBySide


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_login(case: Login, runs: SideBySide) -> None:
    ended, iam = runs[case].ended, runs[case].iam
    assert ended.code == case.code, ended.err
    lines = ended.err.splitlines()
    assert len(lines) == bool(case.said), ended.err
    for part in case.said:
        assert part in lines[0]
    assert "Traceback" not in ended.err
    assert "bug in" not in ended.err
    if case.tasks is None:
        assert ended.out == ""
    else:
        assert len(ended.json["tasks"]) == case.tasks
    assert (len(iam.posts), len(iam.gets), iam.refused) == (case.posts, case.gets, case.refused)
    assert all(PASSWORD.encode() in request.body for request in iam.posts)
    for secret in (PASSWORD, TOKEN):
        assert secret not in ended.everything
    assert all(character.isprintable() or character == "\n" for character in ended.out + ended.err + ended.log)
