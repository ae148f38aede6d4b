"""Shared fixtures of the fault matrix."""

from collections.abc import Iterator

import pytest

from tests.faults.case import GOOD_LIST
from tests.faults.certificates import Authority, authority
from tests.faults.side_by_side import SideBySide, selected


@pytest.fixture(scope="session")
def ca(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """A certificate authority that the tests trust."""
    return authority(tmp_path_factory.mktemp("ca"))


@pytest.fixture(scope="session")
def runs(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SideBySide]:
    """The results of every `list`. The runs of all selected tests start together."""
    with SideBySide([*selected(request.session), GOOD_LIST], tmp_path_factory.mktemp("runs")) as side_by_side:
        yield side_by_side


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests that use `runs` in one process, so that each run starts once."""
    for item in items:
        if isinstance(item, pytest.Function) and "runs" in item.fixturenames:
            item.add_marker(pytest.mark.xdist_group("runs"))
