"""Saved views on the screen: a key saves what is shown, and a number shows it again."""

from pathlib import Path

import pytest
from textual.pilot import Pilot

from kps_tui.ui.app import KpsApp
from kps_tui.ui.screens.triage import TriageScreen
from tests.loopback import Loopback, listing
from tests.ui.screens.driving import filter_by, ids, mixed, press, until_said, write
from tests.ui.screens.test_triage import drive


def test_a_saved_view_is_shown_again_by_its_number(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))

    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        everything = ids(screen)
        await filter_by(app, pilot, "web-3")
        await press(app, pilot, "l", "s", "V")
        await write(app, pilot, "three")
        await press(app, pilot, "enter")
        await until_said(app, pilot, "Saved view “three”")
        shown, query = ids(screen), screen.bench.query
        assert set(shown) < set(everything)
        await filter_by(app, pilot, "web-4")
        assert not set(ids(screen)) & set(shown)
        await press(app, pilot, "1")
        assert (ids(screen), screen.bench.query) == (shown, query)
        await press(app, pilot, "2")
        await until_said(app, pilot, "there is no view 2")
        assert (ids(screen), screen.bench.query) == (shown, query)

    drive(listing(mixed(70)), body)
