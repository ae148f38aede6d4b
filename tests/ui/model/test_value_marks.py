"""Marked values of the groups."""

from kps_tui.triage.facets import Counted, Facet
from kps_tui.triage.filter import EVERYTHING, parse
from kps_tui.ui.model.value_marks import ValueMarks

WEB = parse("server:web").expression
KEYS = Facet("key", "KEY PAIR", tuple(Counted(value, 1) for value in ("Prod", "k8s", "")), 3)


def test_a_mark_comes_and_goes_and_upper_and_lower_case_are_one() -> None:
    marks = ValueMarks().toggled(EVERYTHING, "key", "k8s").toggled(EVERYTHING, "key", "prod")
    assert marks.values(EVERYTHING, KEYS) == ("Prod", "k8s")
    assert marks.toggled(EVERYTHING, "key", "PROD").values(EVERYTHING, KEYS) == ("k8s",)


def test_no_value_can_be_marked_too() -> None:
    assert ValueMarks().toggled(EVERYTHING, "key", "").values(EVERYTHING, KEYS) == ("",)


def test_another_list_begins_anew() -> None:
    marks = ValueMarks().toggled(EVERYTHING, "key", "k8s").toggled(EVERYTHING, "op", "bind")
    assert marks.of(EVERYTHING, "op") == {"bind"}
    assert marks.values(EVERYTHING, KEYS) == ()


def test_under_another_filter_they_do_not_count() -> None:
    marks = ValueMarks().toggled(EVERYTHING, "key", "k8s")
    assert marks.of(WEB, "key") == frozenset()
    assert marks.of(EVERYTHING, "key") == {"k8s"}
    assert marks.toggled(WEB, "key", "prod").of(WEB, "key") == {"prod"}
