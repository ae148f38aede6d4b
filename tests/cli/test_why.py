"""`why`: ids, codes, messages and logs; what is said, in which format, and with which exit code."""

import json
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests import program
from tests.cli.test_commands import CANARY, HOSTILE, PROJECT, Run, run
from tests.loopback import Reply, Request, http, listing, row, serving_in_a_thread
from tests.triage.test_task_ids import TERRAFORM

IDS = [f"{number:08x}-a55d-409b-a082-3ee7e624eda4" for number in range(6)]
ROWS = [
    row(
        number,
        task_id=IDS[number],
        operate_type="FAILED_REPLACE",
        task_error_msg="Server login credential incorrect",
        task_time=str(1_795_000_000_000 - 60_000 * number),
        server_name=f"web-{number:02}",
        server_id=f"server-{number}",
        keypair_name="prod-ops",
    )
    for number in range(6)
]


def piped(text: bytes, *arguments: str, rows: Sequence[object] = ROWS) -> Run:
    """Run `kps-tui why -` with `text` on stdin."""
    with TemporaryDirectory() as folder, serving_in_a_thread(listing(rows)) as server:
        named = {"KPS_TUI_ENDPOINT": server.endpoint, "KPS_TUI_PROJECT_ID": PROJECT, "KPS_TUI_TOKEN": CANARY}
        ended = program.run(Path(folder), "why", "-", *arguments, environ=named, stdin=text)
    assert "Traceback" not in ended.err
    return Run(ended.code, ended.out, ended.err, server)


def test_a_task_its_likely_cause_its_incident_and_the_checks_in_order() -> None:
    ended = run("why", IDS[2], reply=listing(ROWS))
    assert (ended.code, ended.err) == (0, "")
    lines = ended.out.splitlines()
    assert lines[0].split(maxsplit=1) == ["error", "Server login credential incorrect"]
    assert any(line.split() == ["key", "pair", "prod-ops"] for line in lines)
    assert (
        "One of 6 replace tasks that failed on 6 servers (6 web), key pair prod-ops, 2026-11-18 11:01:40 to 11:06:40"
        in lines
    )
    assert "Likely: the private key is wrong, expired or not PEM" in lines
    assert "  in Chinese  私钥错误或已过期" in lines
    checks = [line[:4].strip() for line in lines if line[:4].strip(" >").isdigit()]
    assert checks == ["> 1", "2", "3", "4"]
    assert "Needed for replace" in lines
    assert "  - the server is running" in lines
    assert any("dew_01_0040.html, read 2026-11-26" in line for line in lines)


def test_a_task_as_json() -> None:
    document = run("why", IDS[0], "--format", "json", reply=listing(ROWS)).json
    [found] = document.pop("explanations")
    assert document == {"total": 6, "loaded": 6, "complete": True, "missing": []}
    assert found["subject"] == IDS[0]
    assert found["task"]["task_error_msg"] == "Server login credential incorrect"
    assert [(each["cause"], each["certainty"], each["operations"]) for each in found["likely"]] == [
        ("private-key", "likely", ["replace"])
    ]
    [operation] = found["operations"]
    assert [(check["cause"], check["likely"]) for check in operation["checks"]] == [
        ("private-key", True),
        ("authorized-keys", False),
        ("security-group", False),
    ]
    assert operation["preconditions"]
    assert {key: found["incident"][key] for key in ("tasks", "servers", "server_families", "key_pairs")} == {
        "tasks": 6,
        "servers": 6,
        "server_families": {"web": 6},
        "key_pairs": {"prod-ops": 6},
    }


def test_the_beginning_of_an_id_is_enough_if_it_is_one_task() -> None:
    assert (
        run("why", IDS[1][:8].upper(), "--format", "json", reply=listing(ROWS)).json["explanations"][0]["subject"]
        == IDS[1]
    )
    several = [row(number, task_id=f"aaaaaaaa-{number}") for number in range(3)]
    ended = run("why", "aaaaaaaa", reply=listing(several))
    assert ended.code == 1
    assert "3 tasks begin with “aaaaaaaa” · give more characters of the ID" in ended.err


def test_all_rows_of_an_id_are_explained_also_with_values_that_no_field_has() -> None:
    rows = [row(number, task_id=IDS[0], extra={"a": [number]}, task_time=str(10**12 + number)) for number in range(2)]
    document = run("why", IDS[0], "--format", "json", reply=listing(rows)).json
    assert [each["task"]["extra"] for each in document["explanations"]] == [{"a": [0]}, {"a": [1]}]


def test_an_id_that_is_not_in_the_list() -> None:
    ended = run("why", "deadbeef", reply=listing(ROWS))
    assert (ended.code, ended.out) == (1, "")
    assert "no failed task has the ID “deadbeef” (6 tasks searched)" in ended.err


def test_an_incomplete_list() -> None:
    def reply(request: Request) -> Reply:
        return http({}, "403 X") if request.number("offset") else listing(ROWS)(request)

    ended = run("why", IDS[0], "--page-size", "3", reply=reply)
    assert ended.code == 6
    assert "Likely: " in ended.out
    assert "incomplete" in ended.err
    assert run("why", "deadbeef", "--page-size", "3", reply=reply).code == 6


@pytest.mark.parametrize(
    ("subject", "said"),
    [
        (["KPS.0003"], "KPS.0003 (HTTP 500): a service that KPS depends on is unavailable"),
        (["ecs.0001"], "Ecs.0001: the quota of servers is used up"),
        (["APIG.0308"], "APIGW.0308 (HTTP 429): too many requests"),
        (["Update", "public", "key", "error"], "Likely: content, owner or mode of ~/.ssh/authorized_keys of root"),
        (["参数错误"], "Cause: a parameter of the request is wrong"),
        (["error code : Ecs.0314, reason is : x"], "Ecs.0314: there is no such key pair"),
        (["dead beef"], "No likely cause is known for this message"),
        (["1234567"], "No likely cause is known for this message"),
        (["--------"], "No likely cause is known for this message"),
    ],
)
def test_codes_and_messages_never_ask_the_service(subject: list[str], said: str) -> None:
    ended = run("why", "--", *subject)
    assert ended.code == 0
    assert said in ended.out
    assert ended.server.requests == []


def test_a_guess_is_never_called_a_cause() -> None:
    out = run("why", "Update public key error").out
    assert "Cause:" not in out
    assert "how sure    a guess: " in out


def test_the_operation_chooses_the_cause_and_the_checks() -> None:
    message = "Server login credential incorrect"
    both = run("why", message).out
    assert "Likely after bind: the root password" in both
    assert "Likely after replace or unbind: the private key" in both
    assert "In the order of checks: check 2 of bind, check 1 of replace, check 2 of unbind" in both
    one = run("why", message, "--op", "unbind").out
    assert "root password" not in one
    assert "Checks after unbind (解绑), in the vendor's order" in one


def test_an_unknown_message_gets_the_official_checks() -> None:
    one = run("why", "odd thing", "--op", "reset").out
    assert "No likely cause is known" in one
    assert "Checks after reset (重置), in the vendor's order" in one
    assert "Likely" not in one
    every = run("why", "odd thing").out
    assert every.count("in the vendor's order") == 4


def test_an_unknown_code() -> None:
    ended = run("why", "KPS.9999")
    assert (ended.code, ended.out) == (1, "")
    assert "“KPS.9999” is not in the error tables" in ended.err


def test_nothing_to_explain() -> None:
    ended = run("why", " ")
    assert ended.code == 2
    assert "give a task ID, a code or a message" in ended.err
    assert run("why").code == 2


def test_a_log_of_terraform_on_stdin() -> None:
    log = TERRAFORM.replace("c7eea32c-a55d-409b-a082-3ee7e624eda4", IDS[3]).encode()
    ended = piped(log)
    assert (ended.code, ended.err) == (0, "")
    assert f"task id     {IDS[3]}" in ended.out
    assert ended.out.count("Likely: ") == 1


def test_some_of_a_log_are_not_in_the_list() -> None:
    request = "00000000-0000-0000-0000-000000000000"
    log = f"the task ({IDS[0]}) failed\nthe task (deadbeef-1) failed\nserver {IDS[1]}\nrequest {request}"
    ended = piped(log.encode(), "--format", "json")
    assert ended.code == 1
    assert [each["subject"] for each in ended.json["explanations"]] == [IDS[0], IDS[1]]
    assert ended.json["missing"] == ["deadbeef-1"]
    assert "no failed task has the ID “deadbeef-1”" in ended.err


@pytest.mark.parametrize("log", [b"", b"Apply complete!\n", b"\xff\xfe\x00", b"a" * 200_000])
def test_a_log_without_an_id_asks_nothing(log: bytes) -> None:
    ended = piped(log)
    assert (ended.code, ended.out) == (0, "")
    assert "no task ID" in ended.err
    assert ended.server.requests == []


@pytest.mark.parametrize("output_format", ["plain", "json", "md"])
def test_no_format_lets_a_control_character_through(output_format: str) -> None:
    rows = [
        row(
            0,
            **dict.fromkeys(("task_error_msg", "server_name", "keypair_name", "operate_type"), HOSTILE),
            task_id=IDS[0],
        )
    ]
    ended = run("why", IDS[0], "--format", output_format, reply=listing(rows))
    assert ended.code == 0
    assert {c for c in ended.out if not c.isprintable()} <= {"\n"}
    assert "密" in ended.out
    message = run("why", "--format", output_format, "--", HOSTILE.replace("\x00", "").replace("\ud83d", ""))
    assert {c for c in message.out if not c.isprintable()} <= {"\n"}


def test_markdown_for_a_ticket() -> None:
    out = run("why", IDS[0], "--format", "md", reply=listing(ROWS)).out
    assert out.startswith(f"## `{IDS[0]}`\n\n- error: `Server login credential incorrect`\n")
    assert "\n**Likely: the private key is wrong, expired or not PEM**\n\n- in Chinese: 私钥错误或已过期\n" in out
    assert "\n1. **log in to the server by hand" in out
    assert "\n2. on the server" in out
    demo = run("why", "-", "--demo", "--format", "md", environment={})
    assert demo.code == 0


def test_a_task_of_the_demo() -> None:
    listed = run("list", "--demo", "--format", "jsonl", "--limit", "3", environment={}).out.splitlines()
    id = json.loads(listed[2])["task_id"]
    ended = run("why", id, "--demo", environment={})
    assert ended.code == 0
    assert (
        "One of 24 replace tasks that failed on 24 servers (16 api-gateway, 8 web), key pair prod-ops-2025" in ended.out
    )
    assert "DEMO" in ended.err
    assert run("why", id, "--demo", "--format", "json", environment={}).json["demo"] is True
    assert run("why", id, "--demo", "--format", "md", environment={}).out.startswith("DEMO: invented tasks\n")


def test_the_users_own_runbook_counts(tmp_path: Path) -> None:
    folder = tmp_path / "kps-tui"
    folder.mkdir()
    folder.joinpath("runbook.toml").write_text(
        '[causes.proxy]\nname = "our proxy"\ncheck = "look"\nmessages.attested = ["odd thing"]\n[causes.bad]\n'
        '[operations.bind]\nchecks = ["proxy"]\n'
    )
    environment = {"XDG_CONFIG_HOME": str(tmp_path)}
    ended = run("why", "odd thing", environment=environment)
    assert ended.code == 0
    assert "Cause: our proxy" in ended.out
    assert "runbook.toml, line 5: causes.bad" in ended.err
    in_own_order = run("why", "odd thing", "--op", "bind", environment=environment).out
    assert "Checks after bind (绑定), in your own order" in in_own_order
    assert "the vendor's order" not in in_own_order
    folder.joinpath("runbook.toml").chmod(0o666)
    refused = run("why", "odd thing", environment=environment)
    assert (refused.code, refused.out) == (2, "")
    assert "run: chmod go-w" in refused.err


def test_a_script_for_the_operation_that_failed() -> None:
    by_id = run("why", IDS[0], "--script", reply=listing(ROWS))
    assert by_id.code == 0
    assert by_id.out.startswith("#!/bin/sh\n")
    assert f"\n# Task {IDS[0]}\n" in by_id.out
    assert "\noperation=replace\n" in by_id.out
    by_name = run("why", "odd thing", "--op", "replace", "--script")
    assert by_name.out == by_id.out.replace(f"# Task {IDS[0]}\n", "")
    assert by_name.server.requests == []
    several = piped(f"{IDS[0]} {IDS[1]}".encode(), "--script")
    assert several.out == by_name.out
    unknown = run("why", "odd thing", "--script")
    assert (unknown.code, unknown.out) == (2, "")
    assert "the script depends on the operation that failed · name it with --op: bind, " in unknown.err


def test_a_script_for_several_operations_has_the_checks_of_each_under_its_name_unless_one_is_chosen() -> None:
    rows = [*ROWS[:2], ROWS[2] | {"operate_type": "FAILED_RESET"}]
    log = " ".join(IDS[:3]).encode()
    both = piped(log, "--script", rows=rows)
    assert both.code == 0
    for operation in ("replace", "reset"):
        assert f"\noperation={operation}\nprintf '\\nAfter {operation} failed:\\n'\n" in both.out
    one = piped(log, "--script", "--op", "reset", rows=rows)
    assert "\noperation=reset\n" in one.out
    assert "operation=replace" not in one.out
    assert f"\n# Task {IDS[2]}\n" in one.out
    none = piped(log, "--script", "--op", "bind", rows=rows)
    assert (none.code, none.out) == (2, "")
    assert "no task failed at bind: they failed at replace, reset · leave out --op" in none.err
