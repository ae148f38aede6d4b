"""Generates the pictures of the README: `python -m tests.screenshots` updates them."""

import asyncio
import os
import time
from collections.abc import Iterator
from pathlib import Path

from kps_tui.settings import Settings
from tests.demo_app import demo_target, running, settled

FOLDER = Path(__file__).parent.parent / "screenshots"
PICTURES: dict[str, tuple[tuple[int, int], str, list[str]]] = {
    "triage": ((120, 32), "dark", ["down", "down"]),
    "triage-light": ((120, 32), "light", ["down", "down"]),
    "groups": ((120, 32), "dark", ["F"]),
    "small": ((80, 24), "dark", ["l", "l", "s"]),
    "detail": ((100, 24), "dark", ["d"]),
}
"""Name, size, theme and keys of each picture."""


async def _drawn(size: tuple[int, int], theme: str, keys: list[str]) -> str:
    with demo_target() as target:
        async with running(target, size, Settings(theme=theme, demo=True)) as (app, pilot):
            await settled(app, pilot)
            await pilot.press(*keys)
            await settled(app, pilot)
            return app.export_screenshot(title="kps-tui --demo")


def drawn() -> Iterator[tuple[str, str]]:
    """Yield the name and the current content of each picture."""
    os.environ["TZ"] = "UTC"
    time.tzset()
    for name, (size, theme, keys) in PICTURES.items():
        yield name, asyncio.run(_drawn(size, theme, keys))


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, picture in drawn():
        (FOLDER / f"{name}.svg").write_text(picture, encoding="utf-8")
