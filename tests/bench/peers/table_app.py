"""The app around the tables of the peers: the rest of the screen, and the keys that the benchmark presses."""

import asyncio
import inspect
import json
import os
from collections.abc import Awaitable
from pathlib import Path
from time import perf_counter
from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Static

from tests.bench.peers.rows import FIELDS, PAGE, WORD, rows


class TablePeer(App[None]):
    """A table with the detail of the row under the cursor beside it.

    `a` shows all rows, `s` and `n` sort by a text and by a number, `f` filters, `p` adds pages and measures how long
    each blocks the loop. The status line says when it is done. `BENCH_ROWS` says how many rows there are, and
    `BENCH_RESULT` names the file for what `p` measured, in seconds a page.
    """

    ENABLE_COMMAND_PALETTE = False
    CSS = "#table {width: 1fr; height: 1fr} #detail {width: 40; height: 1fr} Static {height: 1}"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "ask('all')"),
        Binding("s", "ask('sort_text')"),
        Binding("n", "ask('sort_number')"),
        Binding("f", "ask('filter')"),
        Binding("p", "pages"),
        Binding("q", "quit", priority=True),
    ]

    def table(self) -> Widget:
        """Return the empty table."""
        raise NotImplementedError

    def all(self) -> Awaitable[None] | None:
        """Show all rows in the empty table."""
        raise NotImplementedError

    def page(self, page: list[tuple[str, ...]]) -> None:
        """Add a page of rows."""
        raise NotImplementedError

    def sort_text(self) -> None:
        """Sort by the error."""
        raise NotImplementedError

    def sort_number(self) -> None:
        """Sort by the time."""
        raise NotImplementedError

    def filter(self) -> Awaitable[None] | None:
        """Show only the servers whose name holds `WORD`."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        """Lay out the screen."""
        table = self.table()
        table.id = "table"
        yield Static("failed tasks", id="title")
        with Horizontal():
            yield table
            yield Static("", id="detail", markup=False)
        yield Static("ready", id="status", markup=False)

    def on_mount(self) -> None:
        """Make the rows before the clock runs."""
        rows(int(os.environ["BENCH_ROWS"]))
        self.query_one("#table").focus()

    def show_detail(self, row: tuple[str, ...]) -> None:
        """Show every field of a row beside the table."""
        detail = "\n\n".join(f"{name}\n{value}" for name, value in zip(FIELDS, row, strict=True))
        self.query_one("#detail", Static).update(detail)

    async def action_ask(self, what: str) -> None:
        """Do something to the table, and say that it is done once that is on the screen."""
        done = getattr(self, what)()
        if inspect.isawaitable(done):
            await done
        self.call_after_refresh(self._say, f"done {what}")

    async def action_pages(self) -> None:
        """Add pages, and write down how long each blocks the loop."""
        every, blocked = rows(int(os.environ["BENCH_ROWS"])), []
        for offset in range(0, len(every), PAGE):
            began = perf_counter()
            self.page(every[offset : offset + PAGE])
            # Let the callbacks run that the new rows have requested.
            for _ in range(3):
                await asyncio.sleep(0)
            blocked.append(perf_counter() - began)
        await asyncio.to_thread(Path(os.environ["BENCH_RESULT"]).write_text, json.dumps(blocked), encoding="utf-8")
        self.call_after_refresh(self._say, "done pages")

    def _say(self, text: str) -> None:
        self.query_one("#status", Static).update(text)


def matching(found: list[tuple[str, ...]], column: int) -> list[tuple[str, ...]]:
    """Return the rows whose value in a column holds `WORD`."""
    return [row for row in found if WORD in row[column].casefold()]
