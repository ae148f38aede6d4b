"""Workers: what is passed to them is never written out."""

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
