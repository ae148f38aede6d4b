"""The screen in Chinese, whose characters are two cells wide: nothing is moved, cut or left out for it."""

import os
import re
from collections.abc import Iterator

import pytest
from textual.pilot import Pilot
from textual.widget import Widget

from kps_tui.i18n import use_language
from kps_tui.terminal.width import cells
from kps_tui.ui.actions.escaping import has_layer
from kps_tui.ui.app import KpsApp
from kps_tui.ui.screens.triage import TriageScreen
from kps_tui.ui.widgets.footer import KeyFooter
from tests.demo_app import grid
from tests.loopback import Loopback, listing
from tests.ui.screens.driving import mixed, press
from tests.ui.screens.test_triage import drive

pytestmark = pytest.mark.xdist_group("texts")
STATES = {
    "列表": ("enter",),
    "首次": ("F",),
    r"全部 200 个 *\n.*(差值|百分点)": ("f", "space", "j", "space", "c"),
    "Enter 筛选": ("t", "v"),
    "Enter 应用": ("slash",),
    "已标记 2 个": ("space", "v"),
    "按键和命令": ("question_mark",),
    "复制": ("y",),
    "备注（可选）": ("a",),
    "检查顺序": ("x",),
    "请求记录": ("E",),
    "选择哪个区域": ("L",),
}
"""A pattern of a text of each state of the screen, and the keys that lead to it from the list."""


@pytest.fixture(autouse=True)
def chinese(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every text in Chinese; afterwards texts are those of the source again."""
    monkeypatch.setenv("LANGUAGE", os.environ.get("LANGUAGE", ""))
    assert use_language("zh_CN")
    yield
    use_language("")


def cut_titles(app: KpsApp) -> list[str]:
    """Return the titles in the borders of dialogs that the screen does not show whole."""
    shown = "\n".join(grid(app))
    boxes = app.screen.query(".box").results(Widget)
    titles = [text for box in boxes for text in (box.border_title, box.border_subtitle) if text]
    return [title for title in titles if title not in shown]


def keys_left_out(app: KpsApp) -> list[str]:
    """Return the keys of the footer for which there is no room."""
    last = grid(app)[-1]
    hints = [hint for footer in app.screen.query(KeyFooter) for hint in footer.hints]
    return [hint.key for hint in hints if f" {hint.shown} {hint.label} " not in last]


@pytest.mark.parametrize("size", [(80, 24), pytest.param((120, 36), marks=pytest.mark.full)])
def test_no_line_is_moved_or_cut(size: tuple[int, int]) -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        header, first = next(pair for pair in zip(grid(app), grid(app)[1:], strict=False) if "时间 UTC" in pair[0])
        for title, value in (("操作", "reset"), ("服务器", "web-0"), ("错误", "timed out")):
            assert cells(header.partition(title)[0]) == cells(first.partition(value)[0])
        for shown, keys in STATES.items():
            await press(app, pilot, *keys)
            lines = grid(app)
            assert re.search(shown, "\n".join(lines)), keys
            assert {cells(line) for line in lines} == {size[0]}, keys
            assert cut_titles(app) == [], keys
            assert keys_left_out(app) == [], keys
            assert "…" not in lines[-2], keys
            while app.screen is not screen or screen.filter_bar.is_typing or has_layer(screen):
                await press(app, pilot, "escape")
            await press(app, pilot, "u")

    drive(listing(mixed(200)), body, size)
