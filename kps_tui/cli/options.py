"""The options that every command takes, before or after its name; the last one given wins."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

from kps_tui.i18n import _
from kps_tui.settings import DEFAULT_DEMO_TASKS, DEFAULT_PAGE_SIZE, LARGEST_DEMO, THEMES

Command = TypeVar("Command", bound=Callable[..., Any])


def _remember(context: click.Context, parameter: click.Parameter, value: object) -> None:
    options: dict[str, object] = context.ensure_object(dict)
    if value is not None and parameter.name:
        options[parameter.name] = value


def _option(*names: str, **attributes: Any) -> Callable[[Command], Command]:
    return click.option(*names, expose_value=False, callback=_remember, default=None, **attributes)


_SHARED = (
    _option("--profile", metavar="NAME", help=_("Profile of the configuration [KPS_TUI_PROFILE].")),
    _option("--region", metavar="ID", help=_("Region, such as cn-north-4 [KPS_TUI_REGION].")),
    _option("--project-id", metavar="ID", help=_("Project, 32 characters [KPS_TUI_PROJECT_ID].")),
    _option("--endpoint", metavar="URL", help=_("Another cloud's https://host[:port] [KPS_TUI_ENDPOINT].")),
    _option("--iam-endpoint", metavar="URL", help=_("Its IAM, if that is elsewhere [KPS_TUI_IAM_ENDPOINT].")),
    _option("--ca-bundle", metavar="FILE", help=_("PEM file of the CA to trust [KPS_TUI_CA_BUNDLE].")),
    _option("--config", metavar="FILE", help=_("Another configuration file [KPS_TUI_CONFIG].")),
    _option("--demo", is_flag=True, flag_value=True, help=_("Invented tasks: no account, no network.")),
    _option(
        "--demo-tasks",
        type=click.IntRange(0, LARGEST_DEMO),
        metavar="N",
        help=_("How many, with --demo (default {count}).").format(count=DEFAULT_DEMO_TASKS),
    ),
    _option(
        "--page-size",
        type=click.IntRange(1, DEFAULT_PAGE_SIZE),
        metavar="N",
        help=_("Rows asked for at once, 1 to {count} (the default).").format(count=DEFAULT_PAGE_SIZE),
    ),
    _option("--offline", is_flag=True, flag_value=True, help=_("Show the list that was kept; no network.")),
    _option("--theme", type=click.Choice(THEMES), help=_("Colours of the screen; “terminal” takes yours.")),
    _option("--mouse/--no-mouse", help=_("Let the screen use the mouse (default: no).")),
    _option("--no-color", is_flag=True, flag_value=True, help=_("No colours [NO_COLOR].")),
    _option("--no-input", is_flag=True, flag_value=True, help=_("Never ask anything.")),
    _option("--debug", is_flag=True, flag_value=True, help=_("Log requests, without logins, to the state folder.")),
)


def shared_options(command: Command) -> Command:
    """Add the options of every command to `command`."""
    for option in reversed(_SHARED):
        command = option(command)
    return command
