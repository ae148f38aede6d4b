"""How the screen looks. Read every new picture before it is accepted; record them on Python 3.11 only."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from textual.pilot import Pilot

from kps_tui.session.session import Session
from kps_tui.session.target import Target
from kps_tui.settings import Settings
from kps_tui.ui.app import KpsApp
from tests.demo_app import demo_target, frozen, settled, target_at
from tests.loopback import Reply, Request, http, listing, row, serving_in_a_thread

SMALL, LARGE = (80, 24), (120, 36)


def after(*keys: str) -> Callable[[Pilot[int]], Awaitable[None]]:
    """Press `keys` once the first page is there, and wait until all is at rest."""

    async def pressed(pilot: Pilot[int]) -> None:
        app = pilot.app
        assert isinstance(app, KpsApp)
        await settled(app, pilot)
        await pilot.press(*keys)
        await settled(app, pilot)

    return pressed


def app_on(target: Target, theme: str = "dark") -> KpsApp:
    return KpsApp(Session.on(target), Settings(theme=theme, demo=target.demo), now=frozen)


@pytest.mark.parametrize(
    ("size", "theme", "keys"),
    [
        pytest.param(LARGE, "dark", ["j", "j"], id="beside"),
        pytest.param(LARGE, "light", ["j"], id="light"),
        pytest.param(LARGE, "terminal", ["j"], id="terminal"),
        pytest.param(SMALL, "dark", ["l", "l", "s"], id="below"),
        pytest.param(SMALL, "mono", ["R"], id="all-loaded"),
        pytest.param(LARGE, "dark", ["question_mark"], id="help"),
        pytest.param(SMALL, "light", ["d"], id="full-detail"),
        pytest.param(LARGE, "light", ["F", "j"], id="groups"),
        pytest.param(SMALL, "terminal", ["slash", *"err:login", "space", *"servr:x"], id="typing"),
        pytest.param(SMALL, "dark", ["t", "h", "v", "h"], id="time-line"),
        pytest.param(LARGE, "terminal", ["j", "equals_sign", "v", "j", "j", "v", "y"], id="copy"),
    ],
)
def test_demo(snap_compare: Any, size: tuple[int, int], theme: str, keys: list[str]) -> None:
    with demo_target() as target:
        assert snap_compare(app_on(target, theme), terminal_size=size, run_before=after(*keys))


def failing_later(request: Request) -> Reply:
    if request.number("offset"):
        return http(
            {"error_code": "KPS.9003", "error_msg": "No operation permission"}, "403 X", {"X-Request-Id": "4f1c"}
        )
    return listing([row(number) for number in range(2500)])(request)


def test_partial(snap_compare: Any) -> None:
    with serving_in_a_thread(failing_later) as server:
        app = app_on(target_at(server.endpoint, region="cn-north-4"))
        assert snap_compare(app, terminal_size=SMALL, run_before=after("G"))
