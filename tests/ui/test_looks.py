"""Snapshots of the states that `screenshots/` does not show, which is tested too (`tests/test_readme.py`).

Review every new picture before accepting it; record them only on Python 3.11.
"""

import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from kps_tui.session.session import Session
from kps_tui.session.target import Target
from kps_tui.settings import Settings
from kps_tui.ui.app import KpsApp
from tests.conftest import RECORDING
from tests.demo_app import demo_target, frozen, settled, target_at
from tests.loopback import Reply, Request, http, listing, row, serving_in_a_thread

SMALL, LARGE, WIDE = (80, 24), (120, 36), (180, 40)
drawn_here = pytest.mark.skipif(
    sys.version_info[:2] != RECORDING, reason="the pictures are recorded and compared on Python 3.11"
)
PICTURES = Path(__file__).parent / "__snapshots__" / "test_looks"
LOOKS = [
    pytest.param(WIDE, "dark", ["j", "j"], id="beside"),
    pytest.param(LARGE, "terminal", ["j"], id="terminal"),
    pytest.param(SMALL, "mono", ["R"], id="all-loaded"),
    # With the cursor put on a task that matches: else it would depend on how fast the letters come.
    pytest.param(SMALL, "terminal", ["j", "slash", *"err:login", "space", *"servr:x"], id="typing"),
]


def after(*keys: str) -> Callable[[Pilot[int]], Awaitable[None]]:
    """Press `keys` after the first page is loaded, and wait until the screen is up to date."""

    async def pressed(pilot: Pilot[int]) -> None:
        app = pilot.app
        assert isinstance(app, KpsApp)
        await settled(app, pilot)
        await pilot.press(*keys)
        await settled(app, pilot)

    return pressed


def app_on(target: Target, theme: str = "dark") -> KpsApp:
    return KpsApp(Session.on(target), Settings(theme=theme, demo=target.demo), now=frozen)


@drawn_here
@pytest.mark.parametrize(("size", "theme", "keys"), LOOKS)
def test_demo(snap_compare: Any, size: tuple[int, int], theme: str, keys: list[str]) -> None:
    with demo_target() as target:
        assert snap_compare(app_on(target, theme), terminal_size=size, run_before=after(*keys))


def failing_later(request: Request) -> Reply:
    if request.number("offset"):
        return http(
            {"error_code": "KPS.9003", "error_msg": "No operation permission"}, "403 X", {"X-Request-Id": "4f1c"}
        )
    return listing([row(number) for number in range(2500)])(request)


@drawn_here
def test_partial(snap_compare: Any) -> None:
    with serving_in_a_thread(failing_later) as server:
        app = app_on(target_at(server.endpoint, region="cn-north-4"))
        assert snap_compare(app, terminal_size=SMALL, run_before=after("G"))


def test_every_picture_belongs_to_a_test() -> None:
    assert {path.stem for path in PICTURES.iterdir()} == {"test_partial", *(f"test_demo[{look.id}]" for look in LOOKS)}
