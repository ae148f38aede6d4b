"""Which terminals the host has a description of."""

from pathlib import Path

import pytest

from kps_tui.terminal.terminal import is_described


@pytest.fixture
def known(tmp_path: Path) -> dict[str, str]:
    """An environment whose folder of descriptions has `kitty` and, as on macOS, `foot`."""
    for file in (tmp_path / "k" / "kitty", tmp_path / "66" / "foot"):
        file.parent.mkdir()
        file.touch()
    return {"TERMINFO_DIRS": f":{tmp_path}"}


@pytest.mark.parametrize("name", ["kitty", "foot", "xterm", "xterm-ghostty"])
def test_described(known: dict[str, str], name: str) -> None:
    assert is_described(known | {"TERM": name})


@pytest.mark.parametrize("name", ["", "kitten", "k", "../k/kitty", "no\0name", "ä"])
def test_not_described(known: dict[str, str], name: str) -> None:
    assert not is_described(known | {"TERM": name})


def test_a_folder_that_can_not_be_looked_at_describes_nothing(known: dict[str, str]) -> None:
    unreachable = known | {"TERMINFO": "/" + "x" * 300}
    assert is_described(unreachable | {"TERM": "kitty"})
    assert not is_described(unreachable | {"TERM": "kitten"})
