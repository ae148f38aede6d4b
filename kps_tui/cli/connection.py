"""Opens what a command works on: the project that was named, or the demo service in this process."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from os import environ

from kps_tui.i18n import _
from kps_tui.kps.credentials import Secret, Token
from kps_tui.kps.endpoint import Endpoint
from kps_tui.locations import debug_log
from kps_tui.session.target import Target, target_of
from kps_tui.settings import Settings, settings_from

_IGNORED = ("SSLKEYLOGFILE", "TEXTUAL", "TEXTUAL_LOG", "TEXTUAL_DEVTOOLS", "TEXTUAL_DEBUG")
"""Variables by which a library would write logins or keys to a file."""


def settings_of(options: Mapping[str, object]) -> Settings:
    """Return the settings of this run, and drop the variables by which a login could leak.

    Raises:
        ConfigError: they can't be used.
    """
    for name in _IGNORED:
        environ.pop(name, None)
    settings = settings_from(options, environ)
    if settings.debug:
        from kps_tui.session.journal import write_to

        write_to(debug_log())
    return settings


@contextmanager
def connected(settings: Settings) -> Iterator[Target]:
    """Yield what to read; a demo service runs until the block ends.

    Raises:
        Problem: nothing usable is named.
    """
    if not settings.demo:
        yield target_of(settings, environ)
        return
    from kps_tui.demo.server import DemoServer

    with DemoServer(tasks=settings.demo_tasks) as server:
        yield Target(
            Endpoint.parse(server.endpoint),
            server.region,
            server.project_id,
            Token.parse(Secret(server.token), "--demo"),
            _("demo"),
            demo=True,
        )
