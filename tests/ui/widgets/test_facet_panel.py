"""What a facet panel counts and says, and what its keys do."""

import gc
from weakref import ref

from textual.pilot import Pilot

from kps_tui.triage.facets import FACETS
from kps_tui.triage.view import View
from kps_tui.ui.widgets.facet_panel import ALL, FacetPanel
from tests.ui.harness import lines, press, settle
from tests.ui.widgets.panel_app import ERRORS, Asked, PanelApp, few, many, shown
from tests.ui.widgets.table_app import make_task


def test_the_cursor_moves_in_its_table_and_to_those_beside() -> None:
    async def body(pilot: Pilot[None], app: PanelApp) -> None:
        for key, value in [
            ("j", ("err", ERRORS[1])), ("down", ("err", ERRORS[2])), ("k", ("err", ERRORS[1])), ("G", ("err", "")),
            ("j", ("err", "")), ("g", ("err", ERRORS[0])), ("up", ("err", ERRORS[0])), ("pagedown", ("err", "")),
            ("pageup", ("err", ERRORS[0])), ("l", ("op", "bind")), ("right", ("op", "bind")),
            ("left", ("err", ERRORS[0])), ("h", ("err", ERRORS[0])), ("tab", ("server", "srv-000000")),
            ("j", ("server", "srv-000001")), ("l", ("day", "2026-11-23")), ("tab", ("err", ERRORS[0])),
            ("shift+tab", ("day", "2026-11-23")), ("shift+tab", ("op", "bind")), ("shift+tab", ("key", "kp-0")),
            ("shift+tab", ("server", "srv-000001")),
        ]:  # fmt: skip
            await press(pilot, key)
            assert app.panel.cursor == value, key

    shown(few(), body)


def test_enter_drills_and_f_opens_one_of_all() -> None:
    async def body(pilot: Pilot[None], app: PanelApp) -> None:
        await press(pilot, "G", "enter", "f")
        assert app.said == [("drilled", "err", ""), ("opened", "err")]
        assert all(message.control is app.panel for message in app.of(FacetPanel.Drilled))
        app.messages.clear()
        await press(pilot, "tab", "G")
        assert app.panel.cursor == ("server", "srv-000009")
        app.panel.facet = "server"
        await press(pilot, "f", "k", "enter")
        assert app.said == [("drilled", "server", "srv-000008")]
        app.panel.facet = ALL
        await settle(pilot)
        assert app.panel.cursor == ("server", "srv-000008")

    shown(few(), body)


def test_the_line_that_counts_the_rest_opens_the_facet() -> None:
    async def body(pilot: Pilot[None], app: PanelApp) -> None:
        await press(pilot, "tab", "G")
        assert app.panel.cursor is None
        await press(pilot, "enter")
        assert app.said == [("opened", "server")]

    shown(few(), body, size=(80, 24))


def test_a_click_goes_there_and_a_second_one_chooses() -> None:
    async def body(pilot: Pilot[None], app: PanelApp) -> None:
        await pilot.click(FacetPanel, offset=(70, 6))
        await settle(pilot)
        assert (app.panel.cursor, app.said) == (("day", "2026-11-23"), [])
        await pilot.click(FacetPanel, offset=(70, 6))
        await pilot.click(FacetPanel, offset=(70, 3))
        await settle(pilot)
        assert app.said == [("drilled", "day", "2026-11-23")]

    shown(few(), body)


def test_the_cursor_stays_on_its_value_and_line_while_counts_change() -> None:
    async def body(pilot: Pilot[None], app: PanelApp) -> None:
        await press(pilot, "pagedown", "pagedown", "k", "k")
        assert app.panel.cursor == ("server", "srv-000044")
        line = next(i for i, text in enumerate(lines(app)) if "srv-000044" in text)
        app.store.extend(make_task(1000 + i, server_name=f"srv-{50 + i % 20:06}") for i in range(20))
        app.panel.view = app.panel.view.over(app.store)
        await settle(pilot)
        assert app.panel.cursor == ("server", "srv-000044")
        assert "srv-000044" in lines(app)[line]
        app.panel.view = View().over(Asked([make_task(1), make_task(2)]))
        await settle(pilot)
        assert app.panel.cursor == ("server", "srv-000002")

    shown(many(90), body, "server", (80, 24))


def test_it_counts_only_what_is_open_and_once_per_view() -> None:
    async def body(pilot: Pilot[None], app: PanelApp) -> None:
        assert app.store.asked == ["err"]
        view = app.panel.view
        await press(pilot, "j", "G", "tab")
        await pilot.resize_terminal(100, 20)
        await settle(pilot)
        app.panel.facet = ""
        app.panel.facet = "err"
        assert app.store.asked == ["err"]
        app.panel.facet = ALL
        assert sorted(app.store.asked) == sorted(FACETS)
        app.panel.facet = ""
        app.store.extend([make_task(77)])
        app.panel.view = view.over(app.store)
        assert len(app.store.asked) == len(FACETS)
        app.panel.facet = "op"
        assert app.store.asked[len(FACETS) :] == ["op"]

    shown(few(), body, "err")


def test_a_closed_panel_holds_no_list_that_is_gone() -> None:
    async def body(pilot: Pilot[None], app: PanelApp) -> None:
        app.panel.view = View().over(Asked(few()))
        old = ref(app.panel.view)
        app.panel.facet = ""
        app.panel.view = View()
        await settle(pilot)
        gc.collect()
        assert old() is None

    shown(few(), body, "err")
