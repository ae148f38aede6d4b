"""How commands and options are declared: texts that are looked up when they are shown, and what every command takes.

A declaration imports nothing that only running the command needs, so that help and completion are quick.
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
"""What a longer option leaves to a line of its own: the column of the words never begins further to the right."""


class Topic(Enum):
    """What an option that every command takes is about: a heading in the help, as a message id."""

    CONNECTION = N_("Connection")
    DEMO = N_("Demo")
    LOADING = N_("Loading")
    SCREEN = N_("Screen")
    GENERAL = N_("General")


class Example(NamedTuple):
    """A command line, and what it does as a message id."""

    line: str
    words: str


class TranslatedOption(click.Option):
    """An option whose help is the result of the function `text`."""

    def __init__(self, *arguments: Any, text: Text, topic: Topic | None = None, **attributes: Any) -> None:
        self._text = text
        self.topic = topic
        """`None`: it belongs to one command."""
        super().__init__(*arguments, **attributes)

    @property
    def help(self) -> str | None:
        """What `--help` says about the option."""
        return self._text()

    @help.setter
    def help(self, help: str | None) -> None:
        """Ignore the help that click sets."""

    def get_help_extra(self, ctx: click.Context) -> "click.types.OptionHelpExtra":
        """Return what stands in brackets after the help: the default, not the range, which the text says if need be."""
        extra = super().get_help_extra(ctx)
        extra.pop("range", None)
        return extra


class _Context(click.Context):
    """The context of a command, whose help is a `Page`."""

    def make_formatter(self) -> click.HelpFormatter:
        """Return a formatter for help in the width of the terminal."""
        from kps_tui.cli.page import Page

        return Page(width=self.terminal_width, max_width=self.max_content_width)


class TranslatedCommand(click.Command):
    """A command whose texts are the results of functions: `text` in its own help, `summary` in that of its group."""

    context_class = _Context

    def __init__(
        self,
        *arguments: Any,
        text: Text,
        summary: Text | None = None,
        runs: str = "",
        examples: Sequence[Example] = (),
        shown: Sequence[Topic | str] = (),
        **attributes: Any,
    ) -> None:
        """Declare a command.

        Args:
            arguments: those of click, the first is the name.
            text: describes the command.
            summary: describes it in a few words; by default the first sentence of `text`.
            runs: what it runs, see `later`.
            examples: command lines for the end of its help.
            shown: which of the options that every command takes mean something to it: their topics, or names.
                `Topic.GENERAL` always is. The others are accepted too, but neither listed nor completed.
            attributes: those of click.
        """
        self._summary = summary
        self._text = text
        self.runs = runs
        self.examples = examples
        self._shown = (*shown, Topic.GENERAL)
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

    def options_by_topic(self, ctx: click.Context) -> dict[Topic | None, list[click.Option]]:
        """Return the options that mean something to the command: its own (`None`), then the others by topic."""
        found: dict[Topic | None, list[click.Option]] = {topic: [] for topic in (None, *Topic)}
        for param in self.get_params(ctx):
            if isinstance(param, TranslatedOption):
                if param.topic is None or param.topic in self._shown or param.name in self._shown:
                    found[param.topic].append(param)
            elif isinstance(param, click.Option):
                found[Topic.GENERAL].append(param)
        return {topic: options for topic, options in found.items() if options}

    def shell_complete(self, ctx: click.Context, incomplete: str) -> "list[CompletionItem[str]]":
        """Return what may follow: subcommands, and the options that mean something to the command."""
        shown = {param.name for options in self.options_by_topic(ctx).values() for param in options}
        others = {
            name for param in self.params if param.name not in shown for name in (*param.opts, *param.secondary_opts)
        }
        return [item for item in super().shell_complete(ctx, incomplete) if item.value not in others]

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the subcommands of a group, then the options under their topics, the command's own first."""
        if isinstance(self, click.Group):
            self.format_commands(ctx, formatter)
        for topic, options in self.options_by_topic(ctx).items():
            records = [record for each in options if (record := each.get_help_record(ctx))]
            with formatter.section(_(topic.value) if topic else _("Options")):
                formatter.write_dl(records, col_max=OPTION_CELLS)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples, each command line below what it does."""
        if self.examples:
            with formatter.section(_("Examples")):
                for example in self.examples:
                    formatter.write_text(f"# {_(example.words)}")
                    formatter.write(f"{'':{formatter.current_indent}}{example.line}\n")
        super().format_epilog(ctx, formatter)


class TranslatedGroup(TranslatedCommand, click.Group):
    """A translated command with subcommands."""


def later(target: str) -> Callable[..., Any]:
    """Return a function that imports `target`, `module.function` of this package, when it is called, and calls it."""
    module, _dot, function = target.partition(".")

    def call(*arguments: Any, **named: Any) -> Any:
        return getattr(import_module(f"kps_tui.cli.{module}"), function)(*arguments, **named)

    return call


def command(
    name: str, *params: click.Parameter, runs: str, kind: type[TranslatedCommand] = TranslatedCommand, **attributes: Any
) -> Any:
    """Return a command of `kind` that takes `params` and the options of every command.

    It calls `runs` (see `later`) with the latter in a mapping and the values of `params` by name. The result is the
    exit code. `attributes` are those of `TranslatedCommand` and of click. A group is only run without a subcommand.
    """

    @click.pass_context
    def call(context: click.Context, /, **given: object) -> object:
        if context.invoked_subcommand is not None:
            return None
        return later(runs)(context.ensure_object(dict), **given)

    return kind(name, params=[*params, *_SHARED], callback=call, runs=runs, **attributes)


def option(*names: str, text: Text, **attributes: Any) -> TranslatedOption:
    """Return an option; `attributes` are those of click."""
    return TranslatedOption(names, text=text, **attributes)


def format_option(*names: str) -> TranslatedOption:
    """Return `--format`, which takes one of `names`; the first is the default."""
    return option(
        "--format",
        "kind",
        type=click.Choice(names),
        default=names[0],
        show_default=True,
        text=lambda: _("How to print; “plain” is for screen readers.") if "tsv" in names else _("How to print."),
    )


def _store(context: click.Context, parameter: click.Parameter, value: object) -> None:
    options: dict[str, object] = context.ensure_object(dict)
    if value is not None and parameter.name:
        options[parameter.name] = value


def _shared(topic: Topic, *names: str, text: Text, **attributes: Any) -> TranslatedOption:
    return option(*names, text=text, topic=topic, expose_value=False, callback=_store, default=None, **attributes)


def _flag(topic: Topic, name: str, *, text: Text) -> TranslatedOption:
    return _shared(topic, name, is_flag=True, flag_value=True, text=text)


_SHARED = (
    _shared(
        Topic.CONNECTION,
        "--profile",
        metavar="NAME",
        shell_complete=later("candidates.profiles"),
        text=lambda: _("Profile of the configuration [KPS_TUI_PROFILE]."),
    ),
    _shared(
        Topic.CONNECTION,
        "--region",
        metavar="ID",
        shell_complete=later("candidates.regions"),
        text=lambda: _("Region, such as cn-north-4 [KPS_TUI_REGION]."),
    ),
    _shared(
        Topic.CONNECTION, "--project-id", metavar="ID", text=lambda: _("Project, 32 characters [KPS_TUI_PROJECT_ID].")
    ),
    _shared(
        Topic.CONNECTION,
        "--endpoint",
        metavar="URL",
        text=lambda: _("Endpoint of another cloud, https://host[:port] [KPS_TUI_ENDPOINT]."),
    ),
    _shared(
        Topic.CONNECTION,
        "--iam-endpoint",
        metavar="URL",
        text=lambda: _("Its IAM endpoint, if it is a different one [KPS_TUI_IAM_ENDPOINT]."),
    ),
    _shared(
        Topic.CONNECTION,
        "--ca-bundle",
        metavar="FILE",
        shell_complete=later("candidates.files"),
        text=lambda: _("PEM file with the CA certificates to trust [KPS_TUI_CA_BUNDLE]."),
    ),
    _shared(
        Topic.CONNECTION,
        "--config",
        metavar="FILE",
        shell_complete=later("candidates.files"),
        text=lambda: _("Another configuration file [KPS_TUI_CONFIG]."),
    ),
    _flag(Topic.DEMO, "--demo", text=lambda: _("Demo tasks: no account, no network.")),
    _shared(
        Topic.DEMO,
        "--demo-tasks",
        type=click.IntRange(0, LARGEST_DEMO),
        metavar="N",
        text=lambda: _("Number of demo tasks (default {count}).").format(count=DEFAULT_DEMO_TASKS),
    ),
    _shared(
        Topic.LOADING,
        "--page-size",
        type=click.IntRange(1, DEFAULT_PAGE_SIZE),
        metavar="N",
        text=lambda: _("Rows per page, 1 to {count} (the default).").format(count=DEFAULT_PAGE_SIZE),
    ),
    _flag(Topic.LOADING, "--offline", text=lambda: _("Show the saved list, without network.")),
    _shared(
        Topic.SCREEN,
        "--theme",
        type=click.Choice(THEMES),
        text=lambda: _("Theme of the screen; “terminal” uses your terminal's colours."),
    ),
    _shared(Topic.SCREEN, "--mouse/--no-mouse", text=lambda: _("Use the mouse on the screen (default: no).")),
    _flag(
        Topic.SCREEN,
        "--plain-output",
        text=lambda: _("Redraw whole parts of the screen, not only what changes."),
    ),
    _flag(Topic.SCREEN, "--no-animation", text=lambda: _("Scroll at once, not smoothly; over SSH always so.")),
    _shared(
        Topic.GENERAL,
        "--lang",
        type=Language(),
        metavar="CODE",
        shell_complete=later("candidates.languages"),
        text=lambda: _("Language: {codes} (default: as configured, else that of the locale).").format(
            codes=", ".join(languages())
        ),
    ),
    _flag(Topic.GENERAL, "--no-color", text=lambda: _("No colours [NO_COLOR].")),
    _flag(Topic.GENERAL, "--no-input", text=lambda: _("Never prompt.")),
    _flag(
        Topic.GENERAL,
        "--debug",
        text=lambda: _("Log requests, without logins, to the state folder."),
    ),
)
"""The options that every command takes, before or after its name; the last one given wins."""
