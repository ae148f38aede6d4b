"""Random responses: each results in a page or in one of our errors."""

import pytest

from tests.fuzz.client import bodies
from tests.fuzz.forms import FULL, SHORT


def test_some_answers() -> None:
    came = bodies(SHORT.bodies)
    assert came.total() == SHORT.bodies
    assert {"Page", "UnreadableAnswer", "RequestRejected", "LoginRefused"} <= came.keys()


@pytest.mark.full
def test_many_answers() -> None:
    assert bodies(FULL.bodies, seed=1).total() == FULL.bodies
