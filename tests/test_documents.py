"""What the documents name exists: commands and options, tests, files, modules, variables."""

import ast
import re
import shlex
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import click
import pytest

from kps_tui.cli.commands import SUBCOMMANDS, kps_tui
from kps_tui.identity.configuration import load
from kps_tui.session.own_runbook import use_own_runbook
from kps_tui.triage.causes import use_own
from kps_tui.ui.commands import COMMANDS
from kps_tui.ui.keys import key_map

ROOT = Path(__file__).parents[1]
DOCUMENTS = {name: (ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "CHANGELOG.md")} | {
    path.name: path.read_text(encoding="utf-8") for path in sorted((ROOT / ".github").glob("*.md"))
}
"""Their texts by the name of the file."""
PUNCTUATION = set("();<>|&")


def shell_lines(text: str) -> Iterator[str]:
    """Yield the lines of the blocks of shell commands in a document."""
    for block in re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        yield from block.splitlines()


def spans(text: str) -> list[str]:
    """Return what stands between backticks in the sentences of a document."""
    outside = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    return re.findall(r"`([^`\n]+)`", outside)


def commands(line: str) -> Iterator[list[str]]:
    """Yield the arguments of each `kps-tui` that a line of shell runs."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.wordchars += ":,@%{}"
    words = [*lexer]
    for start, word in enumerate(words):
        begins = start == 0 or set(words[start - 1]) <= PUNCTUATION or words[start - 1] == "run"
        if word == "kps-tui" and begins:
            rest = words[start + 1 :]
            end = next((number for number, found in enumerate(rest) if set(found) <= PUNCTUATION), len(rest))
            # The number of a redirection, as in `2>`.
            redirects = end < len(rest) and rest[end].startswith(">") and rest[end - 1].isdigit()
            yield rest[: end - 1 if redirects else end]


def parse(command: click.Command, name: str, arguments: Sequence[str], parent: click.Context | None = None) -> None:
    """Parse `arguments` as the program does, without running anything.

    Raises:
        click.UsageError: they are not understood.
    """
    context = click.Context(command, parent, name, **command.context_settings)
    context.ensure_object(dict)
    try:
        # The method of a group would hide the rest.
        rest = click.Command.parse_args(command, context, [*arguments])
    except click.exceptions.Exit:
        return
    if isinstance(command, click.Group) and rest:
        _name, found, beyond = command.resolve_command(context, rest)
        assert found is not None
        parse(found, rest[0], beyond, context)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_command_line_is_understood(name: str) -> None:
    for line in shell_lines(DOCUMENTS[name]):
        for arguments in commands(line):
            parse(kps_tui, "kps-tui", arguments)
    for span in spans(DOCUMENTS[name]):
        for arguments in commands(span) if "kps-tui" in span else ():
            # A sentence may name a command without its arguments.
            with suppress(click.MissingParameter):
                parse(kps_tui, "kps-tui", arguments)


def test_command_lines_are_found_as_a_shell_reads_them() -> None:
    assert len([line for line in shell_lines(DOCUMENTS["README.md"]) if [*commands(line)]]) > 10
    line = "a=1 uv run kps-tui list --where 'op:bind since:24h' 2>/dev/null | kps-tui why - < log; $(kps-tui count) # x"
    assert [*commands(line)] == [["list", "--where", "op:bind since:24h"], ["why", "-"], ["count"]]
    for wrong in (["lst"], ["list", "--were", "x"], ["show"], ["profiles", "forget"], ["--demo-tasks", "few"]):
        with pytest.raises(click.UsageError):
            parse(kps_tui, "kps-tui", wrong)


def test_every_option_exists() -> None:
    known = {"-h", "--help", *_options(kps_tui)}
    for subcommand in SUBCOMMANDS.values():
        known |= _options(subcommand.load())
    # The section on installing names options of pip and uv.
    readme = re.sub(r"^## Install\n.*?(?=^## )", "", DOCUMENTS["README.md"], flags=re.MULTILINE | re.DOTALL)
    translated = re.sub(r"^## 安装\n.*?(?=^## )", "", DOCUMENTS["README.zh-CN.md"], flags=re.MULTILINE | re.DOTALL)
    for text in (readme, translated, DOCUMENTS["CHANGELOG.md"]):
        named = {line.split()[0].partition("=")[0] for line in spans(text) if re.match("--?[a-z]", line)}
        assert named - known - {"--dryrun", "--cli-query"} == set(), "the last two are of hcloud"


def _options(command: click.Command) -> set[str]:
    found = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}
    nested = command.commands.values() if isinstance(command, click.Group) and command is not kps_tui else ()
    return found.union(*map(_options, nested))


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_test_that_is_named_exists(name: str) -> None:
    for path, function in re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", DOCUMENTS[name]):
        tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
        defined = {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
        assert function in defined, f"{path}::{function}"


def test_every_promise_names_a_test() -> None:
    promised = DOCUMENTS["SECURITY.md"].partition("## What is promised")[2].partition("\n## ")[0]
    promises = [line for line in promised.splitlines() if line.startswith("* ")]
    assert len(promises) > 15
    assert [line for line in promises if "::test_" not in line] == []


@pytest.mark.parametrize("name", [name for name in DOCUMENTS if name.startswith("README")])
def test_the_examples_of_the_configuration_have_no_mistake(name: str, tmp_path: Path) -> None:
    examples = re.findall(r"^```toml\n(.*?)^```", DOCUMENTS[name], re.MULTILINE | re.DOTALL)
    for kind, text in zip(("config", "profiles", "views", "runbook"), examples, strict=True):
        (tmp_path / f"{kind}.toml").write_text(text, encoding="utf-8")
    configuration = load(tmp_path / "config.toml")
    assert configuration.warnings == ()
    assert [*configuration.profiles] == ["prod"]
    assert [view.name for view in configuration.views] == ["binds"]
    assert key_map(COMMANDS, configuration.keys).warnings == ()
    try:
        assert use_own_runbook(configuration) == ()
    finally:
        use_own(None)


def test_every_file_that_is_named_exists() -> None:
    places = [ROOT / name for name in ("kps_tui", "styles", "tests", ".ci")]
    known = {f"/{path.relative_to(ROOT).as_posix()}" for place in places for path in (place, *place.rglob("*"))}
    for span in spans(DOCUMENTS["CONTRIBUTING.md"]):
        if re.fullmatch(r"[\w./-]+\.(py|toml|sh|tcss|po)|(kps_tui|tests|styles|\.ci)/[\w./-]*", span):
            end = "/" + span.rstrip("/").replace("LANGUAGE", "zh_CN")
            assert span in CONFIGURATION or any(path.endswith(end) for path in known), span


def test_every_method_of_the_walks_exists() -> None:
    named = {
        tuple(span.split(".")) for span in spans(DOCUMENTS["CONTRIBUTING.md"]) if re.fullmatch(r"[A-Z]\w+\.\w+", span)
    }
    assert len(named) > 25
    declared = re.compile(rf"^class ({'|'.join(sorted(one for one, _ in named))})\b", re.MULTILINE)
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "kps_tui").rglob("*.py")]
    members = {
        (node.name, name)
        for source in sources
        if declared.search(source)
        for node in ast.parse(source).body
        if isinstance(node, ast.ClassDef)
        for child in node.body
        for name in _defined(child)
    }
    assert named - members - PRIVATE_OF_TEXTUAL == set()


def _defined(child: ast.stmt) -> list[str]:
    match child:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.AnnAssign(target=ast.Name(id=name)):
            return [name]
    return []


PRIVATE_OF_TEXTUAL = {("App", "_driver"), ("App", "_fatal_error")}
CONFIGURATION = {"config.toml", "profiles.toml", "views.toml"}
"""Files of the user."""
