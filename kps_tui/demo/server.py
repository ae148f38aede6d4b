"""The demo service, as the program uses it: `with DemoServer() as demo: … demo.endpoint …`."""

import threading
import time
from collections.abc import Callable
from typing import Self

from kps_tui.demo.account import PROJECT_ID, REGION
from kps_tui.demo.listener import GRACE, Listener
from kps_tui.demo.service import DemoService
from kps_tui.demo.tasks import TaskList


class DemoServer:
    """A KPS with `tasks` failed tasks, and its IAM, on a port of 127.0.0.1 (0: any free one), from `start` to `close`.

    `latency` is how many seconds each answer takes longer, `token_seconds` how long a token is good that IAM issues.
    The tasks count back from `now()`, asked once, here; tokens, signatures and locked users go by it all the time.

    Raises:
        OSError: the port can't be had.
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
    def iam_endpoint(self) -> str:
        """Where IAM is: the same origin."""
        return self.endpoint

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
        """The token it takes as long as it runs, another on every start; IAM issues more."""
        return self._service.token

    @property
    def access_key(self) -> str:
        """The permanent access key."""
        return self._service.account.permanent.access_key

    @property
    def secret_key(self) -> str:
        """What the permanent access key signs with."""
        return self._service.account.permanent.secret_key

    @property
    def temporary_access_key(self) -> str:
        """A second access key, as an agency gives one."""
        return self._service.account.temporary.access_key

    @property
    def temporary_secret_key(self) -> str:
        """What the temporary access key signs with."""
        return self._service.account.temporary.secret_key

    @property
    def security_token(self) -> str:
        """What a request signed with the temporary access key carries, and signs too."""
        return self._service.account.temporary.security_token

    @property
    def account(self) -> str:
        """The account (IAM: domain) that all is in."""
        return self._service.account.name

    @property
    def user(self) -> str:
        """The only user."""
        return self._service.account.user

    @property
    def user_id(self) -> str:
        """The id of the user."""
        return self._service.account.user_id

    @property
    def password(self) -> str:
        """The password of the user."""
        return self._service.account.password

    @property
    def passcode(self) -> str:
        """The code that the user's MFA device shows, always."""
        return self._service.account.passcode

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
