"""What the tests of the matrix share."""

from collections.abc import Iterator

import pytest

from tests.faults.case import GOOD_LIST
from tests.faults.certificates import Authority, authority
from tests.faults.side_by_side import SideBySide, selected


@pytest.fixture(scope="session")
def ca(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """A certificate authority that the tests trust."""
    return authority(tmp_path_factory.mktemp("ca"))


@pytest.fixture(scope="session", autouse=True)
def all_runs(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SideBySide]:
    """Begin with every `list` at once, while other tests run."""
    cases = selected(request.session)
    with SideBySide([*cases, GOOD_LIST] if cases else [], tmp_path_factory.mktemp("runs")) as runs:
        yield runs


@pytest.fixture
def runs(all_runs: SideBySide) -> SideBySide:
    """What came of every `list`."""
    return all_runs


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Look last at what runs beside the other tests."""
    items.sort(key=lambda item: isinstance(item, pytest.Function) and "runs" in item.fixturenames)
