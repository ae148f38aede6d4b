"""Hostile strings through every place that shows text from outside."""

from collections.abc import Callable, Sequence

import pytest

from tests.fuzz.forms import FULL, SHORT
from tests.fuzz.places import PLACES
from tests.fuzz.strings import hostile_strings
from tests.fuzz.triage_places import TRIAGE
from tests.fuzz.widgets import WIDGETS

Place = Callable[[Sequence[str]], int]


@pytest.mark.parametrize("place", [*PLACES, *TRIAGE])
def test_without_a_screen(place: Place) -> None:
    assert place([*hostile_strings(SHORT.strings)]) >= SHORT.strings


@pytest.mark.parametrize("place", WIDGETS)
def test_on_a_screen(place: Place) -> None:
    assert place([*hostile_strings(SHORT.strings_on_screen, seed=1)]) >= SHORT.strings_on_screen


@pytest.mark.full
@pytest.mark.parametrize("place", [*PLACES, *TRIAGE, *WIDGETS])
def test_all_of_them(place: Place) -> None:
    assert place([*hostile_strings(FULL.strings)]) >= FULL.strings
