"""`help`: prints the help of a command, or the page of a topic."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches

import click

from kps_tui.cli.commands import SUBCOMMANDS, TOPICS, kps_tui
from kps_tui.cli.manual import as_roff, as_text, contexts, manual
from kps_tui.cli.topics import PAGES
from kps_tui.i18n import _
from kps_tui.problems import ConfigError
from kps_tui.sanitize import line

MANUAL = "man"


def print_help(_options: Mapping[str, object], topic: Sequence[str], roff: bool) -> int:
    """Print the help of the command, or the page of the topic, that the words of `topic` name.

    Without words, it is the help of `kps-tui`.

    Raises:
        ConfigError: there is no such command or topic, or it can't be printed as roff.
    """
    asked = " ".join(topic)
    if roff and asked != MANUAL:
        raise ConfigError(_("only the manual can be printed as roff"), next_step=_("use: kps-tui help man --roff"))
    formatter = click.get_current_context().make_formatter()
    if asked in PAGES:
        print(as_text(PAGES[asked](), formatter), end="")
    elif asked == MANUAL:
        print(as_roff(manual()) if roff else as_text(manual(), formatter), end="")
    else:
        print(_help_of(asked))
    return 0


def _help_of(asked: str) -> str:
    path = f"{kps_tui.name} {asked}".strip()
    for context in contexts():
        if context.command_path == path:
            return context.command.get_help(context)
    names = [*SUBCOMMANDS, *TOPICS]
    begun = [name for name in names if name.startswith(asked)]
    near = next(iter(begun or get_close_matches(asked[:60], names, n=1)), "")
    raise ConfigError(
        _("“{name}” is neither a command nor a topic").format(name=line(asked, 60)),
        next_step=_("did you mean “{near}”?").format(near=near) if near else _("see kps-tui help"),
    )
