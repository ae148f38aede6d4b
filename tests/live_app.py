"""Runs the whole program with a login from the environment; lists are cached in a folder of the test."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

import pytest
from textual.pilot import Pilot

from kps_tui.identity.vault import Vault
from kps_tui.locations import database_file
from kps_tui.session.cached_lists import CachedLists
from kps_tui.session.reading import Reading
from kps_tui.session.resolve import load_context
from kps_tui.session.session import Session
from kps_tui.session.target import Target
from kps_tui.settings import Settings, Sourced
from kps_tui.storage.snapshot import ListKey
from kps_tui.ui.app import KpsApp
from kps_tui.ui.model.watch import SECONDS
from tests.demo_app import frozen, headless
from tests.loopback import Reply, Request

PROJECT = "0123456789abcdef0123456789abcdef"


class Service:
    """Responds like `reply`, but only while `open` is set."""

    def __init__(self, reply: Callable[[Request], Reply]) -> None:
        self.reply = reply
        self.open = asyncio.Event()
        self.open.set()

    def __call__(self, request: Request) -> Reply:
        if self.open.is_set():
            return self.reply(request)

        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            gone = asyncio.ensure_future(reader.read())
            opened = asyncio.ensure_future(self.open.wait())
            try:
                await asyncio.wait([gone, opened], return_when=asyncio.FIRST_COMPLETED)
                if opened.done():
                    data = self.reply(request)
                    assert isinstance(data, bytes)
                    writer.write(data)
                    await writer.drain()
            finally:
                opened.cancel()
                gone.cancel()

        return answer


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Set an empty home for configuration and cached lists, and return it."""
    for name, folder in (("XDG_STATE_HOME", "state"), ("XDG_CONFIG_HOME", "config")):
        monkeypatch.setenv(name, str(tmp_path / folder))
    return tmp_path


def configure(home: Path, text: str) -> None:
    """Write the configuration."""
    path = home / "config" / "kps-tui" / "config.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def _no_demo() -> Target:
    raise AssertionError("nobody asked for the demo")


def session_at(endpoint: str, settings: Settings) -> Session:
    """Return a session on `endpoint`."""
    place = {"endpoint": Sourced(endpoint, "--endpoint"), "project_id": Sourced(PROJECT, "--project-id")}
    named = Settings(place, offline=settings.offline, page_size=settings.page_size)
    return Session(load_context(named, {"KPS_TUI_TOKEN": "token"}), Vault(), _no_demo)


@asynccontextmanager
async def live(
    endpoint: str,
    *,
    settings: Settings | None = None,
    now: Callable[[], datetime] = frozen,
    size: tuple[int, int] = (120, 36),
    watch_seconds: float = SECONDS,
) -> AsyncIterator[tuple[KpsApp, Pilot[int]]]:
    """Yield the running program."""
    settings = settings or Settings()
    app = KpsApp(session_at(endpoint, settings), settings, now, watch_seconds=watch_seconds)
    async with headless(app, size) as pilot:
        yield app, pilot


@asynccontextmanager
async def live_at(settings: Settings, environ: dict[str, str]) -> AsyncIterator[tuple[KpsApp, Pilot[int]]]:
    """Yield the program, started with `settings`, `environ` and the user's configuration."""
    app = KpsApp(Session(load_context(settings, environ), Vault(), _no_demo), settings, frozen)
    async with headless(app, (120, 36)) as pilot:
        yield app, pilot


def cached_at(endpoint: str, page_size: int = 1000) -> Reading | None:
    """Return the list that is cached for `endpoint`."""
    return CachedLists(database_file()).load(ListKey("", endpoint.partition("://")[2], PROJECT), page_size)
