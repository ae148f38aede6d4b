"""The filter bar alone: its messages, their timing, and what it shows."""

from collections.abc import Sequence

import pytest
from rich.cells import cell_len
from textual import events
from textual.pilot import Pilot

from kps_tui.triage.filter import EVERYTHING, Mistake, parse
from kps_tui.triage.query import Query
from kps_tui.ui.model.bench import Bench
from kps_tui.ui.widgets.filter.bar import FilterBar
from kps_tui.ui.widgets.filter.chips import chips, fitted, hint
from kps_tui.ui.widgets.filter.input import FilterInput
from tests.ui.harness import Harness, drive, press, settle


def bar() -> tuple[Harness, FilterBar]:
    widget = FilterBar()
    return Harness(widget), widget


def narrowed(app: Harness) -> list[tuple[str, bool]]:
    return [(str(message.expression), message.is_final) for message in app.of(FilterBar.Narrowed)]


async def rest(pilot: Pilot[None], widget: FilterBar) -> None:
    """Wait until the typed text has been posted."""
    for _ in range(3000):
        if not widget.pending:
            return await settle(pilot)
        await pilot.pause(0.01)
    raise AssertionError("it never rests")


def test_a_burst_of_letters_is_one_filter_and_enter_comes_at_once() -> None:
    app, widget = bar()

    async def body(pilot: Pilot[None]) -> None:
        widget.begin()
        await press(pilot, "w", "e", "b")
        assert narrowed(app) == []
        await rest(pilot, widget)
        assert narrowed(app) == [("web", False)]
        await press(pilot, "1", "enter")
        assert narrowed(app) == [("web", False), ("web1", True)]
        assert not widget.pending
        assert not widget.is_typing

    drive(app, body)


def test_esc_gives_back_what_was_there_whatever_was_typed() -> None:
    app, widget = bar()

    async def body(pilot: Pilot[None]) -> None:
        widget.bench = Bench(Query(filter=parse("server:db").expression))
        widget.begin()
        assert widget.query_one(FilterInput).value == "server:db "
        await press(pilot, "x", "escape")
        await rest(pilot, widget)
        assert narrowed(app) == [("server:db", True)]

    drive(app, body)


def test_a_mistake_is_said_while_it_is_there() -> None:
    app, widget = bar()

    async def body(pilot: Pilot[None]) -> None:
        widget.begin()
        await press(pilot, *"servr:x")
        assert "servr" in app.of(FilterBar.Mistaken)[-1].why
        await press(pilot, "escape")
        assert app.of(FilterBar.Mistaken)[-1].why == ""

    drive(app, body)


def test_a_chip_for_each_part_or_how_to_begin() -> None:
    assert fitted(chips(EVERYTHING), 80).plain == hint(80)
    three = chips(parse("server:web -op:bind (a or b)").expression)
    assert fitted(three, 80).plain == " server:web   -op:bind   a or b "
    assert fitted(three, 30).plain == " server:web   -op:bind  … +1"
    assert fitted(three, 20).plain == " server:web  … +2"


def test_what_is_pasted_is_safe_and_one_line() -> None:
    app, widget = bar()

    async def body(pilot: Pilot[None]) -> None:
        widget.begin()
        await settle(pilot)
        app.post_message(events.Paste("web\x1b[31m\u202e\nmore"))
        await settle(pilot)
        value = widget.query_one(FilterInput).value
        assert value.startswith("web")
        assert value.isprintable()
        assert value.endswith(" more")

    drive(app, body)


def shown(text: str, width: int = 1000, slow: Sequence[Mistake] = ()) -> str:
    parsed = parse(text)
    return fitted(chips(parsed.expression), width, (*parsed.mistakes, *slow)).plain


@pytest.mark.parametrize("text", ["web", "server:web err:/a+/", "since:2026-11-23", "x" * 500, "密" * 200])
def test_a_chip_for_each_part_and_what_is_ignored_beside_it(text: str) -> None:
    assert len(shown(text)) < 200
    assert "ignored: servr:y (" in shown(f"{text} servr:y")
    assert "too slow, ignored: err:/a+/" in shown(text, slow=[Mistake("err:/a+/", "takes too long")])


@pytest.mark.parametrize("width", [24, 40, 58, 78, 118])
@pytest.mark.parametrize(
    "text", ["server:web-production-cn-north op:reset err:timeout since:24h", "a b c d e f g h i", "x" * 500]
)
def test_an_ignored_term_is_in_sight_at_every_width(text: str, width: int) -> None:
    for ignored in (" servr:x", " servr:x oper:bind"):
        line = shown(text + ignored, width)
        assert "ignored" in line
        assert cell_len(line) <= width


def test_what_is_typed_next_is_a_further_term() -> None:
    app, widget = bar()

    async def body(pilot: Pilot[None]) -> None:
        widget.bench = Bench(Query(filter=parse("server:db").expression))
        widget.begin()
        await press(pilot, "w", "e", "b", "enter")
        await rest(pilot, widget)
        assert narrowed(app)[-1] == ("server:db web", True)
        assert widget.query_one(FilterInput).value == "server:db web"

    drive(app, body)
