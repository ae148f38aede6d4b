"""The demo service, as the program uses it: `with DemoServer() as demo: … demo.endpoint …`."""

import threading
import time
from collections.abc import Callable
from typing import Self

from kps_tui.demo.answers import PROJECT_ID, REGION, Service
from kps_tui.demo.listener import GRACE, Listener
from kps_tui.demo.tasks import TaskList


class DemoServer:
    """A KPS with `tasks` failed tasks on a port of 127.0.0.1 (0: any free one), serving from `start` to `close`.

    `latency` is how many seconds each answer takes longer; the tasks count back from `now()`, asked once, here.

    Raises:
        OSError: the port can't be had.
    """

    def __init__(
        self, *, tasks: int = 2500, latency: float = 0.0, port: int = 0, now: Callable[[], float] = time.time
    ) -> None:
        if tasks < 0 or latency < 0:
            raise ValueError("tasks and latency can't be negative")
        self._service = Service(TaskList(tasks, start=int(now() * 1000)))
        self._listener = Listener(self._service, port, latency, now)
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def endpoint(self) -> str:
        """`http://127.0.0.1:PORT`."""
        return f"http://127.0.0.1:{self._listener.port}"

    @property
    def project_id(self) -> str:
        """The only project it has; 32 hex digits."""
        return PROJECT_ID

    @property
    def region(self) -> str:
        """The region it says it is in."""
        return REGION

    @property
    def token(self) -> str:
        """The token it takes, another on every start."""
        return self._service.token

    def start(self) -> None:
        """Begin to serve; return at once."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._listener.run, name="kps-tui demo", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Stop serving, breaking what is under way; harmless when closed already."""
        if self._listener.stopping.is_set():
            return
        self._listener.stop()
        if self._thread is not None:
            self._thread.join(GRACE)
        self._listener.break_connections()
        self._listener.server_close()
