"""The UI against a hostile server: first rows, then the fault, then a service that works again."""

import asyncio
import pickle
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from kps_tui.kps.credentials import AccessKey, Secret
from kps_tui.session.target import Target
from kps_tui.settings import Settings
from kps_tui.ui.app import KpsApp
from tests.demo_app import grid, running, settled, target_at
from tests.faults import bodies, lists, statuses, wire
from tests.faults.case import GOOD, Case
from tests.faults.hostile import Server
from tests.loopback import serving
from tests.program import CONTEXT, KILLED_AFTER, TOKEN
from tests.ui.screens.driving import ids

LANES = 6
"""Number of programs at once. Each runs several cases, and must survive all of them."""
WIDE = (240, 16)
"""Size of the screen, on which no sentence is cut."""
AGE = "rows from 08:30:00"
"""The time in notices, as the clock is stopped."""
Found = dict[str, "Shown | BaseException"]


@dataclass(frozen=True)
class Shown:
    """What the UI showed in one case."""

    before: list[str]
    """The ids of the tasks shown before the fault."""
    after: list[str]
    text: str
    """The text of the screen, in one line."""
    requests: int
    """Number of requests during the fault."""
    sunk: int
    """Number of requests to the sink."""
    recovered: list[str]
    """The ids of the tasks shown after the fault is over and `r` was pressed."""
    recovered_text: str


def words(app: KpsApp) -> str:
    """Return the text of the screen in one line."""
    return " ".join(" ".join(grid(app)).split())


def _target(case: Case, endpoint: str) -> Target:
    target = target_at(endpoint, token=TOKEN)
    if "HUAWEICLOUD_SDK_AK" not in case.environ:
        return target
    return replace(target, credential=AccessKey.parse("AKAKAK", Secret(TOKEN), "a test"))


async def _session(cases: Sequence[Case]) -> Found:
    """Run `cases`, which have the same login and page size, in one program."""
    found: Found = {}
    server: Server = GOOD
    settings = Settings(page_size=cases[0].page_size)
    async with (
        serving(lambda request: b"") as sink,
        serving(lambda request: server(request)) as service,
        running(_target(cases[0], service.endpoint), WIDE, settings) as (app, pilot),
    ):
        screen = await settled(app, pilot)

        async def read_again() -> None:
            await pilot.press("r")
            async with asyncio.timeout(60):
                # Some faults last as long as a deadline, so check less often than `settled` does.
                while screen.load.running:  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
            await settled(app, pilot)

        for case in cases:
            before, asked = ids(screen), len(service.requests)
            server = case.server(sink.endpoint)
            try:
                await read_again()
                if not case.is_refused:
                    await pilot.press("R")
                    await settled(app, pilot)
                text, after, requests = words(app), ids(screen), len(service.requests) - asked
                server = GOOD
                await read_again()
            except AssertionError as error:
                found[case.id] = error
                break
            sunk = len(sink.requests)
            found[case.id] = Shown(before, after, text, requests, sunk, ids(screen), words(app))
    return found


@dataclass(frozen=True)
class Lane:
    """Cases for one program, in a process of its own."""

    number: int
    cases: tuple[Case, ...]

    @property
    def id(self) -> str:
        return f"screen-{self.number}"

    @property
    def shortest(self) -> float:
        return sum(case.shortest for case in self.cases)

    def listed(self, folder: Path) -> Found:
        """Return what the screen showed in each case, by id."""
        folder.mkdir()
        process = CONTEXT.Process(target=_met, args=([case.id for case in self.cases], folder / "found"))
        process.start()
        process.join(KILLED_AFTER)
        process.kill()
        process.join()
        process.close()
        found: Found = pickle.loads((folder / "found").read_bytes())
        return found


def _met(ids: list[str], path: Path) -> None:
    found = asyncio.run(_session([case for case in CASES if case.id in ids]))
    path.write_bytes(pickle.dumps(found))


def _lanes(cases: Sequence[Case]) -> Iterator[Lane]:
    dealt: dict[tuple[int, bool, int], list[Case]] = {}
    for number, case in enumerate(sorted(cases, key=lambda case: -case.shortest)):
        dealt.setdefault((case.page_size, bool(case.environ), number % LANES), []).append(case)
    for number, lane in enumerate(dealt.values()):
        yield Lane(number, tuple(lane))


EVERY = (*wire.CASES, *bodies.CASES, *lists.CASES, *statuses.CASES)
CASES = [*{case.row: case for case in reversed(EVERY)}.values()][::-1]
"""One case of each row; `list` runs them all."""
LANE_OF = {case.id: lane for lane in _lanes(CASES) for case in lane.cases}


@dataclass(frozen=True)
class Met:
    """A case, and the lane that runs it."""

    case: Case

    @property
    def id(self) -> str:
        return LANE_OF[self.case.id].id

    @property
    def shortest(self) -> float:
        return LANE_OF[self.case.id].shortest

    def listed(self, folder: Path) -> Found:
        """Run the lane."""
        return LANE_OF[self.case.id].listed(folder)
