"""The command `kps-tui` with all its subcommands. Each is imported when it is called."""

from functools import partial
from importlib import import_module
from typing import Any, NamedTuple

import click

from kps_tui import __version__
from kps_tui.cli.options import TranslatedCommand, TranslatedOption, shared_options
from kps_tui.i18n import N_, _


class Subcommand(NamedTuple):
    """Where a subcommand is defined, and what the help of `kps-tui` says about it."""

    module: str
    """The module in `kps_tui.cli`."""
    attribute: str
    summary: str

    def load(self) -> click.Command:
        """Import the module and return the subcommand."""
        command = getattr(import_module(f"kps_tui.cli.{self.module}"), self.attribute)
        assert isinstance(command, click.Command)
        return command


SUBCOMMANDS = {
    "count": Subcommand("listing", "count", N_("Print how many tasks failed.")),
    "demo-server": Subcommand("demo_server", "demo_server", N_("Serve demo tasks on this machine.")),
    "doctor": Subcommand("doctor", "doctor", N_("Check configuration, login, network and terminal.")),
    "facet": Subcommand("facet", "facet", N_("Print how often each value of a field occurs.")),
    "list": Subcommand("listing", "list_", N_("Print the failed tasks.")),
    "login": Subcommand("login", "login", N_("Log in, and keep the login in the keyring.")),
    "logout": Subcommand("login", "logout", N_("Forget the login of a profile.")),
    "profiles": Subcommand("profiles", "profiles", N_("List, rename or remove profiles.")),
    "show": Subcommand("show", "show", N_("Print one task.")),
    "why": Subcommand("why", "why", N_("Explain a failed task, an error code or a message.")),
}
"""By name."""


class LazyGroup(TranslatedCommand, click.Group):
    """The group of `SUBCOMMANDS`. Its `commands` only have a summary, and are replaced when one is called."""

    def __init__(self, *arguments: Any, **attributes: Any) -> None:
        super().__init__(*arguments, **attributes)
        for name, subcommand in SUBCOMMANDS.items():
            summary = partial(_, subcommand.summary)
            self.add_command(TranslatedCommand(name, summary=summary, text=summary))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Import the subcommand that `args` begin with; return its name, the subcommand and its arguments."""
        name, command, rest = super().resolve_command(ctx, args)
        return name, SUBCOMMANDS[name].load() if name else command, rest


def _about() -> str:
    return _(
        "Find out which key-pair operations failed on your Huawei Cloud servers, and why.\n\n"
        "Without a command it opens the terminal UI; `kps-tui --demo` shows it on invented tasks. "
        "With a screen reader, use `kps-tui list --format plain`."
    )


@click.group(
    cls=LazyGroup,
    text=_about,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@shared_options
@click.version_option(
    __version__,
    message="%(prog)s %(version)s",
    cls=TranslatedOption,
    text=lambda: _("Show the version and exit."),
)
@click.pass_context
def kps_tui(context: click.Context) -> int | None:
    """Open the terminal UI if no command is named."""
    if context.invoked_subcommand is not None:
        return None
    from kps_tui.cli.screen import open_screen

    return open_screen(context.ensure_object(dict))
