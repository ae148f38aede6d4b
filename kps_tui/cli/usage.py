"""The error message for a command line that click rejects."""

import click

from kps_tui.i18n import _
from kps_tui.sanitize import line


def sentence(error: click.ClickException) -> str:
    """Return one sentence: what is wrong, and what was probably meant or where to read more."""
    path = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else "kps-tui"
    hint = _("see {command} --help").format(command=path)
    near: list[str] = []
    if isinstance(error, click.exceptions.NoSuchCommand):
        said = _("“{name}” is not a command of {command}").format(name=line(error.command_name, 60), command=path)
        near = error.possibilities or []
    elif isinstance(error, click.NoSuchOption):
        option = line(error.option_name, 60)
        said = _("“{name}” is not an option of {command}").format(name=option, command=path)
        if error.ctx and error.ctx.parent is None and (owners := _commands_with(error.option_name)):
            hint = _("give it after the command: {commands}").format(commands=", ".join(owners))
        else:
            near = error.possibilities or []
    else:
        said = line(error.format_message()).removesuffix(".").removesuffix("。")
    remedy = _("did you mean “{near}”?").format(near=near[0]) if near else hint
    return f"{said} · {remedy}"


def _commands_with(option: str) -> list[str]:
    """Return the names of the subcommands that have `option`."""
    from kps_tui.cli.commands import SUBCOMMANDS

    return [
        name
        for name, subcommand in SUBCOMMANDS.items()
        if any(option in param.opts for param in subcommand.load().params)
    ]
