"""Rendering the lines of a comparison."""

import os
from time import thread_time

import pytest
from rich.cells import cell_len
from textual.style import Style
from textual.visual import RenderOptions

from kps_tui.i18n import use_language
from kps_tui.triage.compare import Comparison, Line
from kps_tui.triage.filter import EVERYTHING
from kps_tui.ui.widgets.comparison.render import ComparisonLine, heading, largest_share, ways

OPTIONS = RenderOptions(lambda _style: Style(), {})


def of(count: int) -> Comparison:
    lines = tuple(Line(f"line {number}", (number, 1), EVERYTHING) for number in range(count))
    return Comparison("key", ("prod-ops-2025", "k8s-cluster-prod"), "day", (count * count, count), lines)


def test_a_line_takes_the_same_time_however_many_there_are() -> None:
    def seconds(count: int) -> float:
        made = of(count)
        lines = [ComparisonLine(made, made.lines[1], largest_share(made)) for _ in range(200)]
        begin = thread_time()
        for line in lines:
            line.render_strips(100, None, Style(), OPTIONS)
        return thread_time() - begin

    assert min(seconds(10_000) for _ in range(3)) < 10 * min(seconds(10) for _ in range(3))


def test_the_heading_cuts_names_and_never_numbers_and_the_ways_leave_room_for_the_base() -> None:
    made = of(20)
    assert heading(made, 80).plain == " KEY PAIR  prod-ops-2025 (400) with k8s-cluster-prod (20)"
    assert heading(made, 46).plain == " KEY PAIR  prod…025 (400) with k8s-…rod (20)"
    offered = ("error", "family", "op", "day")
    base = "1,000 of 2,500 loaded"
    assert ways(made, offered, base, 90).plain.startswith(" LIKELY CAUSE OR ERROR  SERVER FAMILY  OPERATION  DAY ")
    assert ways(made, offered, base, 60).plain.split("  ")[0] == " DAY"
    for width in (30, 60, 90):
        assert ways(made, offered, base, width).plain.endswith(f"{base} ")


@pytest.mark.parametrize(("language", "words"), [("", "+100 points"), ("zh_CN", "+100 个百分点")])
def test_the_largest_difference_is_written_whole(language: str, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", os.environ.get("LANGUAGE", ""))
    try:
        assert use_language(language) is bool(language)
        made = Comparison("key", ("a", "b"), "day", (7, 3), (Line("line", (7, 0), EVERYTHING),))
        [strip] = ComparisonLine(made, made.lines[0], largest_share(made)).render_strips(100, None, Style(), OPTIONS)
    finally:
        use_language("")
    assert strip.text.rstrip().endswith(words)
    assert cell_len(strip.text) == 100
