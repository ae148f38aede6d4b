"""The vendor's commands as a real shell runs them: every argument arrives unchanged, and nothing else happens."""

import json
import os
import re
import shlex
import stat
import subprocess
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kps_tui.kps.task import FailedTask
from kps_tui.sanitize import line
from kps_tui.triage.store import TaskStore
from kps_tui.triage.vendor_command import vendor_commands
from tests.payloads import PAYLOADS
from tests.triage.tasks import task

PROJECT = "0123456789abcdef0123456789abcdef"
PLACE = ["--cli-region=cn-north-4", f"--project_id={PROJECT}"]
SERVER = "c9aa197b-a6b6-4c33-b3a6-fa0b4ec50006"
TASK = "aee8d2fe-5484-4753-9177-5a38dc15546c"
PASSWORD = {"type": "password", "key": "<root password of the server>"}
PRIVATE_KEY = {"type": "keypair", "key": "<private key of the present key pair, PEM>"}
DELETED = ["KPS", "DeleteFailedTask", *PLACE, f"--task_id={TASK}", "--dryrun"]
OPERATIONS = ("BIND", "REPLACE", "RESET", "UNBIND")
HOSTILE = [
    *PAYLOADS.values(),
    "$(touch ran)",
    "`touch ran`",
    "'; touch ran; '",
    '"; touch ran; "',
    "\\'; touch ran; \\'",
    "a\ntouch ran\n",
    "a\r\ntouch ran",
    "& touch ran &",
    "| touch ran",
    "> ran",
    "<(touch ran)",
    "${IFS}",
    "~root * ? [a-z] {a,b} !! !x",
    "-rf",
    "--dryrun",
    "#",
    "\\",
    "\\\\'\\",
    "=touch",
    "%s%n",
]


WORDS = r"# [A-Za-z0-9 ,:.=/~_-]+"
"""A comment that does nothing in a shell that runs it."""
UNQUOTED = (
    r"\(umask 077; set -C; printf Q Q+ >kps-[a-z]+-[0-9a-f]{8}\.json\)"
    r"|hcloud KPS [A-Za-z]+( --[a-z_.-]+=Q+)+( --cli-jsonInput=kps-[a-z]+-[0-9a-f]{8}\.json)? --dryrun"
)
"""A command with all that is in quotes replaced by `Q`."""


class Ran(NamedTuple):
    """What a shell did."""

    calls: list[list[str]]
    """The arguments of each call of `hcloud`."""
    bodies: dict[str, Any]
    """The content of the files that it left, by their names."""


def run(commands: str, folder: Path, shell: str = "sh", complaint: str = "") -> Ran:
    """Run `commands` in a folder, with an `hcloud` that only prints its arguments; the shell says `complaint`."""
    programs, room = folder / "bin", folder / "room"
    for each in (programs, room):
        each.mkdir(exist_ok=True)
    fake = programs / "hcloud"
    fake.write_text("#!/bin/sh\nprintf '%s\\0' \"$@\" END\n")
    fake.chmod(0o700)
    done = subprocess.run(
        [shell, "-c", commands],
        cwd=room,
        env={"PATH": f"{programs}:{os.environ['PATH']}", "LC_ALL": "C.UTF-8"},
        capture_output=True,
        timeout=60,
        check=True,
    )
    assert re.fullmatch(complaint, done.stderr.decode())
    calls = [call.split("\0")[:-1] for call in done.stdout.decode().split("END\0")[:-1]]
    files = list(room.iterdir())
    assert all(stat.S_IMODE(file.stat().st_mode) == 0o600 for file in files)
    return Ran(calls, {file.name: json.loads(file.read_text()) for file in files})


def of(operation: str, **values: object) -> FailedTask:
    return task(operate_type=f"FAILED_{operation}", **values)


def commands(*tasks: FailedTask, demo: bool = False) -> str:
    return vendor_commands(tasks, "cn-north-4", PROJECT, demo=demo)


@pytest.mark.parametrize(
    ("operation", "called", "body"),
    [
        ("BIND", "AssociateKeypair", {"keypair_name": "prod-ops-2025", "server": {"id": SERVER, "auth": PASSWORD}}),
        (
            "REPLACE",
            "AssociateKeypair",
            {"keypair_name": "prod-ops-2025", "server": {"id": SERVER, "auth": PRIVATE_KEY}},
        ),
        ("UNBIND", "DisassociateKeypair", {"server": {"id": SERVER, "auth": PRIVATE_KEY}}),
    ],
)
def test_an_operation_that_needs_a_login_is_repeated_with_a_file(
    tmp_path: Path, operation: str, called: str, body: object
) -> None:
    copied = commands(of(operation))
    ran = run(copied, tmp_path)
    [(file, content)] = ran.bodies.items()
    assert content == {"body": body}
    assert re.fullmatch(rf"kps-{operation.lower()}-[0-9a-f]{{8}}\.json", file)
    assert ran.calls == [["KPS", called, *PLACE, f"--cli-jsonInput={file}", "--dryrun"], DELETED]
    assert f"# {operation.lower()} again, it needs:\n" in copied
    assert "# put the secret into the file after the dry run, which would print it\n" in copied
    assert ("shut down, remove auth" in copied) == (operation != "REPLACE")


def test_a_reset_needs_no_login_and_so_no_file(tmp_path: Path) -> None:
    copied = commands(of("RESET"))
    assert run(copied, tmp_path) == Ran(
        [
            ["KPS", "AssociateKeypair", *PLACE, f"--server.id={SERVER}", "--keypair_name=prod-ops-2025", "--dryrun"],
            DELETED,
        ],
        {},
    )
    assert "# reset again, it needs:\n# - the server is shut down\n" in copied
    assert "server.port" not in copied


def test_the_comments_say_what_a_reader_must_know() -> None:
    copied = commands(of("BIND"))
    assert "hcloud is KooCLI of Huawei Cloud, not the hcloud of Hetzner, on partner clouds it is named cloud" in copied
    assert "server.port is for another port" in copied
    assert "server.disable_password=true closes password login" in copied
    assert "# DEMO: invented task\n" not in copied
    assert "# DEMO: invented task\n" in commands(of("BIND"), demo=True)


@pytest.mark.parametrize(("count", "sizes"), [(1, [1]), (2, [2]), (10, [10]), (11, [10, 1]), (25, [10, 10, 5])])
def test_one_call_binds_at_most_ten_servers(tmp_path: Path, count: int, sizes: list[int]) -> None:
    servers = [f"s{number}" for number in range(count)]
    ran = run(commands(*(of("BIND", server_id=id, task_id=f"t-{id}") for id in servers)), tmp_path)
    called = ran.calls[: len(sizes)]
    assert [call[1] for call in called] == [
        "BatchAssociateKeypair" if size > 1 else "AssociateKeypair" for size in sizes
    ]
    bodies = [ran.bodies[call[-2].partition("=")[2]]["body"] for call in called]
    entries = [body.get("batch_keypairs", [body]) for body in bodies]
    assert [len(each) for each in entries] == sizes
    assert [entry["server"] for each in entries for entry in each] == [{"id": id, "auth": PASSWORD} for id in servers]
    assert [call[4] for call in ran.calls[len(sizes) :]] == [f"--task_id=t-{id}" for id in servers]


def test_a_call_binds_servers_to_one_key_pair_and_repeats_none(tmp_path: Path) -> None:
    tasks = [
        of("BIND", server_id=server, keypair_name=key, task_id=f"{server}{key}{again}")
        for again in range(2)
        for server, key in (("s1", "a"), ("s2", "b"), ("s3", "a"))
    ]
    ran = run(commands(*tasks), tmp_path)
    bodies = [ran.bodies[call[-2].partition("=")[2]]["body"] for call in ran.calls[:2]]
    assert [[each["server"]["id"] for each in body.get("batch_keypairs", [body])] for body in bodies] == [
        ["s1", "s3"],
        ["s2"],
    ]
    assert [call[1] for call in ran.calls[2:]] == ["DeleteFailedTask"] * 6


def test_tasks_of_several_operations_are_repeated_one_operation_after_the_other(tmp_path: Path) -> None:
    tasks = [of(operation, task_id=f"t{number}") for number, operation in enumerate((*OPERATIONS, "BIND", "UNBIND"))]
    copied = commands(*tasks)
    assert [call[1] for call in run(copied, tmp_path).calls] == [
        "AssociateKeypair",
        "AssociateKeypair",
        "AssociateKeypair",
        "DisassociateKeypair",
        *["DeleteFailedTask"] * 6,
    ]
    assert copied.count("hcloud is KooCLI") == 1
    assert re.findall("# ([a-z]+) again", copied) == ["bind", "replace", "reset", "unbind"]


def test_a_file_that_holds_the_secret_already_is_kept(tmp_path: Path) -> None:
    copied = commands(of("REPLACE"))
    [name] = run(copied, tmp_path).bodies
    (tmp_path / "room" / name).write_text('"with the secret"')
    run(copied, tmp_path, complaint=rf".*{name}.*(File exists|existing file)\n")
    assert (tmp_path / "room" / name).read_text() == '"with the secret"'
    other = commands(of("REPLACE", server_id="another"))
    assert name not in other


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("shell", ["sh", "bash"])
def test_a_hostile_text_arrives_whole_and_nothing_else_runs(tmp_path: Path, text: str, shell: str) -> None:
    hostile = {"server_id": text or None, "keypair_name": text or None, "server_name": text, "task_error_msg": text}
    tasks = [of(operation, **hostile, task_id=text) for operation in OPERATIONS]
    ran = run(vendor_commands(tasks, text, text), tmp_path, shell)
    shown = line(text)
    place = [f"--cli-region={shown or '<region>'}", f"--project_id={shown or '<project id>'}"]
    server, key_pair = shown or "<server id>", shown or "<key pair>"
    assert sorted(ran.bodies.items()) == [
        (file, {"body": body})
        for file, body in zip(
            sorted(ran.bodies),
            (
                {"keypair_name": key_pair, "server": {"id": server, "auth": PASSWORD}},
                {"keypair_name": key_pair, "server": {"id": server, "auth": PRIVATE_KEY}},
                {"server": {"id": server, "auth": PRIVATE_KEY}},
            ),
            strict=True,
        )
    ]
    assert [call[2:4] for call in ran.calls] == [place] * (5 if text else 4)
    assert ran.calls[2][4:] == [f"--server.id={server}", f"--keypair_name={key_pair}", "--dryrun"]
    if text:
        assert ran.calls[4] == ["KPS", "DeleteFailedTask", *place, f"--task_id={shown}", "--dryrun"]


ANY_TEXT = st.text(st.characters(exclude_categories=()), min_size=1) | st.text("\\'\"$`! \n;a#()", min_size=1)


@given(st.lists(st.tuples(ANY_TEXT, ANY_TEXT), min_size=1, max_size=12), st.sampled_from(OPERATIONS))
def test_any_text_is_in_quotes(names: list[tuple[str, str]], operation: str) -> None:
    """A shell accepts the text, its words are those that are meant, and outside of quotes it is always the same."""
    tasks = [of(operation, server_id=server, keypair_name=key, task_id=server) for server, key in names]
    copied = vendor_commands(tasks, names[0][0], names[0][1])
    checked = subprocess.run(["sh", "-n"], input=copied.encode(), capture_output=True, timeout=60, check=False)
    assert (checked.returncode, checked.stderr) == (0, b"")
    for command in copied.splitlines():
        if command.startswith("#"):
            assert re.fullmatch(WORDS, command)
            continue
        assert re.fullmatch(UNQUOTED, re.sub(r"'[^']*'|\"[^\"]*\"", "Q", command)), command
        lexer = shlex.shlex(command, posix=True, punctuation_chars=True)
        lexer.whitespace_split = True
        words = list(lexer)
        if command.startswith("("):
            assert set(json.loads(words[9])) == {"body"}
        else:
            assert words[3] == f"--cli-region={line(names[0][0])}"
            assert words[4] == f"--project_id={line(names[0][1])}"
    words = [word for command in copied.splitlines() if command[0] == "h" for word in shlex.split(command)]
    deleted = [word.removeprefix("--task_id=") for word in words if word.startswith("--task_id=")]
    assert deleted == list(dict.fromkeys(line(server) for server, _key in names))


@pytest.mark.parametrize("text", HOSTILE)
def test_no_backslash_stands_between_single_quotes(text: str) -> None:
    """Some shells interpret one there, unlike sh."""
    hostile = [of(operation, server_id=text, task_id=text, keypair_name=text) for operation in OPERATIONS]
    copied = vendor_commands(hostile, text, text)
    assert not any("\\" in quoted for quoted in re.findall(r"\"[^\"]*\"|('[^']*')", copied))


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("demo", [True, False])
def test_comments_hold_words_only_for_some_shells_run_them(operation: str, demo: bool) -> None:
    hostile = "$(touch ran); `x` > ran"
    odd = of(operation, server_name=hostile, task_id=hostile, task_error_msg=hostile)
    comments = [line for line in vendor_commands([odd], hostile, hostile, demo=demo).splitlines() if line[0] == "#"]
    assert len(comments) > 5
    assert all(re.fullmatch(WORDS, comment) for comment in comments)


def test_it_waits_for_enter_and_every_command_is_a_dry_run() -> None:
    copied = commands(*map(of, OPERATIONS))
    called = [line for line in copied.splitlines() if line.startswith("hcloud")]
    assert len(called) == 5
    assert all(line.endswith(" --dryrun") for line in called)
    assert not copied.endswith("\n")


@pytest.mark.parametrize("word", ["", None, "Rebooting", "FAILED_", "$(touch ran)"])
def test_of_another_operation_only_the_record_can_be_deleted(tmp_path: Path, word: str | None) -> None:
    assert run(commands(task(operate_type=word)), tmp_path) == Ran([DELETED], {})


@pytest.mark.parametrize("nothing", [None, ""])
def test_a_row_without_an_id_of_the_service_has_no_record_to_delete(tmp_path: Path, nothing: str | None) -> None:
    own = TaskStore([of("RESET", task_id=nothing)])[0]
    assert [call[1] for call in run(commands(own), tmp_path).calls] == ["AssociateKeypair"]
    assert commands(TaskStore([task(operate_type="x", task_id=nothing)])[0]) == ""
    assert commands() == ""


def test_a_task_without_anything_has_placeholders(tmp_path: Path) -> None:
    bare = FailedTask.from_json({"operate_type": "FAILED_RESET"})
    assert run(vendor_commands([bare], "", ""), tmp_path).calls == [
        [
            "KPS",
            "AssociateKeypair",
            "--cli-region=<region>",
            "--project_id=<project id>",
            "--server.id=<server id>",
            "--keypair_name=<key pair>",
            "--dryrun",
        ]
    ]
