"""A case: what a server does, and what the program must make of it, `list` and the screen."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.faults.hostile import Server, always
from tests.faults.matrix import identity
from tests.loopback import Reply, listing, row, serving_in_a_thread
from tests.program import PROJECT, TOKEN, Ended, run

GOOD = listing([row(number) for number in range(3)])
"""A service without faults."""

SOME = -1
"""Rows: some, it depends on what arrives first."""


@dataclass(frozen=True, slots=True)
class Case:
    """One fault, made by a server that is new for every run."""

    row: int
    """Of the matrix."""
    variant: str
    server: Callable[[str], Server]
    """Is given the address of the sink: a second server, to which nothing may go."""
    code: int
    said: tuple[str, ...] = ()
    """What `list` says on stderr; without one it is silent."""
    tasks: int | None = None
    """Rows that `list` prints; `None`: nothing at all is printed."""
    requests: int | None = 1
    """So many arrive; `None`: it does not matter."""
    shown: tuple[str, ...] | None = None
    """What the screen says; `None`: the same as `list`."""
    page_size: int = 1000
    longest: float = 15.0
    """Seconds that the product promises."""
    shortest: float = 0.0
    environ: Mapping[str, str] = field(default_factory=dict)
    """More variables; an empty login takes the place of the token."""
    arguments: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        return identity(self.row, self.variant)

    @property
    def is_refused(self) -> bool:
        """Whether nothing of the answer may be used."""
        return self.tasks is None

    def listed(self, folder: Path) -> Ended:
        """Run `list` before the server."""
        with (
            serving_in_a_thread(lambda request: b"") as sink,
            serving_in_a_thread(self.server(sink.endpoint)) as server,
        ):
            named = {"KPS_TUI_ENDPOINT": server.endpoint, "KPS_TUI_PROJECT_ID": PROJECT, "KPS_TUI_TOKEN": TOKEN}
            size = f"--page-size={self.page_size}"
            arguments = ("list", "--format=json", "--debug", size, *self.arguments)
            ended = run(folder, *arguments, environ=named | dict(self.environ))
        return replace(ended, server=server, sink=sink)


def fixed(reply: Reply) -> Callable[[str], Server]:
    """Return what makes a server that always replies the same."""
    return lambda sink: always(reply)


def made(server: Callable[[], Server]) -> Callable[[str], Server]:
    """Return what makes a server with a memory of its own."""
    return lambda sink: server()


GOOD_LIST = Case(6, "without", made(lambda: GOOD), 0)
"""What the memory of a run is compared with."""
