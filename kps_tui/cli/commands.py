"""The command `kps-tui` and its subcommands. The declaration of a subcommand is imported when it is called."""

from functools import partial
from importlib import import_module
from typing import Any, NamedTuple

import click

from kps_tui import __version__
from kps_tui.cli.options import Example, OptionGroup, TranslatedCommand, TranslatedOption, command
from kps_tui.i18n import N_, _


class Subcommand(NamedTuple):
    """Where a subcommand is declared, and its description in the help of `kps-tui`."""

    module: str
    """The module of `kps_tui.cli`."""
    attribute: str
    summary: str
    """A message id."""

    def load(self) -> TranslatedCommand:
        """Import the module and return the subcommand."""
        found = getattr(import_module(f"kps_tui.cli.{self.module}"), self.attribute)
        assert isinstance(found, TranslatedCommand)
        return found


SUBCOMMANDS = {
    "completion": Subcommand("program_commands", "completion", N_("Print a completion script for your shell.")),
    "count": Subcommand("task_commands", "count", N_("Print how many tasks failed.")),
    "demo-server": Subcommand("program_commands", "demo_server", N_("Serve demo tasks on this machine.")),
    "doctor": Subcommand("program_commands", "doctor", N_("Check configuration, login, network and terminal.")),
    "facet": Subcommand("task_commands", "facet", N_("Print how often each value of a field occurs.")),
    "help": Subcommand("program_commands", "help_", N_("Explain a command or a topic.")),
    "list": Subcommand("task_commands", "list_", N_("Print the failed tasks.")),
    "login": Subcommand("login_commands", "login", N_("Log in, and keep the login in the keyring.")),
    "logout": Subcommand("login_commands", "logout", N_("Forget the login of a profile.")),
    "profiles": Subcommand("login_commands", "profiles", N_("List, rename or remove profiles.")),
    "show": Subcommand("task_commands", "show", N_("Print one task.")),
    "version": Subcommand("program_commands", "version", N_("Show versions, and where files are.")),
    "why": Subcommand("why_commands", "why", N_("Explain a failed task, an error code or a message.")),
}
"""By name."""

TOPICS = {
    "filter": N_("How to choose tasks, with --where and on the screen."),
    "keys": N_("The keys of the screen."),
    "exit-codes": N_("What the exit codes mean."),
    "environment": N_("The environment variables that count."),
    "files": N_("Where configuration and state are."),
    "man": N_("The whole manual."),
}
"""The topics that `kps-tui help` explains besides the commands, and a description of each as a message id."""


class LazyGroup(TranslatedCommand, click.Group):
    """The group of `SUBCOMMANDS`. Until one is called, a placeholder with its summary stands for it in the help."""

    def __init__(self, *arguments: Any, **attributes: Any) -> None:
        super().__init__(*arguments, **attributes)
        for name, subcommand in SUBCOMMANDS.items():
            summary = partial(_, subcommand.summary)
            self.add_command(TranslatedCommand(name, summary=summary, text=summary))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Import the subcommand that `args` begin with; return its name, the command and the other arguments."""
        name, found, rest = super().resolve_command(ctx, args)
        return name, SUBCOMMANDS[name].load() if name else found, rest

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples, then the topics of `kps-tui help`."""
        super().format_epilog(ctx, formatter)
        with formatter.section(_("More, with kps-tui help TOPIC")):
            formatter.write_dl([(name, _(summary)) for name, summary in TOPICS.items()])


def _about() -> str:
    return _(
        "Find out which key-pair operations failed on your Huawei Cloud servers, and why.\n\n"
        "Without a command it opens the terminal UI; `kps-tui --demo` shows it on invented tasks. "
        "With a screen reader, use `kps-tui list --format plain`."
    )


def _print_version(context: click.Context, _option: click.Parameter, is_given: bool) -> None:
    if is_given and not context.resilient_parsing:
        print(f"kps-tui {__version__}")
        context.exit()


kps_tui = command(
    "kps-tui",
    TranslatedOption(
        ["-V", "--version"],
        group=OptionGroup.GENERAL,
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=_print_version,
        text=lambda: _("Show the version and exit."),
    ),
    kind=LazyGroup,
    runs="screen.open_screen",
    text=_about,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    examples=(
        Example("kps-tui --demo", N_("look around without an account and without a network")),
        Example("kps-tui login --region cn-north-4", N_("log in once; from then on kps-tui alone is enough")),
    ),
    shown=tuple(OptionGroup),
)
"""The command; without a subcommand it opens the terminal UI."""
