"""What the driver takes from Textual that is private: an upgrade may change it."""

import ast
from pathlib import Path

from textual import events
from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver

import kps_tui
from kps_tui.ui.commands import COMMANDS
from kps_tui.ui.driver import TerminalDriver
from kps_tui.ui.keys import alt_characters, key_map

PACKAGE = Path(kps_tui.__file__).parent


def private_modules(source: str) -> set[str]:
    """The private modules of Textual that a module imports."""
    imports = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ImportFrom)]
    modules = {node.module or "" for node in imports}
    return {module for module in modules if module.startswith("textual.") and "._" in module}


def test_only_the_driver_imports_private_modules_of_textual() -> None:
    found = {path.name: private_modules(path.read_text("utf-8")) for path in PACKAGE.rglob("*.py")}
    assert {name: modules for name, modules in found.items() if modules} == {"driver.py": {"textual._xterm_parser"}}


def test_the_parser_turns_text_into_keys_and_a_pause_ends_a_sequence() -> None:
    parser = XTermParser()
    keys = [message.key for message in parser.feed("j\x1b[A") if isinstance(message, events.Key)]
    assert keys == ["j", "up"]
    assert [*parser.tick()] == []


def test_the_driver_replaces_public_methods_that_are_there() -> None:
    replaced = {name for name in vars(TerminalDriver) if callable(vars(LinuxDriver).get(name))}
    assert "run_input_thread" in replaced
    assert not {name for name in replaced if name.startswith("_")} - {"__init__"}


def test_the_characters_that_the_user_bound_with_alt() -> None:
    keys = key_map(COMMANDS, {"data.refresh": "Alt+R", "table.down": "j,alt+x,alt+5"})
    assert sorted(alt_characters(keys)) == ["5", "R", "x"]
    assert alt_characters(key_map(COMMANDS, {})) == ""
