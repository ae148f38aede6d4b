"""Opens the target of a command: a project of the service, or a demo service in this process."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from os import environ
from typing import TYPE_CHECKING

from kps_tui.blocking import run
from kps_tui.cli.messages import print_message
from kps_tui.clock import use_zone
from kps_tui.i18n import _
from kps_tui.locations import debug_log
from kps_tui.session.own_runbook import use_own_runbook
from kps_tui.session.resolve import configuration_of, load_context, target_of
from kps_tui.settings import Settings, settings_from

if TYPE_CHECKING:
    from kps_tui.session.target import Target

_IGNORED = ("SSLKEYLOGFILE", "TEXTUAL", "TEXTUAL_LOG", "TEXTUAL_DEVTOOLS", "TEXTUAL_DEBUG")
"""Environment variables that make a library write secrets or session keys to a file."""


def settings_of(options: Mapping[str, object]) -> Settings:
    """Return the settings of this run, and remove the environment variables in `_IGNORED`.

    Raises:
        ConfigError: a setting is invalid.
    """
    for name in _IGNORED:
        environ.pop(name, None)
    settings = settings_from(options, environ)
    if settings.debug:
        from kps_tui.session.request_log import log_to

        log_to(debug_log())
    return settings


def task_settings_of(options: Mapping[str, object]) -> Settings:
    """Return the settings of a command that prints tasks, and apply the configured time zone and the user's runbook.

    Raises:
        ConfigError: a setting is invalid, or the configuration or the runbook can't be used.
    """
    settings = settings_of(options)
    if not settings.demo:
        configuration = configuration_of(settings)
        use_zone(configuration.zone)
        for warning in use_own_runbook(configuration):
            print_message(warning)
    return settings


@contextmanager
def open_target(settings: Settings) -> "Iterator[Target]":
    """Yield the target of `settings`, and print warnings about it. A demo service runs until the block ends.

    Raises:
        Problem: no place is named, or there is no login that can be used.
    """
    if settings.demo:
        with demo_target(settings) as target:
            yield target
        return
    context = load_context(settings, environ)
    for warning in context.warnings():
        print_message(warning)
    target = run(target_of(context))
    if not target.place.project_id:
        from kps_tui.session.sign_in import verify_login

        target = run(verify_login(target))
    yield target


@contextmanager
def demo_target(settings: Settings) -> "Iterator[Target]":
    """Run a demo service in this process until the block ends, and yield it as a target."""
    from kps_tui.demo.server import DemoServer
    from kps_tui.kps.credentials import Secret, Token
    from kps_tui.kps.endpoint import Endpoint
    from kps_tui.session.place import Place
    from kps_tui.session.target import Target

    with DemoServer(tasks=settings.demo_tasks) as server:
        origin = Endpoint.parse(server.endpoint)
        at = Place(origin, origin, server.region, server.project_id)
        yield Target(at, Token.parse(Secret(server.token), "--demo"), _("demo"), demo=True)
