"""Translation: a catalogue is all that another language needs."""

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import click
import pytest
from rich.cells import cell_len
from textual.pilot import Pilot

from kps_tui.cli.commands import TOPICS
from kps_tui.clock import utc_now
from kps_tui.i18n import N_, _, counted, number, use_language
from kps_tui.kps.regions import REGIONS
from kps_tui.kps.task import FailedTask
from kps_tui.session import request_log
from kps_tui.triage.causes import cause_id, program_runbook
from kps_tui.triage.facets import FACETS
from kps_tui.triage.fields import BY_KEY
from kps_tui.triage.filter import OF_LEDGER, STANDING_WORDS
from kps_tui.triage.task_story import TaskStory
from kps_tui.ui.app import KpsApp
from kps_tui.ui.screens.dialogs.sign_in import SignInScreen
from kps_tui.ui.screens.triage import TriageScreen
from kps_tui.ui.widgets.task_detail.below import below
from kps_tui.ui.widgets.task_detail.sections import whole
from kps_tui.ui.widgets.task_detail.words import Detail
from tests.catalogue import CODE, KEYWORDS, install, msgids, translated
from tests.cli.test_subcommands import COMMANDS
from tests.demo_app import press_keys, until
from tests.loopback import Loopback, listing, row
from tests.program import clean_environment
from tests.test_architecture import MODULES
from tests.ui.screens.driving import press
from tests.ui.screens.test_triage import drive, text_of

pytestmark = pytest.mark.xdist_group("texts")
DATA = (
    repr(row(0)),
    cause_id(FailedTask.from_json(row(0))),
    "kps-tui",
    "a test",
    "reset failed",
    "UTC",
    *STANDING_WORDS,
)
"""Words on the screen that are no texts of the program."""
KEYS = "Enter Esc Tab Space Home End PgUp PgDn Ctrl"
IN_LANGUAGE = f"""
import sys
from kps_tui.cli.commands import SUBCOMMANDS
from kps_tui.cli import run
from kps_tui.i18n import use_language
for subcommand in SUBCOMMANDS.values():
    subcommand.load()
assert use_language({CODE!r}, sys.argv.pop(1))
sys.exit(run(sys.argv[1:]))
"""
"""Chooses the language after everything is imported."""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder for catalogues; afterwards texts are those of the source again."""
    monkeypatch.setenv("LANGUAGE", os.environ.get("LANGUAGE", ""))
    yield tmp_path / "locale"
    use_language("")


@pytest.fixture
def language(folder: Path) -> Path:
    """Every text in the made-up language."""
    install(folder)
    assert use_language(CODE, folder)
    return folder


def english(text: str, *data: str) -> set[str]:
    """Return the words of three or more letters in `text` that are in none of the `data`."""
    return set(re.findall(r"[A-Za-z]{3,}", text)) - set(re.findall(r"[A-Za-z]{3,}", " ".join(data)))


def test_without_a_catalogue_texts_are_those_of_the_source(tmp_path: Path) -> None:
    assert not use_language("xx", tmp_path)
    assert not use_language("../xx", tmp_path)
    assert _("Filter") == N_("Filter") == "Filter"
    assert [counted(count, "1 task", "{count} tasks") for count in (0, 1, 2500)] == ["0 tasks", "1 task", "2,500 tasks"]
    assert counted(3, "{count} task in {place}", "{count} tasks in {place}", place="a") == "3 tasks in a"


def test_a_catalogue_has_its_own_plural_forms_and_separator(folder: Path) -> None:
    forms = ("{count} zadanie", "{count} zadania", "{count} zadań")
    install(folder, [(("{count} task", "{count} tasks"), forms), (",", " "), ("Filter", "Filtr")])
    assert use_language(CODE, folder)
    words = [counted(count, "{count} task", "{count} tasks") for count in (1, 2, 5, 1_000, 1_002)]
    assert words == ["1 zadanie", "2 zadania", "5 zadań", "1 000 zadań", "1 002 zadania"]
    assert (_("Filter"), _("not in it"), _(""), number(1_000_000)) == ("Filtr", "not in it", "", "1 000 000")
    use_language("")
    assert (_("Filter"), number(1_000)) == ("Filter", "1,000")


def test_every_text_can_be_extracted() -> None:
    """A text that is composed before it is looked up is in no catalogue."""
    known = {msgid if isinstance(msgid, str) else msgid[0] for msgid in msgids()}
    for module in MODULES:
        calls = [node for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
        for call in calls:
            name = call.func.id if isinstance(call.func, ast.Name) else ""
            text = call.args[1 if name == "counted" else 0] if name in KEYWORDS else None
            if isinstance(text, ast.Constant):
                assert text.value in known, f"{module}:{call.lineno}"
            elif name in ("N_", "counted"):
                raise AssertionError(f"{module}:{call.lineno}: the text is no literal")
            elif text is not None:
                assert isinstance(text, ast.Name | ast.Attribute | ast.Subscript), f"{module}:{call.lineno}"


def test_the_help_of_every_command_is_translated(language: Path) -> None:
    for context in COMMANDS:
        command = context.command
        params = command.get_params(context)
        syntax = [param.get_help_spec(context) for param in params if isinstance(param, click.Option)]
        syntax += [param.make_metavar(context) for param in params if isinstance(param, click.Argument)]
        syntax += [*command.commands] if isinstance(command, click.Group) else []
        values = [*FACETS, *BY_KEY, *TOPICS, *(example.line for example in getattr(command, "examples", ()))]
        left = english(command.get_help(context), context.command_path, "[OPTIONS] COMMAND [ARGS]", *syntax, *values)
        assert left == set(), context.command_path


def test_a_program_speaks_the_language_that_is_chosen_after_everything_is_imported(folder: Path) -> None:
    install(folder)
    environ = clean_environment(HOME=str(folder), XDG_STATE_HOME=str(folder / "state"))

    def run(*arguments: str) -> tuple[str, str]:
        command = [sys.executable, "-c", IN_LANGUAGE, str(folder), *arguments]
        ended = subprocess.run(command, env=environ, capture_output=True, text=True, check=False, timeout=60)
        return ended.stdout, ended.stderr

    out, err = run("--help")
    assert err == ""
    assert out.startswith(f"{translated('Usage:')} kps-tui [OPTIONS] [COMMAND] [ARGS]...")
    assert translated("Show this message and exit.") in out
    assert "-c" not in run("--version")[0]
    assert english(run("--zzz")[1], "kps-tui --zzz --help") == set()
    assert english(run("list", "--page-size", "0")[1], "kps-tui list --page-size --help") == set()
    mistake = run("list", "--where", "nonsense:x", "--demo")[1]
    assert english(mistake, "kps-tui nonsense --where since until", *BY_KEY, *OF_LEDGER) == set()
    assert english(run("show", "none", "--demo", "--demo-tasks", "3")[1], "kps-tui none") == set()
    out, err = run("why", "Server login credential incorrect", "--op", "replace")
    addresses = [procedure.page for procedure in program_runbook().procedures.values()]
    assert english(out + err, "replace dew_faq", *addresses) == set()
    assert translated("the server is running") in out


VIEWS = [
    ([], "newest first", ""),
    (["question_mark"], "On what is shown", ""),
    (["colon", *"diagnose"], "check connection, login, terminal", "diagnose doctor"),
    (
        ["y"],
        "Copy · {what}",
        "JSON Markdown kps-tui list --endpoint http --project-id hcloud #!/bin/sh",
    ),
    (["E"], "Requests · the last {count}, newest first", "GET failed-tasks running-tasks limit offset req"),
    (["F"], "none in any task", ""),
    (["e"], "Export · {what}", "failed-tasks kps csv json jsonl md"),
    (["space"], "1 marked", ""),
    (["enter"], "name", "https support.huaweicloud.com usermanual-dew html"),
    (["t"], "Back", ""),
    (["w"], "watch: {times}", ""),
]
"""The keys that open a part of the screen, a text in it, and the words in it that are data."""


def test_the_screen_is_translated(language: Path) -> None:
    # The log of requests is that of the process: other tests may have sent some.
    request_log._recent.clear()

    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        for keys, shown, data in VIEWS:
            await press(app, pilot, *keys)
            assert english(text_of(app), KEYS, *DATA, data, str(Path.cwd())) == set(), keys
            assert translated(shown).split("{")[0] in text_of(app), keys
            await press(app, pilot, "escape")

    drive(listing([row(number) for number in range(30)]), body)


def is_shown(app: KpsApp, text: str) -> bool:
    return text in text_of(app)


def test_the_sign_in_is_translated(language: Path) -> None:
    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        await press_keys(app, "L")
        await until(pilot, "the sign-in is there", lambda: isinstance(app.screen, SignInScreen))
        regions = " ".join(f"{id} {name}" for id, name in REGIONS.items())
        for title in ("Which region?", "How do you want to sign in?", "IAM token"):
            await until(pilot, title, partial(is_shown, app, translated(title)))
            assert english(text_of(app), KEYS, *DATA, regions) == set()
            await pilot.press("enter")

    drive(listing([]), body)


def test_labels_in_wide_characters_are_aligned_in_the_detail(folder: Path) -> None:
    install(folder, [("name", "名称"), ("id", "标识"), ("Server", "云服务器")])
    assert use_language(CODE, folder)
    detail = Detail(TaskStory(FailedTask.from_json(row(0))), utc_now())
    aligned = [line for line in whole(detail, 60).plain.splitlines() if line.startswith(("名称 ", "标识 "))]
    assert len(aligned) == 4
    assert {cell_len(line[: -len(line.split()[-1])]) for line in aligned} == {10}
    [line] = [line for line in below(detail, 90, 7).plain.splitlines() if line.startswith("云服务器")]
    assert cell_len(line.partition("web-0")[0]) == 11
