"""`list` against every fault of a response, each run in a process of its own."""

import pytest

from tests.faults import bodies, lists, statuses, wire
from tests.faults.case import GOOD_LIST, SOME, Case
from tests.faults.side_by_side import SideBySide
from tests.program import PATIENCE, TOKEN

CASES = (*wire.CASES, *bodies.CASES, *lists.CASES, *statuses.CASES)
MOST_KIB = 16 * 1024
"""The most KiB of memory that a refused body may take."""


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_list(case: Case, runs: SideBySide) -> None:
    ended = runs[case]
    assert ended.code == case.code, ended.err
    lines = ended.err.splitlines()
    assert len(lines) == bool(case.said), ended.err
    for part in case.said:
        assert part in lines[0]
    for word in ("Traceback", "bug in"):
        assert word not in ended.err
    assert all(character.isprintable() or character == "\n" for character in ended.out + ended.err + ended.log)
    assert len(ended.err) < 1000
    if case.tasks is None:
        assert ended.out == ""
        assert ended.peak - runs[GOOD_LIST].peak <= MOST_KIB
    else:
        ids = [task.get("task_id") for task in ended.json["tasks"]]
        assert len(ids) == case.tasks or (case.tasks == SOME and ids)
        named = [each for each in ids if each]
        assert len({str(each) for each in named}) == len(named)
        assert ended.json["complete"] == (case.code == 0)
    if case.requests is not None:
        assert len(ended.server.requests) == case.requests
    assert ended.sink.requests == []
    assert TOKEN not in ended.everything
    assert ended.leaked == ()
    assert case.shortest <= ended.seconds < PATIENCE * case.longest
    assert ended.log.count("GET /v3/") >= 1
