"""The vendor's command as a real shell runs it: every argument arrives unchanged, and nothing else happens."""

import os
import re
import shlex
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kps_tui.kps.task import FailedTask
from kps_tui.sanitize import line
from kps_tui.triage.vendor_command import vendor_command
from tests.payloads import PAYLOADS
from tests.triage.tasks import everywhere, task

PROJECT = "0123456789abcdef0123456789abcdef"
PLACE = ["--cli-region=cn-north-4", f"--project_id={PROJECT}"]
SERVER = "--server.id=c9aa197b-a6b6-4c33-b3a6-fa0b4ec50006"
KEY_PAIR = "--keypair_name=prod-ops-2025"
PRIVATE_KEY = ["--server.auth.type=keypair", "--server.auth.key=<private key of the present key pair, PEM>"]
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


def arguments(command: str, folder: Path) -> list[str]:
    """Return the arguments that a shell gives to `hcloud`, run in an empty folder that must stay empty."""
    programs, room = folder / "bin", folder / "room"
    programs.mkdir()
    room.mkdir()
    fake = programs / "hcloud"
    fake.write_text("#!/bin/sh\nprintf '%s\\n' \"$@\"\n")
    fake.chmod(0o700)
    done = subprocess.run(
        ["sh", "-c", command],
        cwd=room,
        env={"PATH": f"{programs}:{os.environ['PATH']}", "LC_ALL": "C.UTF-8"},
        capture_output=True,
        timeout=60,
        check=True,
    )
    assert done.stderr == b""
    assert list(room.iterdir()) == []
    return done.stdout.decode().removesuffix("\n").split("\n")


@pytest.mark.parametrize(
    ("operation", "called"),
    [
        (
            "BIND",
            [
                "AssociateKeypair",
                *PLACE,
                SERVER,
                KEY_PAIR,
                "--server.auth.type=password",
                "--server.auth.key=<root password of the server>",
            ],
        ),
        ("REPLACE", ["AssociateKeypair", *PLACE, SERVER, KEY_PAIR, *PRIVATE_KEY]),
        ("RESET", ["AssociateKeypair", *PLACE, SERVER, KEY_PAIR]),
        ("UNBIND", ["DisassociateKeypair", *PLACE, SERVER, *PRIVATE_KEY]),
    ],
)
def test_the_operation_again(tmp_path: Path, operation: str, called: list[str]) -> None:
    command = vendor_command(task(operate_type=f"FAILED_{operation}"), "cn-north-4", PROJECT)
    assert arguments(command, tmp_path) == ["KPS", *called, "--dryrun"]
    assert command.startswith(f"# review first: {operation.lower()} again")


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_arrives_whole_and_nothing_else_runs(tmp_path: Path, text: str) -> None:
    odd = task(server_id=text or None, keypair_name=text or None, server_name=text, task_error_msg=text)
    called = arguments(vendor_command(odd, text, text), tmp_path)
    shown = line(text)
    assert called == [
        "KPS",
        "AssociateKeypair",
        f"--cli-region={shown or '<region>'}",
        f"--project_id={shown or '<project id>'}",
        f"--server.id={shown or '<server id>'}",
        f"--keypair_name={shown or '<key pair>'}",
        *PRIVATE_KEY,
        "--dryrun",
    ]


@given(st.text(st.characters(exclude_categories=()), min_size=1) | st.text("\\'\"$`! \n;a", min_size=1))
def test_any_text_is_one_argument(text: str) -> None:
    command = vendor_command(task(keypair_name=text), "r", "p").splitlines()[-1]
    assert f"--keypair_name={line(text)}" in shlex.split(command)
    assert len(shlex.split(command)) == 10


@pytest.mark.parametrize("text", HOSTILE)
def test_no_backslash_stands_between_single_quotes(text: str) -> None:
    """Some shells interpret one there, unlike sh."""
    command = vendor_command(task(server_id=text), text, text).splitlines()[-1]
    assert not any("\\" in quoted for quoted in re.findall(r"\"[^\"]*\"|('[^']*')", command))


@pytest.mark.parametrize("operation", ["BIND", "REPLACE", "RESET", "UNBIND"])
@pytest.mark.parametrize("demo", [True, False])
def test_comments_hold_words_only_for_some_shells_run_them(operation: str, demo: bool) -> None:
    hostile = "$(touch ran); `x` > ran"
    odd = task(operate_type=f"FAILED_{operation}", server_name=hostile, task_id=hostile, task_error_msg=hostile)
    *comments, command = vendor_command(odd, hostile, hostile, demo=demo).splitlines()
    assert comments
    assert all(re.fullmatch(r"# [A-Za-z0-9 ,:.=-]+", comment) for comment in comments)
    assert ("# DEMO: invented task" in comments) is demo
    assert command.startswith("hcloud KPS ")


def test_it_waits_for_enter_and_is_a_dry_run() -> None:
    for operation in ("BIND", "REPLACE", "RESET", "UNBIND"):
        command = vendor_command(task(operate_type=f"FAILED_{operation}"), "r", "p")
        assert command.splitlines()[-1].endswith(" --dryrun")
        assert not command.endswith("\n")


@pytest.mark.parametrize("word", ["", None, "Rebooting", "FAILED_", "$(touch ran)"])
def test_of_another_operation_there_is_no_command(word: str | None) -> None:
    assert vendor_command(task(operate_type=word), "r", "p") == ""


def test_a_task_without_anything_has_placeholders(tmp_path: Path) -> None:
    bare = FailedTask.from_json({"operate_type": "FAILED_RESET"})
    assert arguments(vendor_command(bare, "", ""), tmp_path)[2:] == [
        "--cli-region=<region>",
        "--project_id=<project id>",
        "--server.id=<server id>",
        "--keypair_name=<key pair>",
        "--dryrun",
    ]
    assert vendor_command(everywhere("x"), "r", "p") == ""
