"""Commands and options whose texts are looked up when they are shown, and the options that every command takes."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

from kps_tui.cli.language import Language
from kps_tui.i18n import _, languages
from kps_tui.settings import DEFAULT_DEMO_TASKS, DEFAULT_PAGE_SIZE, LARGEST_DEMO, THEMES

Text = Callable[[], str]
Command = TypeVar("Command", bound=Callable[..., Any])


class TranslatedOption(click.Option):
    """An option whose help is the result of the function `text`."""

    def __init__(self, *arguments: Any, text: Text, **attributes: Any) -> None:
        self._text = text
        super().__init__(*arguments, **attributes)

    @property
    def help(self) -> str | None:
        """What `--help` says about the option."""
        return self._text()

    @help.setter
    def help(self, help: str | None) -> None:
        """Ignore the help that click sets."""


class TranslatedCommand(click.Command):
    """A command whose texts are the results of functions: `text` in its own help, `summary` in that of its group."""

    def __init__(self, *arguments: Any, text: Text, summary: Text | None = None, **attributes: Any) -> None:
        self._summary = summary
        self._text = text
        super().__init__(*arguments, **attributes)

    @property
    def help(self) -> str | None:
        """What `--help` says about the command."""
        return self._text()

    @help.setter
    def help(self, help: str | None) -> None:
        """Ignore the help that click sets."""

    @property
    def short_help(self) -> str | None:
        """What the help of the group says about the command; without it, click takes the first sentence of `help`."""
        return self._summary() if self._summary is not None else None

    @short_help.setter
    def short_help(self, help: str | None) -> None:
        """Ignore the help that click sets."""

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Return `--help`; click makes it once, maybe before the language is known."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = _("Show this message and exit.")
        return option


class TranslatedGroup(TranslatedCommand, click.Group):
    """A translated command with subcommands, which are translated too."""

    command_class = TranslatedCommand


def command(name: str, *, text: Text) -> Callable[[Callable[..., Any]], TranslatedCommand]:
    """Return a decorator that makes a command of a function."""
    return click.command(name, cls=TranslatedCommand, text=text)


def option(*names: str, text: Text, **attributes: Any) -> Callable[[Command], Command]:
    """Return a decorator that adds an option to a command."""
    return click.option(*names, cls=TranslatedOption, text=text, **attributes)


def _store(context: click.Context, parameter: click.Parameter, value: object) -> None:
    options: dict[str, object] = context.ensure_object(dict)
    if value is not None and parameter.name:
        options[parameter.name] = value


def _shared(*names: str, text: Text, **attributes: Any) -> Callable[[Command], Command]:
    return option(*names, text=text, expose_value=False, callback=_store, default=None, **attributes)


_SHARED = (
    _shared("--profile", metavar="NAME", text=lambda: _("Profile of the configuration [KPS_TUI_PROFILE].")),
    _shared("--region", metavar="ID", text=lambda: _("Region, such as cn-north-4 [KPS_TUI_REGION].")),
    _shared("--project-id", metavar="ID", text=lambda: _("Project, 32 characters [KPS_TUI_PROJECT_ID].")),
    _shared(
        "--endpoint",
        metavar="URL",
        text=lambda: _("Endpoint of another cloud, https://host[:port] [KPS_TUI_ENDPOINT]."),
    ),
    _shared(
        "--iam-endpoint",
        metavar="URL",
        text=lambda: _("Its IAM endpoint, if it is a different one [KPS_TUI_IAM_ENDPOINT]."),
    ),
    _shared(
        "--ca-bundle", metavar="FILE", text=lambda: _("PEM file with the CA certificates to trust [KPS_TUI_CA_BUNDLE].")
    ),
    _shared("--config", metavar="FILE", text=lambda: _("Another configuration file [KPS_TUI_CONFIG].")),
    _shared("--demo", is_flag=True, flag_value=True, text=lambda: _("Demo tasks: no account, no network.")),
    _shared(
        "--demo-tasks",
        type=click.IntRange(0, LARGEST_DEMO),
        metavar="N",
        text=lambda: _("Number of demo tasks (default {count}).").format(count=DEFAULT_DEMO_TASKS),
    ),
    _shared(
        "--page-size",
        type=click.IntRange(1, DEFAULT_PAGE_SIZE),
        metavar="N",
        text=lambda: _("Rows per page, 1 to {count} (the default).").format(count=DEFAULT_PAGE_SIZE),
    ),
    _shared("--offline", is_flag=True, flag_value=True, text=lambda: _("Show the saved list, without network.")),
    _shared(
        "--theme",
        type=click.Choice(THEMES),
        text=lambda: _("Theme of the screen; “terminal” uses your terminal's colours."),
    ),
    _shared("--mouse/--no-mouse", text=lambda: _("Use the mouse on the screen (default: no).")),
    _shared(
        "--plain-output",
        is_flag=True,
        flag_value=True,
        text=lambda: _("Redraw whole parts of the screen, not only what changes."),
    ),
    _shared(
        "--no-animation",
        is_flag=True,
        flag_value=True,
        text=lambda: _("Scroll at once, not smoothly; over SSH always so."),
    ),
    _shared(
        "--lang",
        type=Language(),
        metavar="CODE",
        text=lambda: _("Language: {codes} (default: as configured, else that of the locale).").format(
            codes=", ".join(languages())
        ),
    ),
    _shared("--no-color", is_flag=True, flag_value=True, text=lambda: _("No colours [NO_COLOR].")),
    _shared("--no-input", is_flag=True, flag_value=True, text=lambda: _("Never prompt.")),
    _shared(
        "--debug",
        is_flag=True,
        flag_value=True,
        text=lambda: _("Log requests, without logins, to the state folder."),
    ),
)


def shared_options(command: Command) -> Command:
    """Add the options that every command takes, before or after its name; the last one given wins."""
    for add in reversed(_SHARED):
        command = add(command)
    return command
