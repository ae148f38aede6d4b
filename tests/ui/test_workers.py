"""Workers: what is passed to them is never written out, and an exclusive one ends the others of its group."""

import asyncio
from functools import partial

from textual.app import App

from kps_tui.ui.workers import start_worker


class Written:
    """Something that takes long to write out, such as a view of a million tasks."""

    def __init__(self) -> None:
        self.count = 0

    def __repr__(self) -> str:
        self.count += 1
        return "written"


def test_a_worker_runs_and_its_arguments_are_not_written_out() -> None:
    async def go() -> None:
        app: App[None] = App()
        written, got = Written(), list[Written]()

        async def work(what: Written) -> None:
            got.append(what)

        async with app.run_test():
            worker = start_worker(app, partial(work, written), group="test")
            await worker.wait()
            assert (worker.group, worker.description, got, written.count) == ("test", "test", [written], 0)

    asyncio.run(go())


def test_an_exclusive_worker_cancels_the_others_of_its_group() -> None:
    async def go() -> None:
        app: App[None] = App()
        started = asyncio.Event()

        async def never() -> None:
            started.set()
            await asyncio.Event().wait()

        async def at_once() -> None:
            """Do nothing."""

        async with app.run_test():
            first, other = start_worker(app, never, group="test"), start_worker(app, never, group="other")
            async with asyncio.timeout(30):
                await started.wait()
            await start_worker(app, at_once, group="test", exclusive=True).wait()
            assert (first.is_cancelled, other.is_cancelled) == (True, False)

    asyncio.run(go())
