"""Generates the pictures of the program: `python -m tests.screenshots` writes them, and `screenshots/README.md`."""

import asyncio
import html
import os
import random
import re
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from keyring.backends.null import Keyring
from rich.cells import cell_len
from textual.pilot import Pilot

from kps_tui.demo.tasks import TaskList
from kps_tui.i18n import use_language
from kps_tui.identity.backends import OpenKeyring
from kps_tui.identity.profiles import Configuration
from kps_tui.identity.vault import Vault
from kps_tui.session.resolve import Context
from kps_tui.session.session import Session
from kps_tui.session.target import Target
from kps_tui.settings import Settings
from kps_tui.ui.app import KpsApp
from kps_tui.ui.screens.dialogs.sign_in import SignInScreen
from tests.demo_app import NOW, demo_target, frozen, headless, press_keys, settled, target_at, until
from tests.loopback import Reply, Request, http, listing, serving_in_a_thread

FOLDER = Path(__file__).parent.parent / "screenshots"
REGION = "cn-north-4"
_TEXT = re.compile(r'(<text [^>]*textLength=")([0-9.]+)("[^>]*>)([^<]+)(?=</text>)')
_FONTS = re.compile(r"\s*@font-face \{.*?\}\n", re.DOTALL)


@contextmanager
def _answering(reply: Callable[[Request], Reply]) -> Iterator[Target]:
    with serving_in_a_thread(reply) as server:
        yield target_at(server.endpoint, "0d1f3b5a7c9e4260a8b6c4d2e0f13579", "an-invented-token", REGION)


def _tasks() -> list[dict[str, object]]:
    return TaskList(2500, int(NOW.timestamp() * 1000)).rows(0, 300)


def _with_later_tasks() -> AbstractContextManager[Target]:
    """Return a service on which tasks fail after the first reading."""
    tasks, earlier = _tasks(), _tasks()[9:]
    pages = iter([listing(earlier)])
    return _answering(lambda request: next(pages, listing(tasks))(request))


def _with_expiring_token() -> AbstractContextManager[Target]:
    """Return a service that accepts the token once."""
    refusal = {"error_code": "APIGW.0307", "error_msg": "The token must be updated"}
    answers = iter([listing(_tasks())])
    return _answering(lambda request: next(answers, lambda _: http(refusal, "401 X"))(request))


@dataclass(frozen=True)
class Picture:
    """A picture, and how to get to what it shows."""

    name: str
    shows: str
    keys: tuple[str, ...] = ()
    size: tuple[int, int] = (120, 32)
    theme: str = "dark"
    language: str = ""
    service: Callable[[], AbstractContextManager[Target]] = demo_target
    """Runs the service that the program reads."""


PICTURES = (
    Picture(
        "triage",
        "The failed tasks, the incident that most of the newest share, and the task under the cursor",
        ("j", "j"),
    ),
    Picture("why", "Why: the incident of the task under the cursor, and what to check (`x`)", ("x",)),
    Picture("groups", "The failures counted by error, server family, key pair, operation and more (`F`)", ("F",)),
    Picture(
        "compare", "Two key pairs side by side (`F`, `Space` twice, `c`)", ("F", "tab", "space", "j", "space", "c")
    ),
    Picture("filter", "A filter while it is typed: matches are counted at once (`/`)", ("slash", *"op:reset since:7d")),
    Picture("timeline", "A range of days in the timeline (`t`, `v`)", ("t", "h", "h", "v", "h", "h", "h")),
    Picture("copy", "What can be copied of the marked tasks (`y`)", ("j", "space", "space", "space", "y")),
    Picture("detail", "All about one task (`Enter`)", ("j", "enter"), (100, 28)),
    Picture("watch", "New failures, found while watching (`w`)", ("w", "r"), service=_with_later_tasks),
    Picture("expired", "An expired login: the rows stay", ("r",), service=_with_expiring_token),
    Picture("help", "The list of keys and commands (`?`)", ("question_mark",)),
    Picture("small", "80×24", ("l", "l", "s"), (80, 24)),
    Picture("triage-light", "The light theme", ("j", "j"), theme="light"),
    Picture("triage-zh", "简体中文", ("j", "j"), language="zh_CN"),
)
WALK = (
    ("kps-tui", ()),
    ("x: why?", ("x",)),
    ("i: only the incident's tasks", ("i",)),
    ("Enter: all about one of them", ("enter",)),
    ("Esc, y: what can be copied", ("escape", "y")),
    ("Esc, F: all groups", ("escape", "F")),
)
"""The steps of the animated picture: a title, and the keys pressed for it."""
SECONDS = 4
"""How long each step is shown."""


@asynccontextmanager
async def _running(picture: Picture) -> AsyncIterator[tuple[KpsApp, Pilot[int]]]:
    # A watch reads again after a time that chance decides.
    random.seed(1)
    with picture.service() as target:
        app = KpsApp(Session.on(target), Settings(theme=picture.theme, demo=target.demo), now=frozen)
        async with headless(app, picture.size) as pilot:
            await settled(app, pilot)
            yield app, pilot


async def _picture(picture: Picture) -> str:
    async with _running(picture) as (app, pilot):
        await press_keys(app, *picture.keys)
        return await _at_rest(app, pilot, "kps-tui")


async def _walk() -> str:
    frames = []
    async with _running(Picture("walk", "")) as (app, pilot):
        for title, keys in WALK:
            await press_keys(app, *keys)
            frames.append(await _at_rest(app, pilot, title))
    return _animated(frames)


async def _sign_in() -> str:
    keyring = Keyring()  # type: ignore[no-untyped-call]
    vault = Vault(lambda: OpenKeyring("Secret Service", keyring))
    context = Context(Settings(), {}, Configuration(Path("config.toml"), {}), None)
    app = KpsApp(Session(context, vault, lambda: target_at("http://127.0.0.1:9", demo=True)), now=frozen)
    async with headless(app, (120, 32)) as pilot:
        await until(pilot, "the sign-in is there", lambda: isinstance(app.screen, SignInScreen))
        return _exported(app, "kps-tui")


async def _at_rest(app: KpsApp, pilot: Pilot[int], title: str) -> str:
    """Return the screen when it no longer changes: a scrollbar may come with the layout after the last one.

    What the ledger knows is read beside the list, and may come later.
    """
    await until(pilot, "no work is under way", lambda: all(worker.is_finished for worker in app.workers))
    await settled(app, pilot)
    before, now = "", _exported(app, title)
    while now != before:
        await pilot.pause(0.1)
        before, now = now, _exported(app, title)
    return now


def _exported(app: KpsApp, title: str) -> str:
    """Return the screen as an SVG that needs no network, in which a wide character takes two cells."""

    def resized(found: re.Match[str]) -> str:
        text = html.unescape(found[4])
        length = float(found[2]) * cell_len(text) / len(text)
        return f"{found[1]}{length:g}{found[3]}{found[4]}"

    return _TEXT.sub(resized, _FONTS.sub("", app.export_screenshot(title=title)))


def _animated(frames: list[str]) -> str:
    """Return an SVG that shows `frames` one after the other, or only the first if the viewer reduces motion."""
    whole = len(frames) * SECONDS
    share = 100 / len(frames)
    head = re.match(r"<svg[^>]*>", frames[0])
    assert head is not None
    groups = "".join(
        f'<g class="frame" style="animation-delay:{number * SECONDS}s">{frame}</g>'
        for number, frame in enumerate(frames)
    )
    return (
        f"{head[0]}<style>"
        f"@keyframes shown {{0%{{visibility:visible}} {share:.4f}%{{visibility:hidden}} 100%{{visibility:hidden}}}}"
        f".frame{{visibility:hidden;animation:shown {whole}s steps(1) infinite}}"
        "@media (prefers-reduced-motion:reduce){.frame{animation:none}.frame:first-of-type{visibility:visible}}"
        f"</style>{groups}</svg>\n"
    )


def _drawing(picture: Picture) -> Callable[[], str]:
    def draw() -> str:
        use_language(picture.language)
        try:
            return asyncio.run(_picture(picture))
        finally:
            use_language("")

    return draw


def _read_me() -> str:
    shown = [("walk", "From the list to the cause"), *((picture.name, picture.shows) for picture in PICTURES)]
    shown.append(("sign-in", "The sign-in: where to look"))
    parts = "".join(f"\n## {text}\n\n![{text}]({name}.svg)\n" for name, text in shown)
    return f"# Pictures of kps-tui\n\nWritten by `python -m tests.screenshots`, from invented tasks.\n{parts}"


FILES: dict[str, Callable[[], str]] = {
    **{f"{picture.name}.svg": _drawing(picture) for picture in PICTURES},
    "sign-in.svg": lambda: asyncio.run(_sign_in()),
    "walk.svg": lambda: asyncio.run(_walk()),
    "README.md": _read_me,
}
"""The files of the folder, and what returns the current content of each. Times are shown in the zone of the process."""


if __name__ == "__main__":
    os.environ["TZ"] = "UTC"
    time.tzset()
    FOLDER.mkdir(exist_ok=True)
    for name, content in FILES.items():
        (FOLDER / name).write_text(content(), encoding="utf-8")
