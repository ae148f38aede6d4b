"""Tests that a test can't find what other tests or the user keep in files."""

import pytest

from kps_tui import locations


@pytest.mark.parametrize("attempt", [1, 2])
def test_a_test_starts_without_files(attempt: int) -> None:
    folders = {locations.config_file().parent, locations.database_file().parent}
    assert not any(folder.exists() for folder in folders)
    for folder in folders:
        folder.mkdir(parents=True)
