"""Random keys in the whole program: it does not crash, stays consistent, and still responds."""

import asyncio
from pathlib import Path

import pytest

from tests.fuzz.forms import FULL, MONKEYS, SHORT
from tests.fuzz.home import moved_to
from tests.fuzz.monkey import drawn, played


def test_random_keys(tmp_path: Path) -> None:
    with moved_to(tmp_path):
        assert asyncio.run(played(drawn(SHORT.keys, seed=1), seed=1)) == SHORT.keys


@pytest.mark.full
@pytest.mark.parametrize("seed", range(2, 2 + MONKEYS))
def test_many_random_keys(seed: int, tmp_path: Path) -> None:
    count = FULL.keys // MONKEYS
    with moved_to(tmp_path):
        assert asyncio.run(played(drawn(count, seed), seed)) == count
