"""The subcommands: each is declared where `SUBCOMMANDS` says, and what it runs is imported when it is called."""

import inspect
import re
import shlex
import subprocess
import sys
from importlib import import_module

import click
import pytest

from kps_tui.cli.commands import SUBCOMMANDS, kps_tui
from kps_tui.cli.manual import contexts
from kps_tui.cli.options import TranslatedCommand
from kps_tui.cli.usage import sentence
from tests.test_architecture import PACKAGE

MODULES = sorted(path.stem for path in (PACKAGE / "cli").glob("*_commands.py"))
LOADED = """
import sys
from kps_tui.cli import run
run(sys.argv[1:])
print(*sorted({name.removeprefix("kps_tui.cli.") for name in sys.modules}), file=sys.stderr)
"""
"""Runs a command and prints on stderr what is imported then, without the names of our packages."""
HEAVY = {"asyncio", "ssl", "socket", "subprocess", "platformdirs", "tempfile", "httpx", "textual", "regex", "sqlite3"}
"""Some of what running a command imports."""


COMMANDS = [context for context in contexts() if isinstance(context.command, TranslatedCommand)]
IDS = [context.command_path for context in COMMANDS]


def test_every_subcommand_can_be_called() -> None:
    defined = {
        (name, attribute): command
        for name in MODULES
        for attribute, command in vars(import_module(f"kps_tui.cli.{name}")).items()
        if isinstance(command, click.Command)
    }
    called = {(subcommand.module, subcommand.attribute): name for name, subcommand in SUBCOMMANDS.items()}
    assert called == {place: command.name for place, command in defined.items()}


@pytest.mark.parametrize("context", COMMANDS, ids=IDS)
def test_what_a_command_runs_takes_its_arguments_and_options(context: click.Context) -> None:
    assert isinstance(context.command, TranslatedCommand)
    module, _dot, function = context.command.runs.partition(".")
    signature = inspect.signature(getattr(import_module(f"kps_tui.cli.{module}"), function))
    given = {param.name: None for param in context.command.params if param.expose_value and param.name}
    signature.bind({}, **given)


@pytest.mark.parametrize("context", COMMANDS, ids=IDS)
def test_the_examples_of_a_command_are_command_lines_of_it(context: click.Context) -> None:
    assert isinstance(context.command, TranslatedCommand)
    assert context.parent not in (None, COMMANDS[0]) or len(context.command.examples) == 2
    for example in context.command.examples:
        [line] = re.findall(r"kps-tui [^<>)|]*|kps-tui$", example.line)
        name, *arguments = shlex.split(line)
        assert name == "kps-tui"
        with kps_tui.make_context(name, [*arguments]) as root:
            if root._protected_args:
                called, command, rest = kps_tui.resolve_command(root, root._protected_args + root.args)
                assert command is not None
                command.make_context(called, rest, root)
        assert len(example.line) <= 76


@pytest.mark.parametrize("context", COMMANDS, ids=IDS)
def test_help_fits_a_terminal_of_80_columns_and_names_only_what_means_something(context: click.Context) -> None:
    context.terminal_width = 78
    said = context.command.get_help(context)
    assert max(map(len, said.splitlines())) <= 80
    assert ("--theme" in said) == (context.parent is None)
    assert said.index("--help") > said.find("--format")


def test_help_puts_the_own_options_first_then_the_shared_ones_by_topic() -> None:
    [listing] = [context for context in COMMANDS if context.command_path == "kps-tui list"]
    titles = [line for line in listing.command.get_help(listing).splitlines() if line.endswith(":") and line[0] != " "]
    assert titles == ["Options:", "Connection:", "Demo:", "Loading:", "General:", "Examples:"]


@pytest.mark.parametrize("option", ["--help", "--version", "-V"])
def test_help_and_version_import_no_subcommand(option: str) -> None:
    loaded = loaded_by(option)
    assert loaded & {subcommand.module for subcommand in SUBCOMMANDS.values()} == set()
    assert loaded & HEAVY == set()


def test_the_help_of_a_subcommand_imports_nothing_that_it_runs() -> None:
    modules = {subcommand.load().runs.partition(".")[0] for subcommand in SUBCOMMANDS.values()}
    for name in ("list", "login"):
        assert loaded_by(name, "--help") & (modules | HEAVY) == set(), name


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("lst", "“lst” is not a command of kps-tui · did you mean “list”?"),
        ("profiles renam a b", "“renam” is not a command of kps-tui profiles · did you mean “rename”?"),
        ("frobnicate", "“frobnicate” is not a command of kps-tui · see kps-tui --help"),
        ("list --wher op:bind", "“--wher” is not an option of kps-tui list · did you mean “--where”?"),
        ("list --zzz", "“--zzz” is not an option of kps-tui list · see kps-tui list --help"),
        ("--limit 3 list", "“--limit” is not an option of kps-tui · give it after the command: list"),
        ("--pofile a", "“--pofile” is not an option of kps-tui · did you mean “--profile”?"),
        ("list --limit x", "Invalid value for '--limit': 'x' is not a valid integer range · see kps-tui list --help"),
    ],
)
def test_a_mistake_is_one_sentence_with_what_was_probably_meant(line: str, said: str) -> None:
    with pytest.raises(click.UsageError) as raised, kps_tui.make_context("kps-tui", line.split()) as context:
        kps_tui.invoke(context)
    assert sentence(raised.value) == said


def loaded_by(*arguments: str) -> set[str]:
    """Run the program in a process of its own, and return the modules that are imported at its end."""
    command = [sys.executable, "-c", LOADED, *arguments]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    return set(ended.stderr.splitlines()[-1].split())
