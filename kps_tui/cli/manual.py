"""The manual: everything that `kps-tui help` explains, as one page."""

from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from textwrap import wrap

import click

from kps_tui import __version__
from kps_tui.cli.commands import kps_tui
from kps_tui.cli.options import OPTION_CELLS, TranslatedCommand
from kps_tui.cli.topics import PAGES, Block, Rows, Section
from kps_tui.i18n import _, is_chinese

ROFF_COLUMNS = 78
"""The longest line of the roff source."""


def contexts(group: click.Group = kps_tui, parent: click.Context | None = None) -> Iterator[click.Context]:
    """Yield the click contexts of a group and of all its commands, which their help needs."""
    context = group.make_context(group.name, [], parent, resilient_parsing=True)
    yield context
    for name in group.commands:
        _name, command, _rest = group.resolve_command(context, [name])
        if isinstance(command, click.Group):
            yield from contexts(command, context)
        elif command is not None:
            yield command.make_context(name, [], context, resilient_parsing=True)


def manual() -> list[Section]:
    """Return the manual: synopsis, description, commands, options, then every topic but itself."""
    root, *others = contexts()
    assert isinstance(root.command, TranslatedCommand)
    about = Section(_("Description"), tuple((root.command.help or "").split("\n\n")))
    synopsis = Section(_("Synopsis"), (root.command.get_usage(root).partition(" ")[2],))
    commands = [_of_command(context) for context in others]
    options = [
        Section(_(group.value), (Rows(_records(root, options)),), is_subsection=True)
        for group, options in root.command.options_by_group(root).items()
        if group
    ]
    topics = [section for make in PAGES.values() for section in make()]
    return [synopsis, about, Section(_("Commands")), *commands, Section(_("Options")), *options, *topics]


def _of_command(context: click.Context) -> Section:
    command = context.command
    assert isinstance(command, TranslatedCommand)
    own = command.options_by_group(context).get(None, [])
    blocks: list[Block] = [command.get_usage(context).partition(" ")[2], *(command.help or "").split("\n\n")]
    if own:
        blocks.append(Rows(_records(context, own)))
    if command.examples:
        blocks.append(Rows([(example.line, _(example.words)) for example in command.examples]))
    return Section(context.command_path, tuple(blocks), is_subsection=True)


def _records(context: click.Context, options: Sequence[click.Option]) -> list[tuple[str, str]]:
    return [record for each in options if (record := each.get_help_record(context))]


def as_text(sections: Sequence[Section], formatter: click.HelpFormatter) -> str:
    """Return a page as `formatter` lays it out for a terminal."""
    for section in sections:
        with formatter.indentation() if section.is_subsection else nullcontext(), formatter.section(section.title):
            for number, block in enumerate(section.blocks):
                if number:
                    formatter.write_paragraph()
                if isinstance(block, Rows):
                    formatter.write_dl(block.rows, col_max=OPTION_CELLS)
                else:
                    formatter.write_text(block)
    return formatter.getvalue()


def as_roff(sections: Sequence[Section]) -> str:
    """Return the manual as roff source with the macros of groff_man(7)."""
    name = _("find out which key-pair operations failed on Huawei Cloud servers, and why")
    # `.nh` and `.ad l`: a hyphenated or justified name or command could not be copied.
    lines = [f'.TH KPS\\-TUI 1 "" "kps\\-tui {__version__}"', ".nh", ".ad l", _heading("SH", _("Name").upper())]
    lines += _roff(f"kps-tui - {name}")
    if is_chinese():
        # Without this, groff breaks lines only at spaces.
        lines.insert(0, ".mso zh.tmac")
    for section in sections:
        lines += [_heading("SS", section.title) if section.is_subsection else _heading("SH", section.title.upper())]
        for number, block in enumerate(section.blocks):
            if isinstance(block, Rows):
                for term, words in block.rows:
                    lines += [".TP", ".B", *_roff(term), *_roff(words)]
            else:
                lines += [".PP"] * bool(number) + _roff(block)
    return "\n".join(lines) + "\n"


def _heading(macro: str, title: str) -> str:
    return f'.{macro} "{" ".join(_roff(title))}"'


def _roff(text: str) -> list[str]:
    """Return `text` as lines of roff that contain no escape and no request: they begin with no dot or apostrophe."""
    escaped = text.replace("\\", "\\e").replace("-", "\\-").replace('"', "\\(dq")
    lines = wrap(escaped, ROFF_COLUMNS, break_long_words=False, break_on_hyphens=False)
    return [f"\\&{line}" if line.startswith((".", "'")) else line for line in lines]
