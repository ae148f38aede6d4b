"""`help` and `version`: every topic as a page for a terminal, and all of them as the manual."""

import os
import re
import signal
from pathlib import Path

import pytest

from kps_tui import __version__, problems
from kps_tui.cli.commands import TOPICS, kps_tui
from kps_tui.cli.manual import as_roff, as_text, manual
from kps_tui.cli.page import Page
from kps_tui.cli.topics import EXIT_CODES, FILTERS, PAGES, Rows, Section, environment
from kps_tui.kps import errors
from kps_tui.triage.filter import parsed_strictly
from tests import program, readme
from tests.cli.test_subcommands import COMMANDS
from tests.test_architecture import MODULES

MACROS = (".TH", ".SH", ".SS", ".PP", ".TP", ".B", ".nh", ".ad")
CANARY = "canary-2b9f"


@pytest.mark.parametrize("name", PAGES)
def test_every_topic_is_a_page_that_fits_80_columns(name: str) -> None:
    said = as_text(PAGES[name](), Page(width=78))
    assert len(said.splitlines()) > 8
    assert max(map(len, said.splitlines())) <= 80


def test_the_manual_has_every_command_and_every_topic() -> None:
    assert {*PAGES, "man"} == {*TOPICS}
    titles = [section.title for section in manual()]
    assert {context.command_path for context in COMMANDS} - {*titles} == {"kps-tui"}
    assert {section.title for make in PAGES.values() for section in make()} <= {*titles}


def test_the_filters_of_the_help_are_filters() -> None:
    for filter, _words in FILTERS:
        parsed_strictly(filter)


def test_the_exit_codes_of_the_help_are_those_of_the_program() -> None:
    said = {int(code) for codes, _words in EXIT_CODES for code in codes.split(", ")}
    kinds = [kind for module in (problems, errors) for kind in vars(module).values() if isinstance(kind, type)]
    raised = {kind.exit_code for kind in kinds if issubclass(kind, problems.Problem)}
    assert raised <= said
    assert said == {*problems.ExitCode} | {0, 128 + signal.SIGQUIT, 128 + signal.SIGTERM}


def test_every_variable_of_ours_is_in_the_help() -> None:
    source = "".join(module.read_text(encoding="utf-8") for module in MODULES)
    rows = [block.rows for section in environment() for block in section.blocks if isinstance(block, Rows)]
    said = {name for each in rows for name, _words in each}
    assert set(re.findall(r"\bKPS_TUI_[A-Z]+(?:_[A-Z]+)*\b", source)) <= said


@pytest.mark.parametrize("language", readme.MANUALS)
def test_the_manual_page_is_current(language: str) -> None:
    page = readme.MANUALS[language].read_text(encoding="utf-8")
    assert page == readme.manual_page(language), "run: python -m tests.readme"


def test_no_text_is_a_command_of_roff() -> None:
    hostile = [".SH", "'br", "a \\fB b", 'say "x"', "--option"]
    page = as_roff([Section('a "b" \\ -', (*hostile, Rows([(text, text) for text in hostile])))])
    lines = page.splitlines()
    assert {line.partition(" ")[0] for line in lines if line.startswith((".", "'"))} == {*MACROS} - {".SS"}
    assert lines.count("\\&.SH") == 3
    assert "a \\efB b" in lines
    assert '.SH "A \\(dqB\\(dq \\e \\-"' in lines


def test_help_prints_what_the_option_prints(tmp_path: Path) -> None:
    for asked, option in (("profiles rename", "profiles rename --help"), ("", "--help")):
        said = program.run(tmp_path, "help", *asked.split())
        assert (said.code, said.err) == (0, "")
        assert said.out == program.run(tmp_path, *option.split()).out
    assert program.run(tmp_path, "help", "exit-codes").out.startswith("Exit codes:\n  0 ")
    for language, page in readme.MANUALS.items():
        said = program.run(tmp_path, "help", "man", "--roff", "--lang", language)
        assert said.out == page.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("lst", "“lst” is neither a command nor a topic · did you mean “list”?"),
        ("exit", "“exit” is neither a command nor a topic · did you mean “exit-codes”?"),
        ("\x1b[2Jx", "“␛[2Jx” is neither a command nor a topic · see kps-tui help"),
        ("keys --roff", "only the manual can be printed as roff · use: kps-tui help man --roff"),
    ],
)
def test_an_unknown_topic_is_one_sentence(asked: str, said: str) -> None:
    with kps_tui.make_context("kps-tui", ["help", *asked.split()]) as context, pytest.raises(problems.ConfigError) as e:
        kps_tui.invoke(context)
    assert str(e.value) == said


def test_version_says_what_an_issue_needs_and_no_secret(tmp_path: Path) -> None:
    environ = {"KPS_TUI_TOKEN": CANARY, "HW_SECRET_KEY": CANARY, "XDG_CONFIG_HOME": str(tmp_path / "conf\x07ig")}
    ended = program.run(tmp_path, "version", environ=environ)
    assert (ended.code, ended.err) == (0, "")
    said = dict(re.split(r" {2,}", line, maxsplit=1) for line in ended.out.splitlines())
    assert said["kps-tui"] == __version__
    assert said["Textual"] == "8.2.8"
    assert said["state"] == str(tmp_path / "state" / "kps-tui")
    assert said["configuration"].endswith("ig/kps-tui/config.toml")
    assert ended.out.replace("\n", "").isprintable()
    found = program.run(tmp_path, "version", "--format", "json", "--config", "x.toml", environ=environ)
    assert found.json["configuration"] == "x.toml"
    assert {*found.json} == {*said}
    assert CANARY not in ended.out + found.out
    assert os.sep in said["Python"]
