"""The subcommands: each is imported when it is called, from where `SUBCOMMANDS` says."""

import subprocess
import sys
from importlib import import_module

import click
import pytest

from kps_tui.cli.commands import SUBCOMMANDS, kps_tui
from tests.test_architecture import PACKAGE

MODULES = sorted(path.stem for path in (PACKAGE / "cli").glob("*.py") if path.stem not in ("__init__", "commands"))
LOADED = """
import sys
from kps_tui.cli import run
run(sys.argv[1:])
print(*sorted({name.removeprefix("kps_tui.cli.") for name in sys.modules}), file=sys.stderr)
"""
"""Runs a command and prints on stderr what is imported then, without the names of our packages."""


def test_every_subcommand_can_be_called() -> None:
    defined = {
        (name, attribute): command
        for name in MODULES
        for attribute, command in vars(import_module(f"kps_tui.cli.{name}")).items()
        if isinstance(command, click.Command)
    }
    nested = {
        id(child) for group in defined.values() if isinstance(group, click.Group) for child in group.commands.values()
    }
    called = {(subcommand.module, subcommand.attribute): name for name, subcommand in SUBCOMMANDS.items()}
    assert called == {place: command.name for place, command in defined.items() if id(command) not in nested}


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_help_and_version_import_no_subcommand(option: str) -> None:
    loaded = loaded_by(option)
    assert loaded & {subcommand.module for subcommand in SUBCOMMANDS.values()} == set()
    # Some of what the subcommands import.
    assert loaded & {"asyncio", "ssl", "socket", "subprocess", "platformdirs", "tempfile"} == set()


def test_a_subcommand_imports_no_other() -> None:
    modules = {subcommand.module for subcommand in SUBCOMMANDS.values()}
    for name, subcommand in SUBCOMMANDS.items():
        # `profiles remove` says what `logout` says.
        own = {subcommand.module, "login"} if name == "profiles" else {subcommand.module}
        assert loaded_by(name, "--help") & modules == own, name


def test_a_misspelt_subcommand_is_suggested() -> None:
    with pytest.raises(click.UsageError) as raised:
        kps_tui.resolve_command(click.Context(kps_tui), ["lst"])
    assert "Did you mean 'list'?" in raised.value.format_message()


def loaded_by(*arguments: str) -> set[str]:
    """Run the program in a process of its own, and return the modules that are imported at its end."""
    command = [sys.executable, "-c", LOADED, *arguments]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    return set(ended.stderr.splitlines()[-1].split())
