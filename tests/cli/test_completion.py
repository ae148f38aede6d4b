"""Completion: what a TAB offers, and the script of bash in a real one."""

import json
import subprocess
import sys
from pathlib import Path

import click
import pytest

from kps_tui.cli.completion import SCRIPTS, answer
from kps_tui.cli.program_commands import SHELLS
from kps_tui.kps.regions import REGIONS
from kps_tui.locations import database_file
from kps_tui.settings import THEMES
from kps_tui.storage.snapshot import ListKey
from kps_tui.storage.snapshot_store import Snapshots
from kps_tui.triage.facets import FACETS
from kps_tui.triage.filter.mistakes import NAMES
from tests import program
from tests.cli.test_subcommands import COMMANDS, HEAVY, IDS
from tests.storage.lists import snapshot, task
from tests.terminal.pty_run import INSTALLED, Terminal, environment

PROFILES = """
[profiles.prod-hk]
region = "ap-southeast-1"
kind = "environment"
[profiles."with space"]
region = "cn-north-4"
kind = "environment"
[views.binds]
where = "op:bind"
[views.web]
"""
ASKING = """
import json, os, sys
from kps_tui.cli import run
for line in sys.argv[1:]:
    os.environ |= {"_KPS_TUI_COMPLETE": "fish", "_KPS_TUI_LINE": line}
    run([])
print(json.dumps([*sys.modules]), file=sys.stderr)
"""
"""Answers several TABs, and prints on stderr the names of all imported modules."""


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A configuration with two profiles, which is the one in use."""
    path = tmp_path / "config.toml"
    path.write_text(PROFILES)
    monkeypatch.setenv("KPS_TUI_CONFIG", str(path))
    return path


def offered(line: str, shell: str = "fish", word: str = "") -> list[str]:
    """What a TAB at the end of `line` offers, without what it means."""
    environ = {"_KPS_TUI_LINE": line, "_KPS_TUI_WORD": word}
    return [each.partition("\t")[0].partition(",")[2] for each in answer(shell, environ).splitlines()]


@pytest.mark.parametrize(
    ("line", "values"),
    [
        ("kps-tui fac", ["facet"]),
        ("/opt/bin/kps-tui profiles ren", ["rename"]),
        ("kps-tui completion ", [*SHELLS]),
        ("kps-tui --theme ", [*THEMES]),
        ("kps-tui list --format j", ["json", "jsonl"]),
        ("kps-tui list --reg", ["--region"]),
        ("kps-tui list --the", []),
        ("kps-tui logout --demo", []),
        ("kps-tui --region ", [*REGIONS]),
        ("kps-tui --lang z", ["zh_CN"]),
        ("kps-tui --profile ", ["prod-hk", "with space"]),
        ("kps-tui profiles remove prod", ["prod-hk"]),
        ("kps-tui --config /nonexistent --profile ", []),
        ("kps-tui facet ", [*FACETS]),
        ("kps-tui list --view ", ["binds", "web"]),
        ("kps-tui facet --view=b", ["binds"]),
        ("kps-tui show --vi", []),
        ("kps-tui list --columns server,s", ["server,state", "server,sid"]),
        ("kps-tui list --columns=se", ["server"]),
        ("kps-tui why kps.", []),
        ("kps-tui why KPS.401", ["KPS.4016"]),
        ("kps-tui list --sort server,-ti", ["server,-time"]),
        ("kps-tui list --sort -ti", ["-time"]),
        ("kps-tui list --sort=server,fam", ["server,family"]),
        ("kps-tui list --where ", [f"{name}:" for name in (*(n for n in NAMES if n != "time"), "time")]),
        ("kps-tui list --where fam", ["family:"]),
        ("kps-tui list --where op:b", ["op:bind"]),
        ("kps-tui list --where op:bind,res", ["op:bind,reset"]),
        ("kps-tui list --where 'op:bind (is:n", ["op:bind (is:new"]),
        ("kps-tui list --where -cause:security-", ["-cause:security-group"]),
        ('kps-tui list --where "-cause:security-', ["-cause:security-group"]),
        ("kps-tui list --where=op:b", ["op:bind"]),
        ("kps-tui list --where since:to", ["since:today"]),
        ("kps-tui list --where on:2", []),
        ("kps-tui list --where nonsense:", []),
        ("kps-tui list --limit ", []),
    ],
)
def test_a_tab_offers_what_may_follow(line: str, values: list[str], config: Path) -> None:
    assert sorted(offered(line)) == sorted(values)


def test_values_come_with_what_they_mean_where_the_shell_shows_it(config: Path) -> None:
    line = {"_KPS_TUI_LINE": "kps-tui --profile prod"}
    assert answer("fish", line) == "plain,prod-hk\tap-southeast-1\n"
    assert answer("zsh", line) == "plain\nprod-hk\nap-southeast-1\n"
    assert answer("fish", {"_KPS_TUI_LINE": "kps-tui count --view b"}) == "plain,binds\top:bind\n"
    assert answer("bash", line | {"_KPS_TUI_WORD": "prod"}) == "plain,prod-hk\n"
    assert answer("bash", {"_KPS_TUI_LINE": "kps-tui list -o "}) == "file,\n"


def test_what_a_file_says_about_a_value_can_not_act_on_the_terminal(config: Path) -> None:
    config.write_text('[profiles.a]\nregion = "\\u001b[2J\\tx\\n,\\u202e"\nkind = "environment"\n')
    for shell in SHELLS:
        said = answer(shell, {"_KPS_TUI_LINE": "kps-tui --profile "})
        assert {character for character in said if not character.isprintable()} <= {"\n", "\t"}


def test_bash_gets_only_what_follows_the_last_colon_where_that_ends_a_word() -> None:
    assert offered("kps-tui list --where op:b", "bash", word="b") == ["bind"]
    assert offered("kps-tui list --where cause:security-", "bash", word="security-") == ["security-group"]
    assert offered("kps-tui list --where 'op:b", "bash", word="'op:b") == ["op:bind"]
    assert offered("kps-tui list --where=op:res", "bash", word="res") == ["reset"]


@pytest.mark.parametrize("context", COMMANDS, ids=IDS)
def test_every_value_of_every_command_can_be_completed(context: click.Context, config: Path) -> None:
    for param in context.command.get_params(context):
        param.shell_complete(context, "")
    assert context.command.shell_complete(context, "--")


def test_the_user_s_own_causes_are_offered(config: Path, tmp_path: Path) -> None:
    config.with_name("runbook.toml").write_text(
        '[causes.our-proxy]\nname = "our proxy"\ncheck = "x"\nfix = "y"\nmessages.likely = ["connect to * timed out"]\n'
    )
    asked = {"_KPS_TUI_COMPLETE": "fish", "_KPS_TUI_LINE": "kps-tui count --where cause:our"}
    ended = program.run(tmp_path, environ=asked | {"KPS_TUI_CONFIG": str(config)})
    assert (ended.code, ended.out) == (0, "plain,cause:our-proxy\tour proxy\n")


@pytest.mark.parametrize("text", ["[profiles", "[profiles.a]\nregion = 3\n", "\0"])
def test_a_damaged_configuration_offers_nothing_and_says_nothing(text: str, tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text(text)
    asked = {"_KPS_TUI_COMPLETE": "bash", "_KPS_TUI_LINE": "kps-tui --profile ", "KPS_TUI_CONFIG": str(config)}
    ended = program.run(tmp_path, environ=asked)
    assert (ended.code, ended.out, ended.err) == (0, "", "")


def test_a_tab_imports_neither_the_client_nor_the_screen_nor_the_keyring(config: Path) -> None:
    lines = [f"kps-tui {line}" for line in ("", "--profile ", "list --where cause:", "facet ", "login --kind ")]
    ended = subprocess.run(
        [sys.executable, "-c", ASKING, *lines], capture_output=True, text=True, check=True, timeout=60
    )
    assert "prod-hk" in ended.stdout
    assert "cause:security-group" in ended.stdout
    loaded = set(json.loads(ended.stderr.splitlines()[-1]))
    # These know where the configuration is, and read the runbook.
    assert loaded & (HEAVY | {"keyring", "kps_tui.kps.client"}) <= {"platformdirs", "tempfile"}


def test_the_scripts_are_those_of_the_shells_that_can_be_named() -> None:
    assert tuple(SCRIPTS) == SHELLS


ENDPOINT = "https://kms.example.com"
UUID = "392c88ea-0000-4000-8000-000000000001"
IDS_SENT = (UUID, "task_2.b", "$(touch x)", "`id`", "a b", "-rf", "~root", "a\nb", "!!", "")
"""Ids that a service may send."""


@pytest.fixture
def saved(config: Path) -> Path:
    """Return the database with the last lists of two projects."""
    config.write_text(f'[profiles.prod]\nendpoint = "{ENDPOINT}"\nproject_id = "p1"\nkind = "environment"\n')
    store = Snapshots(database_file())
    tasks = [task(number, task_id=id) for number, id in enumerate(IDS_SENT)]
    store.save(ListKey("prod", "kms.example.com", "p1"), snapshot(tasks))
    store.save(ListKey("prod", "kms.example.com", "p2"), snapshot([task(0, task_id="77aabbcc-01")]))
    return database_file()


@pytest.mark.parametrize(
    ("line", "values"),
    [
        ("show ", [UUID, "task_2.b"]),
        ("show 39", [UUID]),
        ("show 39 ", []),
        ("--profile prod show t", ["task_2.b"]),
        ("why 3", [UUID]),
        ("why t", []),
        ("why KPS.401", ["KPS.4016"]),
        ("why 392c88ea 3", []),
        ("show --project-id p2 ", ["77aabbcc-01"]),
        (f"--endpoint {ENDPOINT} --project-id p2 show 7", ["77aabbcc-01"]),
        ("--endpoint https://other.example.com show ", []),
        ("--config /nonexistent show 7", []),
        ("--demo show ", []),
        ("--profile other show ", []),
        ("--endpoint not/an/endpoint show ", []),
    ],
)
def test_ids_of_tasks_come_from_the_saved_list_of_the_place_and_no_shell_expands_them(
    line: str, values: list[str], saved: Path
) -> None:
    assert offered(f"kps-tui {line}") == values


def test_a_saved_task_is_told_by_what_failed(saved: Path) -> None:
    said = answer("fish", {"_KPS_TUI_LINE": "kps-tui show 39"})
    assert said.endswith("0001\treset server-0 Update public key error\n")


def test_a_list_that_is_not_wanted_or_can_not_be_read_offers_nothing_and_stays(saved: Path, config: Path) -> None:
    whole = saved.read_bytes()
    config.write_text(f"snapshot = false\n{config.read_text()}")
    assert offered("kps-tui show ") == []
    assert saved.read_bytes() == whole
    config.write_text(config.read_text().replace("false", "true"))
    saved.write_bytes(b"no database " * 1000)
    assert offered("kps-tui show ") == []
    assert offered("kps-tui why KPS.401") == ["KPS.4016"]
    assert saved.read_bytes() == b"no database " * 1000
    assert [path.name for path in saved.parent.iterdir() if path != saved] == []


@pytest.mark.parametrize(
    ("typed", "offers"), [("a", "a\\$\\(touch\\ x\\)b\n"), ('"a', "\n"), ("'a", "\n"), ('"wi', "with space\n")]
)
def test_bash_offers_nothing_that_an_open_quote_would_not_keep(typed: str, offers: str, config: Path) -> None:
    config.write_text(PROFILES + '[profiles."a$(touch x)b"]\nkind = "environment"\nregion = "cn-north-4"\n')
    script = (
        'eval "$(kps-tui completion bash)"; COMP_WORDS=(kps-tui --profile "$1"); COMP_CWORD=2;'
        ' COMP_LINE="kps-tui --profile $1"; COMP_POINT=${#COMP_LINE}; _kps_tui_completion kps-tui;'
        ' printf "%s\n" "${COMPREPLY[@]}"'
    )
    path = f"{Path(INSTALLED).parent}:/usr/bin:/bin"
    env = environment(PATH=path, KPS_TUI_CONFIG=str(config))
    ended = subprocess.run(["bash", "-c", script, "-", typed], capture_output=True, text=True, env=env, timeout=60)
    assert ended.stdout == offers


def test_bash_completes_in_a_terminal(config: Path, tmp_path: Path) -> None:
    path = f"{Path(INSTALLED).parent}:/usr/bin:/bin"
    env = environment(PATH=path, KPS_TUI_CONFIG=str(config), INPUTRC="/dev/null", PS1="$ ")
    with Terminal(["bash", "--norc", "--noprofile", "-i"], columns=160, env=env) as terminal:
        terminal.shows("$ ")
        terminal.send('eval "$(kps-tui completion bash)" && echo rea""dy\r')
        terminal.shows("ready")
        for typed, shown in (
            ("kps-tui fac\t", "kps-tui facet "),
            ("--where op:res\t", "kps-tui facet --where op:reset "),
            ("--profile wi\t", "--profile with\\ space "),
            ('--where "op:bind cause:security-\t', '--where "op:bind cause:security-group" '),
            ("--where=fam\t", "--where=family:"),
        ):
            terminal.send(typed)
            terminal.shows(shown)
