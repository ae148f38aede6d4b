"""The public interface of the demo service: `with DemoServer() as demo: … demo.endpoint …`."""

import threading
import time
from collections.abc import Callable
from typing import Self

from kps_tui.demo.account import PROJECT_ID, REGION, Account
from kps_tui.demo.listener import GRACE, Listener
from kps_tui.demo.service import DemoService
from kps_tui.demo.tasks import TaskList


class DemoServer:
    """KPS with `tasks` failed tasks, and IAM, on 127.0.0.1. It serves from `start` to `close`.

    Args:
        tasks: number of failed tasks; the newest is from the time of this call.
        latency: seconds by which each response is delayed.
        port: the port; 0 for any free one.
        token_seconds: how long a token that IAM issues is valid, in seconds.
        now: the clock of tokens, signatures and locked users; returns seconds since the epoch.

    Raises:
        OSError: the port is not available.
        ValueError: a number is negative.
    """

    def __init__(
        self,
        *,
        tasks: int = 2500,
        latency: float = 0.0,
        port: int = 0,
        token_seconds: float = 86_400.0,
        now: Callable[[], float] = time.time,
    ) -> None:
        if tasks < 0 or latency < 0 or token_seconds < 0:
            raise ValueError("tasks, latency and token_seconds can't be negative")
        self._service = DemoService(TaskList(tasks, start=int(now() * 1000)), token_seconds, now)
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
        """The id of the only project, 32 hex digits."""
        return PROJECT_ID

    @property
    def region(self) -> str:
        """The region of the project."""
        return REGION

    @property
    def token(self) -> str:
        """A token that is valid as long as the server runs. IAM issues others."""
        return self._service.token

    @property
    def account(self) -> Account:
        """The only account, with its user and its access keys."""
        return self._service.account

    def start(self) -> None:
        """Serve in a thread."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._listener.run, name="kps-tui demo", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Stop the server, and close all connections. A second call does nothing."""
        if self._listener.stopping.is_set():
            return
        self._listener.stop()
        if self._thread is not None:
            self._thread.join(GRACE)
        self._listener.break_connections()
        self._listener.server_close()
