"""The band, the sign of its tasks, `i` and `x`, in the whole program on the tasks of the demo."""

import asyncio
from collections import Counter, defaultdict

import pytest

from kps_tui.kps.task import FailedTask
from kps_tui.triage.causes import cause_id
from kps_tui.ui.model.load_state import LoadKind
from kps_tui.ui.screens.dialogs.diagnosis import DiagnosisScreen
from kps_tui.ui.screens.dialogs.prompt import Prompt
from tests.demo_app import demo_target, grid, press_keys, running, settled, target_at, until
from tests.loopback import Request, listing, row, serving
from tests.ui.screens.driving import mixed, named, press, said, text_of

QUARTER = 15 * 60_000


def largest_run(tasks: list[FailedTask]) -> list[FailedTask]:
    """The run on the most servers that ended in the last day before the newest task, found without the product."""
    groups: dict[tuple[str, str], list[FailedTask]] = defaultdict(list)
    for task in tasks:
        if cause_id(task):
            groups[cause_id(task), task.operation.name].append(task)
    runs: list[list[FailedTask]] = []
    for group in groups.values():
        group.sort(key=lambda task: task.milliseconds or 0)
        runs.append([])
        for task in group:
            if runs[-1] and (task.milliseconds or 0) - (runs[-1][-1].milliseconds or 0) > QUARTER:
                runs.append([])
            runs[-1].append(task)
    newest = max(task.milliseconds or 0 for task in tasks)
    recent = [run for run in runs if len(run) >= 3 and newest - (run[-1].milliseconds or 0) < 20 * 3_600_000]
    return max(recent, key=lambda run: len({task.server_id for task in run}))


@pytest.mark.parametrize(("size", "high"), [((80, 24), 1), ((120, 36), 2), ((200, 50), 3), ((60, 15), 1)])
def test_the_band_says_what_an_independent_count_says(size: tuple[int, int], high: int) -> None:
    async def run() -> None:
        with demo_target() as target:
            async with running(target, size) as (app, pilot):
                screen = await settled(app, pilot)
                run = largest_run(list(screen.view.tasks()))
                families = Counter((task.server_name or "").split("-cn-")[0] for task in run)
                lines = [line for line in grid(app)[:6] if "▌" in line][:high]
                first = lines[0]
                assert f"{len(run)} of 1,000 loaded" in first
                assert f"{len({task.server_id for task in run})} servers" in first
                if size[0] >= 80:
                    assert {task.keypair_name for task in run} == {"prod-ops-2025"}
                    assert "prod-ops-2025" in first
                if high > 1:
                    named = ", ".join(f"{count} {name}" for name, count in families.most_common())
                    assert f"({named})" in first
                    assert "likely: the private key is wrong" in lines[1]
                if high > 2:
                    assert f"the other {1000 - len(run)}:" in lines[2]
                marked = [
                    line for line in grid(app) if line.startswith(" ▌") and ("replace" in line or "repla" in line)
                ]
                assert marked
                incident = screen.incidents.first
                assert incident is not None
                assert {screen.view.store[index].row_key for index in incident.tasks} == {task.row_key for task in run}

    asyncio.run(run())


def test_i_shows_only_its_tasks_and_esc_comes_back() -> None:
    async def run() -> None:
        with demo_target() as target:
            async with running(target) as (app, pilot):
                screen = await settled(app, pilot)
                incident = screen.incidents.first
                assert incident is not None
                await press(app, pilot, "i")
                assert list(screen.view.matching) == list(incident.tasks)
                assert "24 of 24 shown" in text_of(app)
                await press(app, pilot, "escape")
                assert len(screen.view) == 1000

    asyncio.run(run())


def test_x_explains_the_incident_in_the_band_until_a_task_is_chosen_then_that_of_the_task_else_the_task() -> None:
    async def run() -> None:
        with demo_target() as target:
            async with running(target, (80, 24)) as (app, pilot):
                screen = await settled(app, pilot)
                shares = "24 of 1,000 loaded share a likely"
                await press_keys(app, "x")
                await until(pilot, "the band's incident, as no task was chosen", lambda: shares in text_of(app))
                assert "24 servers: 16 api-gateway, 8 web" in text_of(app)
                await press_keys(app, "space")
                assert len(screen.bench.marked) == 24
                await press_keys(app, "space", "escape")
                await until(pilot, "closed", lambda: not isinstance(app.screen, DiagnosisScreen))
                assert not screen.bench.marked
                await press(app, pilot, "down", "up")
                await press_keys(app, "x")
                await until(pilot, "the task", lambda: "─ Why · reset on k8s-node-prod-025 ─" in text_of(app))
                assert "only the task under the cursor" in text_of(app)
                assert "only these" not in text_of(app), "there is one"
                await press_keys(app, "tab", "down", "enter")
                await until(pilot, "the incident", lambda: shares in text_of(app))
                assert "i only these" in text_of(app)
                assert "─ Why · 24 × replace: likely private-key · " in text_of(app)
                await press_keys(app, "escape")
                await until(pilot, "closed", lambda: not isinstance(app.screen, DiagnosisScreen))
                await press(app, pilot, "down")
                await press_keys(app, "x")
                await until(pilot, "its incident", lambda: shares in text_of(app))
                await press_keys(app, "i")
                await settled(app, pilot)
                assert len(screen.view) == 24

    asyncio.run(run())


def test_an_acknowledged_incident_gives_way_to_the_next() -> None:
    async def run() -> None:
        with demo_target() as target:
            async with running(target) as (app, pilot):
                screen = await settled(app, pilot)
                incident = screen.incidents.first
                assert incident is not None
                await screen.visits.acknowledge(screen.visits.ledger, screen.view.store, list(incident.tasks), "known")
                await settled(app, pilot)
                await until(pilot, "another", lambda: (now := screen.incidents.first) is not None
                            and list(now.tasks) != list(incident.tasks))  # fmt: skip

    asyncio.run(run())


def test_its_keys_are_in_sight_on_the_smallest_screen() -> None:
    async def run() -> None:
        with demo_target(400) as target:
            async with running(target, (60, 15)) as (app, pilot):
                await settled(app, pilot)
                await press_keys(app, "x")
                await until(pilot, "it is open", lambda: isinstance(app.screen, DiagnosisScreen))
                await until(pilot, "its keys", lambda: " Space · a · Y · i · Tab · Esc " in text_of(app))

    asyncio.run(run())


def test_it_acts_on_its_task_where_the_list_was_read_again_meanwhile() -> None:
    rows = mixed(4)

    def reply(request: Request) -> bytes:
        return listing(rows)(request)

    async def run() -> None:
        async with serving(reply) as server, running(target_at(server.endpoint)) as (app, pilot):
            screen = await settled(app, pilot)
            await press(app, pilot, "down")
            await press_keys(app, "x")
            rows.insert(0, row(-1))
            screen.loader.start(LoadKind.REFRESH)
            await until(pilot, "the new list", lambda: len(screen.view) == 5)
            await press_keys(app, "space")
            assert screen.bench.marked == named([1])
            await press_keys(app, "space")
            assert not screen.bench.marked
            del rows[2]
            screen.loader.start(LoadKind.REFRESH)
            await until(pilot, "the task is gone", lambda: len(screen.view) == 4)
            await press_keys(app, "space", "a")
            assert not screen.bench.marked
            assert said(app)[-1] == "there is no task to acknowledge"

    asyncio.run(run())


def test_it_acts_on_no_task_of_another_project_that_is_shown_meanwhile() -> None:
    async def run() -> None:
        async with serving(listing(mixed(4))) as server, running(target_at(server.endpoint)) as (app, pilot):
            screen = await settled(app, pilot)
            await press(app, pilot, "down")
            await press_keys(app, "x")
            app.connection.switch_to(target_at("http://127.0.0.1:9", "f" * 32))
            await until(pilot, "the other project", lambda: screen.load.error is not None and not len(screen.view))
            await press_keys(app, "space", "a", "Y")
            await until(pilot, "the old task is copied", lambda: "ticket of 1 task" in said(app)[-1])
            assert not screen.bench.marked
            assert not isinstance(app.screen, Prompt)

    asyncio.run(run())
