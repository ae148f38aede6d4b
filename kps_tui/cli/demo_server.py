"""`demo-server`: runs the demo service for other clients."""

import signal
from collections.abc import Mapping
from queue import SimpleQueue
from types import FrameType

from kps_tui.files import reason
from kps_tui.i18n import _
from kps_tui.problems import ConfigError
from kps_tui.sanitize import line


def serve(_options: Mapping[str, object], port: int, tasks: int, latency: int) -> int:
    """Print address and logins, serve until a signal arrives, and return the exit code for that signal.

    Raises:
        ConfigError: the port can't be used.
    """
    from kps_tui.demo.server import DemoServer

    # A second signal may arrive in the handler of the first. `SimpleQueue.put` is reentrant; `Event.set` is not.
    received: SimpleQueue[int] = SimpleQueue()

    def stop(number: int, frame: FrameType | None) -> None:
        received.put(number)

    try:
        server = DemoServer(tasks=tasks, latency=latency / 1000, port=port)
        server.start()
    except OSError as error:
        raise ConfigError(
            _("can't listen on port {port}").format(port=port),
            why=line(reason(error), 120),
            next_step=_("choose another --port, or leave it out"),
        ) from None
    try:
        for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(name, stop)
        for label, value in (
            ("endpoint", server.endpoint),
            ("project id", server.project_id),
            ("token", server.token),
            ("access key", server.account.permanent.access_key),
            ("secret key", server.account.permanent.secret_key),
            ("account", server.account.name),
            ("user", server.account.user),
            ("password", server.account.password),
        ):
            print(f"{label}: {value}", flush=True)
        return 128 + received.get()
    finally:
        server.close()
