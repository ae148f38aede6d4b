"""What is styled before the first frame: each sheet is parsed once, and hidden widgets are not there yet."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.css.model import RuleSet
from textual.css.parse import parse as parse_of_textual

from kps_tui.triage.facets import FACETS
from kps_tui.ui.app import SHEETS
from kps_tui.ui.widgets.value_list import ValueList
from tests.demo_app import demo_target, press_keys, running, settled, until


@pytest.mark.usefixtures("style_sheets_not_parsed")
def test_each_sheet_is_parsed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[str] = []

    def parse(scope: str, css: str, read_from: tuple[str, str], **options: Any) -> Iterator[RuleSet]:
        if read_from[0].endswith(".tcss"):
            parsed.append(Path(read_from[0]).stem)
        return iter(parse_of_textual(scope, css, read_from, **options))

    monkeypatch.setattr("textual.css.stylesheet.parse", parse)

    async def go() -> None:
        with demo_target(tasks=3) as target:
            async with running(target) as (app, pilot):
                screen = await settled(app, pilot)
                await press_keys(app, "question_mark")
                await until(pilot, "the help is open", lambda: app.screen is not screen)
                assert sorted(parsed) == sorted(SHEETS)

    asyncio.run(go())


def test_the_groups_are_mounted_when_they_are_first_shown() -> None:
    async def go() -> None:
        with demo_target(tasks=3) as target:
            async with running(target) as (app, pilot):
                screen = await settled(app, pilot)
                assert len(screen.query(ValueList)) == 0
                await press_keys(app, "F")
                await settled(app, pilot)
                assert len(screen.query(ValueList)) == len(FACETS)

    asyncio.run(go())
