"""The UI against every fault of a response: the rows stay, and it shows the reason and their age."""

import pytest

from tests.faults.case import SOME
from tests.faults.screens import AGE, CASES, Met
from tests.faults.side_by_side import SideBySide
from tests.program import TOKEN


@pytest.mark.parametrize("met", [pytest.param(Met(case), id=case.id) for case in CASES])
def test_screen(met: Met, runs: SideBySide) -> None:
    case = met.case
    found = runs[met][case.id]
    if isinstance(found, BaseException):
        raise found
    assert len(found.before) == 3
    for part in case.said if case.shown is None else case.shown:
        assert part in found.text
    if case.is_refused:
        assert found.after == found.before
        assert AGE in found.text
        assert "retries" in found.text or "logs in again" in found.text
    else:
        assert len(found.after) == case.tasks or (case.tasks == SOME and found.after)
        assert len(set(found.after)) == len(found.after)
    assert ("No failed tasks" in found.text) == (not found.after)
    if case.requests is not None:
        assert found.requests == case.requests
    assert found.sunk == 0
    assert TOKEN not in found.text
    assert found.text.isprintable()
    assert found.recovered == found.before
    assert AGE not in found.recovered_text
    assert "3 failed" in found.recovered_text
