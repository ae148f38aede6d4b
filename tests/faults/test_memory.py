"""A refused body takes at most 16 MiB; the worst accepted body has a limit too."""

import pytest

from tests.faults.case import GOOD_LIST, Case
from tests.faults.memory import ACCEPTED, ACCEPTED_MOST, MIB, REFUSED, REFUSED_MOST
from tests.faults.side_by_side import SideBySide


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.id)
def test_a_body_that_is_refused_takes_little(case: Case, runs: SideBySide) -> None:
    ended = runs[case]
    assert (ended.code, ended.out) == (case.code, "")
    for part in case.said:
        assert part in ended.err
    assert runs[GOOD_LIST].peak > 0
    assert ended.peak - runs[GOOD_LIST].peak <= REFUSED_MOST * MIB


@pytest.mark.parametrize("case", ACCEPTED, ids=lambda case: case.id)
def test_a_body_that_is_read_takes_no_more_than_is_known(case: Case, runs: SideBySide) -> None:
    ended = runs[case]
    assert (ended.code, ended.json["loaded"]) == (0, case.tasks)
    assert ended.peak - runs[GOOD_LIST].peak <= ACCEPTED_MOST * MIB
