"""Rules for the source code that no other tool checks. Each checker is tested on code that breaks its rule."""

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "kps_tui"
MODULES = sorted(PACKAGE.rglob("*.py"))
LONGEST = 300
WAYS_TO_A_THREAD = {"Thread", "ThreadPoolExecutor", "start_new_thread", "to_thread", "run_in_executor"}

WAYS_TO_A_LOOP = {("asyncio", "run"), ("asyncio", "Runner"), ("asyncio", "new_event_loop")}

TREES = {
    "Problem": "errors are caught by what they have in common",
    "Login": "the kinds of login: a client takes any of them",
}
"""Classes that may have subclasses at any depth."""

BASES = {
    "Dialog": "what every dialog does with Esc, focus and its answer",
    "LazyRows": "a table of Textual with computed rows, apart from what the rows are",
    "LineInput": "a field of one line whose pasted text is made safe; used by itself too",
    "TranslatedCommand": "a group of commands is a command, to click and here",
    "Identity": "a frozen value; a token that was issued is an identity with its token",
}
"""Classes that may have direct subclasses."""

TEXT_FUNCTIONS = {"_", "counted", "gettext", "ngettext", "pgettext", "npgettext"}

SUBCOMMANDS = ("list", "show", "login", "logout", "profiles", "doctor", "why", "facet", "count", "help")

OPTIONS_ALLOWED = {
    "start without --offline to load one, or choose another --profile",
    "offline: this is the saved list · restart without --offline to watch",
    "offline: this is the saved list · restart without --offline to refresh",
    "try --page-size 1000",
}
"""Texts of the screen about how it was started, which only another start changes."""

Checker = Callable[[str], list[int]]
"""Returns the numbers of the lines that break a rule."""


def default_css(source: str) -> list[int]:
    """Lines with styles in a widget; these belong in styles/."""
    statements = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.stmt))
    return [node.lineno for node in statements if "DEFAULT_CSS" in _assigned(node)]


def without_group(source: str) -> list[int]:
    """Lines that start a worker without a group; its group could not be cancelled separately."""
    tree = ast.parse(source)
    names = _names_of_work(tree)
    return [call.lineno for call in _worker_starts(tree, names) if not _names_group(call)]


def too_long(source: str) -> list[int]:
    """Lines where a class begins that is longer than `LONGEST` lines."""
    classes = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ClassDef))
    return [node.lineno for node in classes if (node.end_lineno or 0) - node.lineno + 1 > LONGEST]


def texts_at_import(source: str) -> list[int]:
    """Lines that translate a text at import time, when the language of the user is unknown."""
    return sorted(
        node.lineno
        for node in _run_at_import(ast.parse(source))
        if isinstance(node, ast.Call) and _name(node.func) in TEXT_FUNCTIONS
    )


def texts_in_f_strings(source: str) -> list[int]:
    """Lines that translate a text inside an f-string, where Babel does not find it on Python 3.11."""
    return [
        call.lineno
        for string in ast.walk(ast.parse(source))
        if isinstance(string, ast.JoinedStr)
        for call in ast.walk(string)
        if isinstance(call, ast.Call) and _name(call.func) in TEXT_FUNCTIONS
        if any(isinstance(text, ast.Constant) and isinstance(text.value, str) for text in call.args)
    ]


def option_on_screen(source: str) -> list[int]:
    """Lines with a text that names an option or a command, but not as the words of a `NextStep` for the command line.

    The screen shows such a text too, where the user can't type one.
    """
    tree = ast.parse(source)
    of_command_line = {
        id(node)
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and _name(call.func) == "NextStep" and call.args
        for node in ast.walk(call.args[0])
    }
    return [
        call.lineno
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and _name(call.func) in TEXT_FUNCTIONS and id(call) not in of_command_line
        if any(_names_option(text) for text in call.args)
    ]


def _names_option(text: ast.expr) -> bool:
    said = text.value if isinstance(text, ast.Constant) else None
    if not isinstance(said, str) or said in OPTIONS_ALLOWED:
        return False
    return bool(re.search(rf"(?<![\w-])--[a-z]|\bkps-tui ({'|'.join(SUBCOMMANDS)})\b", said))


def own_bases(sources: Iterable[str]) -> set[tuple[str, str]]:
    """Pairs of a class and its base class, both defined in `sources`."""
    trees = [ast.parse(source) for source in sources]
    own = {node.name for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}
    return {(sub, base) for tree in trees for sub, base in _bases(tree) if base in own}


def inherited_to_be_shorter(sources: Iterable[str]) -> set[tuple[str, str]]:
    """Pairs of a class and its base that are allowed neither by `TREES` nor by `BASES`."""
    pairs = own_bases(sources)
    return {(sub, base) for sub, base in pairs if base not in BASES and not _ancestors(base, pairs) & TREES.keys()}


def _bases(tree: ast.Module) -> Iterator[tuple[str, str]]:
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    foreign = {alias.asname or alias.name for node in imports if not _is_own(node) for alias in node.names}
    renamed = {alias.asname: alias.name for node in imports if _is_own(node) for alias in node.names if alias.asname}
    modules = [alias for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    foreign |= {alias.asname or alias.name for alias in modules if alias.name.partition(".")[0] != PACKAGE.name}
    for node in (node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)):
        for base in (base.value if isinstance(base, ast.Subscript) else base for base in node.bases):
            name = _name(base)
            module = _name(base.value) if isinstance(base, ast.Attribute) else ""
            if not foreign & {name, module}:
                yield node.name, renamed.get(name, name)


def _is_own(node: ast.ImportFrom) -> bool:
    return node.level > 0 or (node.module or "").partition(".")[0] == PACKAGE.name


def _ancestors(name: str, pairs: set[tuple[str, str]]) -> set[str]:
    """`name` and all its base classes that are defined in `sources`."""
    found = {name}
    while more := {base for sub, base in pairs if sub in found} - found:
        found |= more
    return found


def _run_at_import(node: ast.AST) -> Iterator[ast.AST]:
    """`node` and its descendants that are evaluated with it: without function bodies and annotations."""
    yield node
    children: Iterable[ast.AST | None]
    if isinstance(node, ast.Lambda):
        children = [*node.args.defaults, *node.args.kw_defaults]
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        children = [*node.decorator_list, *node.args.defaults, *node.args.kw_defaults]
    elif isinstance(node, ast.AnnAssign):
        children = [node.value]
    else:
        children = ast.iter_child_nodes(node)
    for child in children:
        if child is not None:
            yield from _run_at_import(child)


def own_thread(source: str) -> list[int]:
    """Lines that start a thread other than through `blocking`; it could delay the end of the program."""
    names = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name | ast.Attribute))
    return sorted({node.lineno for node in names if _name(node) in WAYS_TO_A_THREAD})


def own_loop(source: str) -> list[int]:
    """Lines that run an event loop other than by `blocking.run`; a Ctrl+C might not wake it up."""
    names = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Attribute))
    return [node.lineno for node in names if (_name(node.value), node.attr) in WAYS_TO_A_LOOP]


def started_directly(source: str) -> list[int]:
    """Lines that start a worker or a timer of Textual other than by `start_worker` or `once`."""
    calls = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    return sorted(call.lineno for call in calls if _name(call.func) in ("run_worker", "set_timer") or _passes_it(call))


def _passes_it(call: ast.Call) -> bool:
    return any(_name(argument) in ("run_worker", "set_timer") for argument in call.args)


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


def _broken(rule: Checker, modules: Iterable[Path]) -> list[str]:
    """Places where a module breaks a rule, as `ui/app.py:12`."""
    return [
        f"{module.relative_to(PACKAGE)}:{line}"
        for module in modules
        for line in rule(module.read_text(encoding="utf-8"))
    ]


@pytest.mark.parametrize("rule", [default_css, without_group, too_long, texts_at_import, texts_in_f_strings])
def test_every_module_keeps_the_rules(rule: Checker) -> None:
    assert _broken(rule, MODULES) == [], rule.__doc__


def test_no_class_inherits_from_another_of_ours_only_to_be_shorter() -> None:
    sources = [module.read_text(encoding="utf-8") for module in MODULES]
    assert inherited_to_be_shorter(sources) == set(), inherited_to_be_shorter.__doc__
    inherited_from = {base for _, base in own_bases(sources)}
    assert inherited_from >= {*TREES, *BASES}, "an exception that nothing needs"


def test_threads_are_started_by_blocking_and_the_demo_server_alone() -> None:
    modules = (module for module in MODULES if module.stem != "blocking" and module.parent.stem != "demo")
    assert _broken(own_thread, modules) == [], own_thread.__doc__


def test_loops_are_run_by_blocking_alone() -> None:
    modules = (module for module in MODULES if module.stem != "blocking")
    assert _broken(own_loop, modules) == [], own_loop.__doc__


def test_workers_and_timers_are_started_in_one_place_each() -> None:
    # The app replaces `set_timer`, for the timers that Textual itself starts.
    modules = (module for module in MODULES if module.stem not in ("workers", "timers", "app"))
    assert _broken(started_directly, modules) == [], started_directly.__doc__


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("self.run_worker(load, group='load')", [1]),
        ("start = partial(self.app.run_worker, group='load')", [1]),
        ("a\nself.set_timer(1, load)", [2]),
        ("start_worker(self, load, group='load')", []),
        ("once(self, 1, load)", []),
    ],
)
def test_a_worker_or_a_timer_that_is_started_directly_is_found(source: str, lines: list[int]) -> None:
    assert started_directly(source) == lines


def test_a_text_that_the_screen_may_show_names_no_option() -> None:
    before_the_screen = {"settings.py", "request_log.py", "vendor.py", "vendor_command.py"}
    modules = [module for module in MODULES if module.parent.stem != "cli" and module.name not in before_the_screen]
    assert _broken(option_on_screen, modules) == [], option_on_screen.__doc__


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


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("TITLE = _('Time')", [1]),
        ("TITLE = i18n._('Time')", [1]),
        ("WORDS = {'a': (counted(2, 'task', 'tasks'),)}", [1]),
        ("class A:\n    title = _('Time')", [2]),
        ("class A:\n    title: str = _('Time')", [2]),
        ("class A:\n    title: str = field(default=_('Time'))", [2]),
        ("def a(title=_('Time')): ...", [1]),
        ("def a(*, other, title=_('Time')): ...", [1]),
        ("class A:\n    async def a(self, title=_('Time')): ...", [2]),
        ("@click.option(help=_('Time'))\ndef a(): ...", [1]),
        ("a = lambda title=_('Time'): title", [1]),
        ("a = [_(name) for name in NAMES]", [1]),
        ("if x:\n    a = ngettext('task', 'tasks', 2)", [2]),
        ("def a():\n    return _('Time')", []),
        ("class A:\n    def a(self):\n        return _('Time')", []),
        ("class A:\n    title: str = field(default_factory=lambda: _('Time'))", []),
        ("a = lambda: _('Time')", []),
        ("def a(value: _('Time')) -> _('Time'): ...", []),
        ("def a():\n    def b(title=_('Time')): ...", []),
        ("from kps_tui.i18n import _", []),
        ("a = number(2)", []),
    ],
)
def test_a_text_that_is_looked_up_at_import_is_found(source: str, lines: list[int]) -> None:
    assert texts_at_import(source) == lines


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("a = f'{b}: {_(\"none\")}'", [1]),
        ('a = (\n    f\'{c or counted(2, "task", "tasks")}\'\n)', [2]),
        ("a = f'{_(name)}'", []),
        ("none = _('none')\na = f'{none}'", []),
    ],
)
def test_a_text_in_an_f_string_is_found(source: str, lines: list[int]) -> None:
    assert texts_in_f_strings(source) == lines


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("Problem(what, next_step=_('check --region'))", [1]),
        ("Problem(what, next_step=NextStep(_('check --region'), _('check the region')))", []),
        ("Problem(what, next_step=NextStep(_('check --{x}').format(x=1), _('check it with --region')))", [1]),
        ("counted(2, '--region', '--regions')", [1]),
        ("_('a -- b')", []),
        ("_('choose one with: kps-tui profiles default NAME')", [1]),
        ("_('kps-tui does not edit it')", []),
    ],
)
def test_an_option_that_the_screen_would_name_is_found(source: str, lines: list[int]) -> None:
    assert option_on_screen(source) == lines


@pytest.mark.parametrize(
    ("source", "lines"),
    [("asyncio.run(go())", [1]), ("with asyncio.Runner() as runner: ...", [1]), ("run(go())\napp.run()", [])],
)
def test_a_loop_that_ctrl_c_may_not_wake_up_is_found(source: str, lines: list[int]) -> None:
    assert own_loop(source) == lines


@pytest.mark.parametrize(
    ("sources", "pairs"),
    [
        (["class A: ...\nclass B(A): ..."], {("B", "A")}),
        (["class A: ...", "from kps_tui.a import A\nclass B(A): ..."], {("B", "A")}),
        (["class A: ...", "from kps_tui.a import A as Base\nclass B(Widget, Base): ..."], {("B", "A")}),
        (["class A: ...", "from kps_tui import a\nclass B(a.A): ..."], {("B", "A")}),
        (["class A(Generic[T]): ...\nclass B(A[int]): ..."], {("B", "A")}),
        (["class A: ...\nclass B(A): ...\nclass C(B): ..."], {("B", "A"), ("C", "B")}),
        (["class Dialog(Screen): ...\nclass A(Dialog): ...\nclass B(A): ..."], {("B", "A")}),
        (["class Login: ...\nclass A(Login): ...\nclass B(A): ..."], set()),
        (["class Problem(Exception): ...", "class A(Problem): ...", "class B(A): ..."], set()),
        (["class Input: ...", "from textual.widgets import Input\nclass B(Input): ..."], set()),
        (["class Command: ...", "import click\nclass B(click.Command): ..."], set()),
        (["class A(Screen): ...\nclass B(Screen): ..."], set()),
    ],
)
def test_a_class_that_is_cut_in_two_is_found(sources: list[str], pairs: set[tuple[str, str]]) -> None:
    assert inherited_to_be_shorter(sources) == pairs


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("import threading\nthreading.Thread(target=work).start()", [2]),
        ("Thread(target=work, daemon=True).start()", [1]),
        ("await asyncio.to_thread(work)", [1]),
        ("loop.run_in_executor(None, work)", [1]),
        ("class A(ThreadPoolExecutor): ...", [1]),
        ("await run_async(work)\nstart(work)\nLock()", []),
    ],
)
def test_a_thread_of_its_own_is_found(source: str, lines: list[int]) -> None:
    assert own_thread(source) == lines
