"""Rules of the source that no tool checks for us. Each checker is tried on a text that breaks its rule."""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "kps_tui"
MODULES = sorted(PACKAGE.rglob("*.py"))
LONGEST = 300

Checker = Callable[[str], list[int]]
"""Returns the lines of a source text that break a rule."""


def default_css(source: str) -> list[int]:
    """Lines that give a widget style of its own; style lives in styles/."""
    statements = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.stmt))
    return [node.lineno for node in statements if "DEFAULT_CSS" in _assigned(node)]


def without_group(source: str) -> list[int]:
    """Lines that start a worker without naming its group; a load could not be cancelled alone."""
    tree = ast.parse(source)
    names = _names_of_work(tree)
    return [call.lineno for call in _worker_starts(tree, names) if not _names_group(call)]


def too_long(source: str) -> list[int]:
    """Lines where a class begins that is longer than `LONGEST` lines."""
    classes = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ClassDef))
    return [node.lineno for node in classes if (node.end_lineno or 0) - node.lineno + 1 > LONGEST]


def _assigned(node: ast.stmt) -> set[str]:
    targets: list[ast.expr] = []
    if isinstance(node, ast.Assign):
        targets = node.targets
    elif isinstance(node, ast.AnnAssign | ast.AugAssign):
        targets = [node.target]
    return {name for target in targets for part in ast.walk(target) if (name := _name(part))}


def _name(node: ast.AST) -> str:
    """The last part of a name: `work` of `textual.work`."""
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _names_of_work(tree: ast.Module) -> set[str]:
    aliases = (alias for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names)
    return {"work", *(alias.asname for alias in aliases if alias.name == "work" and alias.asname)}


def _worker_starts(tree: ast.Module, names: set[str]) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from (d for d in node.decorator_list if _name(d.func if isinstance(d, ast.Call) else d) in names)
        elif isinstance(node, ast.Call) and _name(node.func) == "run_worker":
            yield node


def _names_group(start: ast.expr) -> bool:
    return isinstance(start, ast.Call) and any(keyword.arg == "group" for keyword in start.keywords)


RULES = [default_css, without_group, too_long]


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_every_module_keeps_the_rules(module: Path, rule: Checker) -> None:
    assert rule(module.read_text(encoding="utf-8")) == [], rule.__doc__


def test_the_modules_are_found() -> None:
    assert len(MODULES) > 20
    assert PACKAGE / "kps" / "task.py" in MODULES


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("class A(Widget):\n    DEFAULT_CSS = 'A { color: red; }'", [2]),
        ("class A(Widget):\n    DEFAULT_CSS: ClassVar[str] = ''", [2]),
        ("class A(Widget):\n    x = DEFAULT_CSS = ''", [2]),
        ("A.DEFAULT_CSS = ''", [1]),
        ("A.DEFAULT_CSS += ''", [1]),
        ("class A(Widget):\n    '''It has no DEFAULT_CSS.'''\n    CSS_PATH = 'a.tcss'", []),
        ("print(Widget.DEFAULT_CSS)", []),
    ],
)
def test_a_style_in_the_source_is_found(source: str, lines: list[int]) -> None:
    assert default_css(source) == lines


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("@work\nasync def load(self): ...", [1]),
        ("@work()\nasync def load(self): ...", [1]),
        ("@work(exclusive=True)\ndef load(self): ...", [1]),
        ("@textual.work(thread=True)\ndef load(self): ...", [1]),
        ("from textual import work as background\n@background(thread=True)\ndef load(self): ...", [2]),
        ("class A:\n    @on(X)\n    @work(**options)\n    async def load(self): ...", [3]),
        ("self.run_worker(load())", [1]),
        ("app.screen.run_worker(load, exclusive=True)", [1]),
        ("@work(group='load', exclusive=True)\nasync def load(self): ...", []),
        ("@work(exclusive=True, group='load')\ndef load(self): ...", []),
        ("self.run_worker(load(), group='load')", []),
        ("@other\ndef work(self): ...\nwork()", []),
    ],
)
def test_a_worker_without_a_group_is_found(source: str, lines: list[int]) -> None:
    assert without_group(source) == lines


@pytest.mark.parametrize(("count", "lines"), [(1, []), (LONGEST - 1, []), (LONGEST, [2])])
def test_a_class_that_is_too_long_is_found(count: int, lines: list[int]) -> None:
    assert too_long("\nclass A:\n" + "    x = 1\n" * count) == lines


def test_a_long_module_of_short_classes_is_allowed() -> None:
    assert too_long("x = 1\n" * (2 * LONGEST)) == []
