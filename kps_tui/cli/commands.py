"""The command `kps-tui` with all its subcommands."""

import click

from kps_tui import __version__
from kps_tui.cli.demo_server import demo_server
from kps_tui.cli.doctor import doctor
from kps_tui.cli.facet import facet
from kps_tui.cli.listing import count, list_
from kps_tui.cli.login import login, logout
from kps_tui.cli.options import TranslatedGroup, TranslatedOption, shared_options
from kps_tui.cli.profiles import profiles
from kps_tui.cli.screen import open_screen
from kps_tui.cli.show import show
from kps_tui.cli.why import why
from kps_tui.i18n import _


def _about() -> str:
    return _(
        "Find out which key-pair operations failed on your Huawei Cloud servers, and why.\n\n"
        "Without a command it opens the terminal UI; `kps-tui --demo` shows it on invented tasks."
    )


@click.group(
    cls=TranslatedGroup,
    summary=_about,
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
    return open_screen(context.ensure_object(dict)) if context.invoked_subcommand is None else None


for command in (list_, count, facet, show, why, login, logout, profiles, doctor, demo_server):
    kps_tui.add_command(command)
