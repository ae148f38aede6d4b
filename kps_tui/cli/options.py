"""How commands and options are declared, and the options that every command takes.

Texts are functions, so that they are looked up when they are shown. A declaration imports nothing that only running the
command needs, so that help and completion are quick.
"""

from collections.abc import Callable, Sequence
from enum import Enum
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from kps_tui.cli.language import Language
from kps_tui.i18n import N_, _, languages
from kps_tui.settings import DEFAULT_DEMO_TASKS, DEFAULT_PAGE_SIZE, LARGEST_DEMO, THEMES

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

Text = Callable[[], str]
OPTION_CELLS = 24
"""Cells of the column of options in help; the description of a longer option begins on the next line."""


class OptionGroup(Enum):
    """The groups of the options that every command takes. A value is the heading in the help, as a message id."""

    CONNECTION = N_("Connection")
    DEMO = N_("Demo")
    LOADING = N_("Loading")
    SCREEN = N_("Screen")
    GENERAL = N_("General")


class Example(NamedTuple):
    """A command line, and a message id that says what it does."""

    line: str
    words: str


class TranslatedOption(click.Option):
    """An option whose help is the result of the function `text`."""

    def __init__(self, *arguments: Any, text: Text, group: OptionGroup | None = None, **attributes: Any) -> None:
        self._text = text
        self.group = group
        """None for an option of a single command."""
        super().__init__(*arguments, **attributes)

    @property
    def help(self) -> str | None:
        """The description of the option in the help."""
        return self._text()

    @help.setter
    def help(self, help: str | None) -> None:
        """Ignore the help that click sets."""

    def get_help_extra(self, ctx: click.Context) -> "click.types.OptionHelpExtra":
        """Return what click adds in brackets to the help, without the range: the text names it where it matters."""
        extra = super().get_help_extra(ctx)
        extra.pop("range", None)
        return extra


class _Context(click.Context):
    """The context of a command. Its help is formatted by `Page`."""

    def make_formatter(self) -> click.HelpFormatter:
        """Return a formatter for help in the width of the terminal."""
        from kps_tui.cli.page import Page

        return Page(width=self.terminal_width, max_width=self.max_content_width)


class TranslatedCommand(click.Command):
    """A command whose help texts are the results of functions."""

    context_class = _Context

    def __init__(
        self,
        *arguments: Any,
        text: Text,
        summary: Text | None = None,
        runs: str = "",
        examples: Sequence[Example] = (),
        shown: Sequence[OptionGroup | str] = (),
        **attributes: Any,
    ) -> None:
        """Declare a command.

        Args:
            arguments: those of `click.Command`; the first is the name.
            text: returns the description in the command's own help.
            summary: returns the description in the help of the group; by default, the first sentence of `text`.
            runs: the function that it runs, as for `lazy`.
            examples: command lines for the end of its help.
            shown: the shared options that affect the command, as groups or names. `OptionGroup.GENERAL` always does.
                The command accepts the others too, but its help and completion leave them out.
            attributes: those of `click.Command`.
        """
        self._summary = summary
        self._text = text
        self.runs = runs
        self.examples = examples
        self._shown = (*shown, OptionGroup.GENERAL)
        super().__init__(*arguments, **attributes)

    @property
    def help(self) -> str | None:
        """The description of the command in its own help."""
        return self._text()

    @help.setter
    def help(self, help: str | None) -> None:
        """Ignore the help that click sets."""

    @property
    def short_help(self) -> str | None:
        """The description in the help of the group; if it is None, click takes the first sentence of `help`."""
        return self._summary() if self._summary is not None else None

    @short_help.setter
    def short_help(self, help: str | None) -> None:
        """Ignore the help that click sets."""

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Return `--help` with its text in the current language: click creates it only once."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = _("Show this message and exit.")
        return option

    def options_by_group(self, ctx: click.Context) -> dict[OptionGroup | None, list[click.Option]]:
        """Return the options that affect the command: its own under None, then the shared ones by group."""
        found: dict[OptionGroup | None, list[click.Option]] = {group: [] for group in (None, *OptionGroup)}
        for param in self.get_params(ctx):
            if isinstance(param, TranslatedOption):
                if param.group is None or param.group in self._shown or param.name in self._shown:
                    found[param.group].append(param)
            elif isinstance(param, click.Option):
                found[OptionGroup.GENERAL].append(param)
        return {group: options for group, options in found.items() if options}

    def shell_complete(self, ctx: click.Context, incomplete: str) -> "list[CompletionItem[str]]":
        """Return the completions of `incomplete`: subcommands, and options that affect the command."""
        shown = {param.name for options in self.options_by_group(ctx).values() for param in options}
        others = {
            name for param in self.params if param.name not in shown for name in (*param.opts, *param.secondary_opts)
        }
        return [item for item in super().shell_complete(ctx, incomplete) if item.value not in others]

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the subcommands of a group, then the options by group, the command's own first."""
        if isinstance(self, click.Group):
            self.format_commands(ctx, formatter)
        for group, options in self.options_by_group(ctx).items():
            records = [record for each in options if (record := each.get_help_record(ctx))]
            with formatter.section(_(group.value) if group else _("Options")):
                formatter.write_dl(records, col_max=OPTION_CELLS)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples, each with a comment above the command line."""
        if self.examples:
            with formatter.section(_("Examples")):
                for example in self.examples:
                    formatter.write_text(f"# {_(example.words)}")
                    formatter.write(f"{'':{formatter.current_indent}}{example.line}\n")
        super().format_epilog(ctx, formatter)


class TranslatedGroup(TranslatedCommand, click.Group):
    """A translated command with subcommands."""


def lazy(target: str) -> Callable[..., Any]:
    """Return a function that imports and calls `target`, a `module.function` of this package, when it is called."""
    module, _dot, function = target.partition(".")

    def call(*arguments: Any, **named: Any) -> Any:
        return getattr(import_module(f"kps_tui.cli.{module}"), function)(*arguments, **named)

    return call


def command(
    name: str, *params: click.Parameter, runs: str, kind: type[TranslatedCommand] = TranslatedCommand, **attributes: Any
) -> Any:
    """Return a command of the class `kind` that takes `params` and the shared options.

    It calls the function `runs` (see `lazy`) with a mapping of the shared options that were given, and with the values
    of `params` by name. The result is the exit code. A group calls it only without a subcommand. `attributes` are those
    of `TranslatedCommand`.
    """

    @click.pass_context
    def call(context: click.Context, /, **given: object) -> object:
        if context.invoked_subcommand is not None:
            return None
        return lazy(runs)(context.ensure_object(dict), **given)

    return kind(name, params=[*params, *_SHARED], callback=call, runs=runs, **attributes)


def option(*names: str, text: Text, **attributes: Any) -> TranslatedOption:
    """Return an option; `attributes` are those of `click.Option`."""
    return TranslatedOption(names, text=text, **attributes)


def format_option(*names: str) -> TranslatedOption:
    """Return `--format`, which takes one of `names`; the first is the default."""
    return option(
        "--format",
        "output_format",
        type=click.Choice(names),
        default=names[0],
        show_default=True,
        text=lambda: _("How to print; “plain” is for screen readers.") if "tsv" in names else _("How to print."),
    )


def _store(context: click.Context, parameter: click.Parameter, value: object) -> None:
    options: dict[str, object] = context.ensure_object(dict)
    if value is not None and parameter.name:
        options[parameter.name] = value


def _shared(group: OptionGroup, *names: str, text: Text, **attributes: Any) -> TranslatedOption:
    return option(*names, text=text, group=group, expose_value=False, callback=_store, default=None, **attributes)


def _flag(group: OptionGroup, name: str, *, text: Text) -> TranslatedOption:
    return _shared(group, name, is_flag=True, flag_value=True, text=text)


_SHARED = (
    _shared(
        OptionGroup.CONNECTION,
        "--profile",
        metavar="NAME",
        shell_complete=lazy("candidates.profiles"),
        text=lambda: _("Profile of the configuration [KPS_TUI_PROFILE]."),
    ),
    _shared(
        OptionGroup.CONNECTION,
        "--region",
        metavar="ID",
        shell_complete=lazy("candidates.regions"),
        text=lambda: _("Region, such as cn-north-4 [KPS_TUI_REGION]."),
    ),
    _shared(
        OptionGroup.CONNECTION,
        "--project-id",
        metavar="ID",
        text=lambda: _("Project, 32 characters [KPS_TUI_PROJECT_ID]."),
    ),
    _shared(
        OptionGroup.CONNECTION,
        "--endpoint",
        metavar="URL",
        text=lambda: _("Endpoint of another cloud, https://host[:port] [KPS_TUI_ENDPOINT]."),
    ),
    _shared(
        OptionGroup.CONNECTION,
        "--iam-endpoint",
        metavar="URL",
        text=lambda: _("Its IAM endpoint, if it is a different one [KPS_TUI_IAM_ENDPOINT]."),
    ),
    _shared(
        OptionGroup.CONNECTION,
        "--ca-bundle",
        metavar="FILE",
        shell_complete=lazy("candidates.files"),
        text=lambda: _("PEM file with the CA certificates to trust [KPS_TUI_CA_BUNDLE]."),
    ),
    _shared(
        OptionGroup.CONNECTION,
        "--config",
        metavar="FILE",
        shell_complete=lazy("candidates.files"),
        text=lambda: _("Another configuration file [KPS_TUI_CONFIG]."),
    ),
    _flag(OptionGroup.DEMO, "--demo", text=lambda: _("Demo tasks: no account, no network.")),
    _shared(
        OptionGroup.DEMO,
        "--demo-tasks",
        type=click.IntRange(0, LARGEST_DEMO),
        metavar="N",
        text=lambda: _("Number of demo tasks (default {count}).").format(count=DEFAULT_DEMO_TASKS),
    ),
    _shared(
        OptionGroup.LOADING,
        "--page-size",
        type=click.IntRange(1, DEFAULT_PAGE_SIZE),
        metavar="N",
        text=lambda: _("Rows per page, 1 to {count} (the default).").format(count=DEFAULT_PAGE_SIZE),
    ),
    _flag(OptionGroup.LOADING, "--offline", text=lambda: _("Show the saved list, without network.")),
    _shared(
        OptionGroup.SCREEN,
        "--theme",
        type=click.Choice(THEMES),
        text=lambda: _("Theme of the screen; “terminal” uses your terminal's colours."),
    ),
    _shared(OptionGroup.SCREEN, "--mouse/--no-mouse", text=lambda: _("Use the mouse on the screen (default: no).")),
    _flag(
        OptionGroup.SCREEN,
        "--plain-output",
        text=lambda: _("Redraw whole parts of the screen, not only what changes."),
    ),
    _flag(OptionGroup.SCREEN, "--no-animation", text=lambda: _("Scroll at once, not smoothly; over SSH always so.")),
    _shared(
        OptionGroup.GENERAL,
        "--lang",
        type=Language(),
        metavar="CODE",
        shell_complete=lazy("candidates.languages"),
        text=lambda: _("Language: {codes} (default: as configured, else that of the locale).").format(
            codes=", ".join(languages())
        ),
    ),
    _flag(OptionGroup.GENERAL, "--no-color", text=lambda: _("No colours [NO_COLOR].")),
    _flag(OptionGroup.GENERAL, "--no-input", text=lambda: _("Never prompt.")),
    _flag(
        OptionGroup.GENERAL,
        "--debug",
        text=lambda: _("Log requests, without logins, to the state folder."),
    ),
)
"""The shared options: every command takes them, before or after its name; of several values the last counts."""
