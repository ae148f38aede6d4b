"""A case of the fault matrix: what a server does, and what `list` and the UI must do then."""

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
"""A number of rows that depends on timing."""


@dataclass(frozen=True, slots=True)
class Case:
    """One fault, caused by a server that is started for each run."""

    row: int
    """Of the matrix."""
    variant: str
    server: Callable[[str], Server]
    """Returns the server; it gets the address of the sink, a second server that must not get any request."""
    code: int
    said: tuple[str, ...] = ()
    """Texts that `list` must print on stderr; if empty, it must print nothing there."""
    tasks: int | None = None
    """Number of tasks that `list` prints; None if it must print nothing."""
    requests: int | None = 1
    """Number of requests that must arrive; None for any."""
    shown: tuple[str, ...] | None = None
    """Texts that the UI must show; None for those in `said`."""
    page_size: int = 1000
    longest: float = 15.0
    """The deadline in seconds that the product promises."""
    shortest: float = 0.0
    environ: Mapping[str, str] = field(default_factory=dict)
    """Further environment variables, such as another login with an empty `KPS_TUI_TOKEN`."""
    arguments: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        return identity(self.row, self.variant)

    @property
    def is_refused(self) -> bool:
        """Whether no part of the response may be used."""
        return self.tasks is None

    def listed(self, folder: Path) -> Ended:
        """Run `list` against the server."""
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
    """Return a factory for a server that always sends the same response."""
    return lambda sink: always(reply)


def made(server: Callable[[], Server]) -> Callable[[str], Server]:
    """Return a factory for a server with state, which is new for each run."""
    return lambda sink: server()


GOOD_LIST = Case(6, "without", made(lambda: GOOD), 0)
"""The case without a fault, to compare the memory of a run with."""
