"""The commands as processes against a real server: output, exit codes and messages on stderr."""

import asyncio
import csv
import io
import json
import os
import stat
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests import program
from tests.loopback import Loopback, Reply, Request, http, listing, row, serving, serving_in_a_thread
from tests.program import clean_environment

PROJECT = "0123456789abcdef0123456789abcdef"
CANARY = "canary-token-77e1"
HOSTILE = "\x1b]52;c;ZXZpbA==\x07\x1b[31m\u202e\u009b2J\x00[/x][@click=app.quit]\ud83d" + "密" * 3


@dataclass
class Run:
    """The result of one run of the program."""

    code: int
    out: str
    err: str
    server: Loopback

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def run(
    *arguments: str, reply: Callable[[Request], Reply] = lambda request: b"", environment: dict[str, str] | None = None
) -> Run:
    """Run `kps-tui` against a server that responds with `reply`; the login is in the environment."""
    with TemporaryDirectory() as folder, serving_in_a_thread(reply) as server:
        named = {"KPS_TUI_ENDPOINT": server.endpoint, "KPS_TUI_PROJECT_ID": PROJECT, "KPS_TUI_TOKEN": CANARY}
        ended = program.run(Path(folder), *arguments, environ=named if environment is None else environment)
    assert CANARY not in ended.out + ended.err
    assert "Traceback" not in ended.err
    return Run(ended.code, ended.out, ended.err, server)


ROWS = [row(number) for number in range(25)]


def test_list_as_json_returns_each_row_as_served() -> None:
    odd = [
        row(0, task_error_code="KPS.1", extra={"a": [1, 2.5, None, True]}, task_time=1763856000000),
        {"task_id": "only-an-id"},
        row(2, server_name=None, operate_type="FAILED_MELT", task_time="soon"),
        row(3, task_error_msg=HOSTILE, server_name="订单服务-03"),
        row(4, time="its own"),
    ]
    ended = run("list", "--format", "json", "--page-size", "2", reply=listing(odd))
    assert ended.code == 0
    document = ended.json
    head = {key: document[key] for key in ("total", "loaded", "complete", "region", "project_id")}
    assert head == {"total": 5, "loaded": 5, "complete": True, "region": "", "project_id": PROJECT}
    assert document["fetched_at"].endswith("Z")
    got = {task["task_id"]: task for task in document["tasks"]}
    for served in odd:
        task = got[served["task_id"]]
        assert {key: value for key, value in task.items() if key != "time" or key in served} == served
    assert got["task-000000"]["time"] == "2025-11-23T00:00:00Z"
    assert got["task-000002"]["time"] is None
    assert got["task-000004"]["time"] == "its own"
    assert "订单服务-03" in ended.out
    assert all(character.isprintable() or character == "\n" for character in ended.out)
    assert [task["task_id"] for task in document["tasks"]][-2:] == ["only-an-id", "task-000002"]


@pytest.mark.parametrize("output_format", ["table", "plain", "csv", "tsv", "md", "jsonl"])
def test_no_format_lets_a_control_character_through(output_format: str) -> None:
    hostile = [row(0) | dict.fromkeys(("task_error_msg", "server_name", "keypair_name", "server_id"), HOSTILE)]
    ended = run("list", "--format", output_format, reply=listing(hostile))
    assert ended.code == 0
    assert {c for c in ended.out if not c.isprintable()} <= {"\n", "\t"}
    assert len(ended.out.splitlines()) <= 3


def test_csv_is_read_back_and_neutralises_formulas() -> None:
    rows = [row(0, server_name="=cmd()", keypair_name='a,"b"'), row(1, server_name="-1", task_error_code=None)]
    ended = run("list", "--format", "csv", reply=listing(rows))
    read = list(csv.DictReader(io.StringIO(ended.out)))
    assert list(read[0]) == [*row(0), "time"]
    assert [line["server_name"] for line in read] == ["'=cmd()", "'-1"]
    assert read[0]["keypair_name"] == 'a,"b"'
    assert read[1]["task_error_code"] == ""


def test_sort_and_limit() -> None:
    ended = run("list", "--format", "json", "--sort", "server,-time", "--limit", "3", reply=listing(ROWS))
    assert [task["task_id"] for task in ended.json["tasks"]] == ["task-000000", "task-000007", "task-000014"]
    assert ended.json["loaded"] == 25


def test_table_and_plain_are_words_for_people() -> None:
    table = run("list", "--limit", "1", reply=listing(ROWS)).out.splitlines()
    assert table[0].split() == ["TIME", "OPERATION", "ERROR", "CODE", "SERVER", "KEY", "PAIR", "TASK", "ID"]
    assert table[1].split()[:3] == ["2025-11-23", "00:00:00", "reset"]
    plain = run("list", "--limit", "1", "--format", "plain", reply=listing(ROWS)).out
    assert plain.startswith("2025-11-23 00:00:00  reset failed  server web-0  key pair KeyPair-xt  Update public key")


def test_every_page_is_loaded_and_counted() -> None:
    ended = run("count", "--page-size", "10", reply=listing(ROWS))
    assert (ended.code, ended.out) == (0, "25\n")
    assert len(ended.server.requests) == 3
    assert run("count", "--format", "json", reply=listing(ROWS)).json == {
        "count": 25,
        "total": 25,
        "loaded": 25,
        "complete": True,
    }


def test_show_takes_a_unique_beginning() -> None:
    ended = run("show", "task-000012", reply=listing(ROWS))
    assert ended.code == 0
    assert "Update public key error" in ended.out
    assert run("show", "task-000012", "--format", "json", reply=listing(ROWS)).json["server_name"] == "web-5"
    several = run("show", "task-00001", reply=listing(ROWS))
    assert (several.code, several.out) == (1, "")
    assert "10 of 25 tasks begin with “task-00001”" in several.err
    missing = run("show", "nope", reply=listing(ROWS))
    assert missing.code == 1
    assert "no task begins with “nope” (25 tasks searched)" in missing.err


def test_show_prints_all_tasks_with_the_whole_id() -> None:
    again = [*ROWS, row(90, task_id="task-000001"), row(91, task_id="task-0000012")]
    ended = run("show", "task-000001", "--page-size", "5", reply=listing(again))
    assert ended.code == 0
    assert ended.out.count("task-000001") == 2
    assert ended.out.count("\n\n") == 1
    times = {task["task_time"] for task in run("show", "task-000001", "--format", "json", reply=listing(again)).json}
    assert times == {row(1)["task_time"], row(90)["task_time"]}
    listed = run("list", "--format", "json", "--page-size", "5", reply=listing(again))
    assert (listed.code, listed.json["loaded"], listed.json["complete"], len(listed.json["tasks"])) == (0, 27, True, 27)


@pytest.mark.parametrize("page_size", ["1000", "100"])
def test_the_same_row_over_and_over_is_no_complete_list(page_size: str) -> None:
    ended = run("list", "--format", "json", "--page-size", page_size, reply=listing([row(1)] * 1000))
    assert (ended.code, ended.json["complete"], ended.json["loaded"]) == (6, False, 1)
    assert "the service sends the same rows again" in ended.err


def test_show_says_that_rows_of_the_id_may_be_missing() -> None:
    def reply(request: Request) -> Reply:
        return listing(ROWS)(request) if not request.number("offset") else http({"error_code": "KPS.9003"}, "403 X")

    ended = run("show", "task-000001", "--page-size", "10", reply=reply)
    assert (ended.code, "task-000001" in ended.out) == (6, True)
    assert "incomplete: the service denies permission (403)" in ended.err


def test_output_goes_to_a_file_of_its_owner_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "tasks.json"
    assert run("list", "--format", "json", "-o", str(target), reply=listing(ROWS)).out == ""
    assert json.loads(target.read_text())["loaded"] == 25
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    refused = run("list", "-o", str(tmp_path / "no" / "such" / "file"), reply=listing(ROWS))
    assert refused.code == 2
    assert "No such file or directory" in refused.err
    assert [path.name for path in tmp_path.iterdir()] == ["tasks.json"]


@pytest.mark.parametrize("output_format", ["table", "plain", "json", "jsonl", "csv", "tsv", "md"])
def test_an_empty_list_prints_nothing_but_in_json(output_format: str) -> None:
    ended = run("list", "--format", output_format, "--where", "server:none", reply=listing(ROWS))
    assert ended.code == 0
    assert bool(ended.out) == (output_format == "json")


@pytest.mark.parametrize(("rows", "code"), [([], 0), (ROWS, 10)])
def test_fail_if_any(rows: list[Any], code: int) -> None:
    assert run("list", "--fail-if-any", reply=listing(rows)).code == code


def test_an_incomplete_list_is_printed_and_said() -> None:
    asked: list[Request] = []

    def reply(request: Request) -> Reply:
        asked.append(request)
        return listing(ROWS)(request) if len(asked) == 1 else http({"error_code": "KPS.9003"}, "403 X")

    ended = run("list", "--format", "json", "--page-size", "10", reply=reply)
    assert ended.code == 6
    assert (ended.json["complete"], ended.json["loaded"], ended.json["total"]) == (False, 10, 25)
    assert "incomplete: the service denies permission (403)" in ended.err
    asked.clear()
    assert run("list", "--fail-if-any", "--page-size", "10", reply=reply).code == 10
    asked.clear()
    assert run("show", "nope", "--page-size", "10", reply=reply).code == 6


@pytest.mark.parametrize(
    ("reply", "code", "said"),
    [
        (http({}, "400 X"), 1, "rejected the request (400)"),
        (http({}, "404 X"), 1, "check --region, --project-id and --endpoint"),
        (http({}, "302 X", {"Location": "https://elsewhere.example/"}), 1, "redirects to elsewhere.example"),
        (http("<html>"), 1, "can't be read"),
        (http({}, "401 X"), 4, "rejected the login"),
        (http({}, "403 X"), 5, "getfailtask"),
        (b"", 3, "closed before the end of the response"),
    ],
)
def test_exit_codes_of_a_first_page_that_fails(reply: bytes, code: int, said: str) -> None:
    ended = run("list", "--format", "json", reply=lambda request: reply)
    assert (ended.code, ended.out) == (code, "")
    assert said in ended.err
    assert len(ended.err.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "environment", "code", "said"),
    [
        (["list"], {}, 2, "no region is set"),
        (["list", "--region", "cn-north-4"], {}, 4, "log in with kps-tui login"),
        (["list", "--region", "cn-north-4", "--project-id", PROJECT], {}, 4, "set KPS_TUI_TOKEN"),
        (["list", "--region", "../x"], {}, 2, "--region “../x” is not a region ID"),
        (["list"], {"KPS_TUI_REGION": "\x1b[31m"}, 2, "KPS_TUI_REGION “␛[31m” is not a region ID"),
        (["list", "--region", "cn-north-4", "--project-id", "a/b"], {}, 2, "--project-id “a/b” is not a project ID"),
        (["list", "--endpoint", "http://kms.example.com"], {}, 2, "is not encrypted"),
        (["list", "--endpoint", "https://me:pw@kms.example.com"], {}, 2, "holds a user name or a password"),
        (["list", "--sort", "tiem"], {}, 2, "“tiem” is not a field: did you mean “time”?"),
        (["list", "--page-size", "0"], {}, 2, "1<=x<=1000"),
        (["list", "--format", "xml"], {}, 2, "'table', 'plain', 'json'"),
        (["list", "--limit", "-1"], {}, 2, "--limit"),
        (["lsit"], {}, 2, "lsit"),
        (["list", "--demo", "--region", "x"], {}, 2, "leave out --region, or --demo"),
        (["--theme", "pink", "--demo"], {}, 2, "'terminal', 'dark'"),
        (
            ["list", "--region", "cn-north-4", "--project-id", PROJECT],
            {"KPS_TUI_TOKEN": "two words\n"},
            4,
            "KPS_TUI_TOKEN holds no usable token",
        ),
        (
            ["list", "--region", "cn-north-4", "--project-id", PROJECT, "--ca-bundle", "/no/such.pem"],
            {"KPS_TUI_TOKEN": CANARY},
            2,
            "--ca-bundle “/no/such.pem” can't be read: No such file or directory",
        ),
        (
            ["list", "--config", "~no-such-user/c.toml"],
            {},
            2,
            "~no-such-user/c.toml can't be read: there is no such file",
        ),
        (
            ["list", "--region", "cn-north-4", "--project-id", PROJECT, "--ca-bundle", "~no-such-user/ca.pem"],
            {"KPS_TUI_TOKEN": CANARY},
            2,
            "--ca-bundle “~no-such-user/ca.pem” can't be read: No such file or directory",
        ),
        (
            ["list", "--demo", "--demo-tasks", "1", "-o", "~no-such-user/tasks.csv"],
            {},
            2,
            "can't write -o “~no-such-user/tasks.csv”: No such file or directory",
        ),
        (
            ["list", "--region", "cn-north-4", "--project-id", PROJECT],
            {"KPS_TUI_TOKEN": CANARY, "HTTPS_PROXY": "ftp://proxy:1"},
            2,
            "HTTPS_PROXY names a proxy that can't be used",
        ),
    ],
)
def test_bad_input_is_one_line_that_names_it(
    arguments: list[str], environment: dict[str, str], code: int, said: str
) -> None:
    ended = run(*arguments, environment=environment)
    assert ended.code == code
    assert said in ended.err
    assert len(ended.err.splitlines()) == 1
    assert ended.server.requests == []
    assert "two words" not in ended.err
    assert "pw@" not in ended.err


@pytest.mark.parametrize("arguments", [["--demo"], []])
def test_the_screen_needs_a_terminal(arguments: list[str]) -> None:
    ended = run(*arguments)
    assert (ended.code, ended.out) == (2, "")
    assert "list --format plain" in ended.err
    assert len(ended.err.splitlines()) == 1


def test_options_stand_before_or_after_the_command() -> None:
    for arguments in (["--page-size", "10", "list"], ["list", "--page-size", "10"]):
        assert len(run(*arguments, reply=listing(ROWS)).server.requests) == 3
    assert len(run("--page-size", "5", "list", "--page-size", "25", reply=listing(ROWS)).server.requests) == 1


def test_a_closed_pipe_ends_quietly() -> None:
    async def go() -> tuple[int, bytes]:
        async with serving(listing([row(number) for number in range(900)])) as server:
            reading, writing = os.pipe()
            os.close(reading)
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "kps_tui", "list", "--format", "csv"),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=writing,
                stderr=asyncio.subprocess.PIPE,
                env=clean_environment(
                    KPS_TUI_ENDPOINT=server.endpoint, KPS_TUI_PROJECT_ID=PROJECT, KPS_TUI_TOKEN=CANARY
                ),
            )
            os.close(writing)
            _, err = await asyncio.wait_for(process.communicate(), 60)
            assert process.returncode is not None
            return process.returncode, err

    assert asyncio.run(go()) == (141, b"")


def test_demo_data_is_said_to_be_demo_data() -> None:
    ended = run("list", "--demo", "--demo-tasks", "3", "--format", "json", environment={})
    assert ended.code == 0
    assert ended.json["demo"] is True
    assert len(ended.json["tasks"]) == 3
    assert "DEMO" in ended.err


def test_the_demo_server_serves_another_process() -> None:
    async def go() -> None:
        server = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "kps_tui", "demo-server", "--tasks", "12"),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=clean_environment(),
        )
        assert server.stdout is not None
        said: dict[str, str] = {}
        async with asyncio.timeout(30):
            while "token" not in said:
                name, _, value = (await server.stdout.readline()).decode().strip().partition(": ")
                said[name] = value
        assert list(said)[:3] == ["endpoint", "project id", "token"]
        client = await asyncio.create_subprocess_exec(
            *(
                sys.executable,
                "-m",
                "kps_tui",
                "count",
                "--endpoint",
                said["endpoint"],
                "--project-id",
                said["project id"],
            ),
            stdout=asyncio.subprocess.PIPE,
            env=clean_environment(KPS_TUI_TOKEN=said["token"]),
        )
        out, _ = await asyncio.wait_for(client.communicate(), 30)
        assert (client.returncode, out) == (0, b"12\n")
        server.terminate()
        await asyncio.wait_for(server.communicate(), 30)
        assert server.returncode == 143

    asyncio.run(go())


def test_debug_writes_requests_without_the_login(tmp_path: Path) -> None:
    async def go() -> None:
        async with serving(listing(ROWS)) as server:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "kps_tui", "count", "--debug"),
                stdout=asyncio.subprocess.PIPE,
                env=clean_environment(
                    KPS_TUI_ENDPOINT=server.endpoint,
                    KPS_TUI_PROJECT_ID=PROJECT,
                    KPS_TUI_TOKEN=CANARY,
                    XDG_STATE_HOME=str(tmp_path),
                ),
            )
            await asyncio.wait_for(process.communicate(), 30)

    asyncio.run(go())
    log = tmp_path / "kps-tui" / "debug.log"
    text = log.read_text()
    assert f"GET /v3/{PROJECT}/failed-tasks?limit=1000&offset=0 status=200" in text
    assert "request_id=req-1" in text
    assert CANARY not in text
    assert stat.S_IMODE(log.stat().st_mode) == 0o600


def test_the_commands_load_neither_the_screen_nor_what_a_login_of_the_environment_does_not_need() -> None:
    for arguments in (["list"], ["count"], ["--help"], ["--version"]):
        code = (
            "import sys; from kps_tui.cli import run; run(sys.argv[1:]); "
            "unused = ('textual', 'rich', 'keyring', 'sqlite3', 'regex', 'kps_tui.identity.vault', "
            "'kps_tui.session.sign_in'); "
            "print([name for name in unused if name in sys.modules], file=sys.stderr)"
        )

        async def go(arguments: list[str] = arguments, code: str = code) -> bytes:
            async with serving(listing(ROWS)) as server:
                process = await asyncio.create_subprocess_exec(
                    *(sys.executable, "-c", code, *arguments),
                    stdout=asyncio.subprocess.PIPE,
                    stderr=asyncio.subprocess.PIPE,
                    env=clean_environment(
                        KPS_TUI_ENDPOINT=server.endpoint, KPS_TUI_PROJECT_ID=PROJECT, KPS_TUI_TOKEN=CANARY
                    ),
                )
                return (await asyncio.wait_for(process.communicate(), 30))[1]

        assert asyncio.run(go()).splitlines()[-1] == b"[]"


def shell(script: str, *, rows: int = 900) -> tuple[int, bytes, bytes]:
    """Run a shell script, in which `$K` is the program, against a server; return exit code, stdout and stderr."""

    async def go() -> tuple[int, bytes, bytes]:
        async with serving(listing([row(number) for number in range(rows)])) as server:
            process = await asyncio.create_subprocess_exec(
                *("bash", "-c", script),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                env=clean_environment(
                    K=f"{sys.executable} -m kps_tui",
                    KPS_TUI_ENDPOINT=server.endpoint,
                    KPS_TUI_PROJECT_ID=PROJECT,
                    KPS_TUI_TOKEN=CANARY,
                ),
            )
            out, err = await asyncio.wait_for(process.communicate(), 60)
            assert process.returncode is not None
            return process.returncode, out, err

    code, out, err = asyncio.run(go())
    assert b"bug in kps-tui" not in err
    assert b"Traceback" not in err
    return code, out, err


@pytest.mark.parametrize("command", ["list", "count", "show task-000001"])
def test_a_closed_or_full_output_is_one_line(command: str) -> None:
    code, _, err = shell(f"$K {command} >&-")
    assert code == 2
    assert len(err.splitlines()) == 1
    code, _, err = shell(f"$K {command} >/dev/full")
    assert code == 2
    assert b"No space left" in err
    assert len(err.splitlines()) == 1


def test_a_closed_stderr_does_not_matter() -> None:
    assert shell("$K count 2>&-")[:2] == (0, b"900\n")


def test_output_to_what_is_no_file_is_written_and_left_as_it_is(tmp_path: Path) -> None:
    code, out, _ = shell(
        f"cd {tmp_path} && mkfifo pipe && (cat pipe > read &) && $K list --format csv -o pipe && "
        "touch there && ln -s there link && $K list --format csv -o link && ls -l | cut -c1; "
        "until [ -s read ]; do :; done; wc -l < there; $K list -o ''",
        rows=3,
    )
    assert code == 2
    assert sorted(out.decode().split()[:5]) == sorted(["t", "l", "p", "-", "-"])
    assert out.decode().split()[-1] == "4"
    assert not (tmp_path / "there").is_symlink()


@pytest.mark.parametrize(
    "command",
    [
        ("list", "--format", "json"),
        ("list", "--format", "jsonl"),
        ("show", "task-000001", "--format", "json"),
        ("facet", "server", "--format", "json"),
        ("facet", "server", "--format", "jsonl"),
        ("count", "--format", "json"),
        ("profiles", "--format", "json"),
        ("doctor", "--format", "json"),
        ("version", "--format", "json"),
    ],
)
def test_json_is_utf_8_in_every_locale(command: tuple[str, ...], tmp_path: Path) -> None:
    config = tmp_path / "订单.toml"
    config.write_text('[profiles."订单"]\nregion = "cn-north-4"\nkind = "environment"\n', encoding="utf-8")
    rows = [row(0), row(1, server_name="订单服务-03", task_error_msg="登录凭证错误")]
    environ = {"PYTHONIOENCODING": "gb18030", "KPS_TUI_TOKEN": CANARY, "KPS_TUI_PROJECT_ID": PROJECT}
    answer = listing(rows)
    with serving_in_a_thread(lambda request: answer(request) if "limit=" in request.target else b"") as server:
        environ["KPS_TUI_ENDPOINT"] = server.endpoint
        ended = program.run(tmp_path, *command, "--config", str(config), environ=environ)
    for text in ended.out.splitlines() if "jsonl" in command else [ended.out]:
        json.loads(text)
    assert command[0] == "count" or "订单" in ended.out


def test_a_table_is_written_in_the_encoding_of_the_locale(tmp_path: Path) -> None:
    with serving_in_a_thread(listing([row(1, server_name="订单服务-03 ☃")])) as server:
        named = {"KPS_TUI_ENDPOINT": server.endpoint, "KPS_TUI_PROJECT_ID": PROJECT, "KPS_TUI_TOKEN": CANARY}
        with pytest.raises(UnicodeDecodeError):
            program.run(tmp_path, "list", "--format", "csv", environ=named | {"PYTHONIOENCODING": "gb2312"})
    assert "订单服务-03 \\u2603" in (tmp_path / "out").read_bytes().decode("gb2312")


TEAM, OTHER = "c" * 32, "d" * 32
USER = {"OS_USERNAME": "ops", "OS_PASSWORD": CANARY, "OS_USER_DOMAIN_NAME": "acct"}
HW_KEY = {"HW_ACCESS_KEY": "AK", "HW_SECRET_KEY": CANARY}


def cloud(request: Request) -> Reply:
    """An IAM that knows `cn-north-4` and `cn-north-4_team`, and a KPS beside it."""
    projects = {"cn-north-4": OTHER, "cn-north-4_team": TEAM}
    target = urlsplit(request.target)
    if request.method == "POST":
        name = json.loads(request.body)["auth"]["scope"]["project"]["name"]
        project = {"id": projects[name], "name": name}
        return http({"token": {"project": project}}, "201 Created", {"X-Subject-Token": f"token-{name}"})
    if target.path == "/v3/projects":
        wanted = parse_qs(target.query).get("name", [""])[0]
        return http({"projects": [{"id": id, "name": name} for name, id in projects.items() if wanted in ("", name)]})
    if target.path == "/v3/auth/tokens":
        return http({"token": {"project": {"id": OTHER, "name": "cn-north-4"}}})
    return listing([row(0)])(request) if "failed-tasks" in target.path else http({})


def run_in_family(*arguments: str, **environ: str) -> Run:
    """Run against `cloud`, whose address is that of the service and of the family's IAM."""
    with TemporaryDirectory() as folder, serving_in_a_thread(cloud) as server:
        url = f"{server.endpoint}/v3"
        named = {"KPS_TUI_ENDPOINT": server.endpoint, "OS_AUTH_URL": url, "HW_AUTH_URL": url, **environ}
        ended = program.run(Path(folder), *arguments, environ=named)
    assert CANARY not in ended.out + ended.err
    return Run(ended.code, ended.out, ended.err, server)


@pytest.mark.parametrize(
    "login",
    [
        {**USER, "OS_PROJECT_NAME": "cn-north-4_team"},
        {**USER, "OS_TENANT_NAME": "cn-north-4_team"},
        {**USER, "OS_PROJECT_NAME": "cn-north-4_team", "KPS_TUI_IAM_ENDPOINT": ""},
        {**HW_KEY, "HW_PROJECT_NAME": "cn-north-4_team"},
    ],
    ids=["project", "tenant", "no-iam", "key"],
)
@pytest.mark.parametrize("region", [{}, {"OS_REGION_NAME": "cn-north-4", "HW_REGION_NAME": "cn-north-4"}], ids=len)
def test_the_project_that_a_variable_names_is_the_one_that_is_listed(
    login: dict[str, str], region: dict[str, str]
) -> None:
    ended = run_in_family("count", **login, **region)
    assert (ended.code, ended.out, ended.err) == (0, "1\n", "")
    assert ended.server.requests[-1].target.startswith(f"/v3/{TEAM}/failed-tasks")


def test_a_token_of_another_project_than_the_named_one_is_refused_in_words() -> None:
    ended = run_in_family("count", OS_TOKEN=CANARY, OS_PROJECT_NAME="cn-north-4_team")
    assert (ended.code, ended.out) == (1, "")
    assert "IAM does not know project cn-north-4_team: the login is for project cn-north-4" in ended.err
    unknown = run_in_family("count", **HW_KEY, HW_PROJECT_NAME="nowhere")
    assert unknown.code == 1
    assert "IAM does not know project nowhere" in unknown.err
    looked = run_in_family("doctor", OS_TOKEN=CANARY, OS_PROJECT_NAME="cn-north-4_team")
    assert looked.code == 1
    assert "IAM does not know project cn-north-4_team" in looked.out


def test_the_region_of_the_family_whose_login_is_used_is_its_scope() -> None:
    ended = run_in_family("list", "--format", "json", **USER, OS_REGION_NAME="cn-north-4")
    assert (ended.code, ended.json["region"], ended.json["project_id"]) == (0, "cn-north-4", OTHER)


def in_zone(zone: str, folder: Path, *arguments: str) -> program.Ended:
    """Run with `zone` in the configuration; the zone of the system is UTC."""
    config = folder / "config.toml"
    config.write_text(f'zone = "{zone}"\n', encoding="utf-8")
    with serving_in_a_thread(listing([row(0, task_time="1763848800000")])) as server:  # 2025-11-22T22:00:00Z
        environ = {"KPS_TUI_ENDPOINT": server.endpoint, "KPS_TUI_PROJECT_ID": PROJECT, "KPS_TUI_TOKEN": CANARY}
        return program.run(folder, *arguments, "--config", str(config), environ=environ)


def test_the_configured_zone_is_that_of_lists_filters_and_groups(tmp_path: Path) -> None:
    table = in_zone("Asia/Shanghai", tmp_path, "list").out.splitlines()
    assert table[0].startswith("TIME CST ")
    assert table[1].startswith("2025-11-23 06:00:00 ")
    assert in_zone("Asia/Shanghai", tmp_path, "count", "--where", "on:2025-11-23").out == "1\n"
    assert in_zone("Asia/Shanghai", tmp_path, "count", "--where", "until:2025-11-23").out == "0\n"
    assert in_zone("America/New_York", tmp_path, "count", "--where", "on:2025-11-22").out == "1\n"
    assert in_zone("Asia/Shanghai", tmp_path, "facet", "day").out.splitlines()[1].endswith("2025-11-23")
    shown = in_zone("Asia/Shanghai", tmp_path, "list", "--format", "json").json["tasks"][0]
    assert shown["time"] == "2025-11-22T22:00:00Z"
    assert in_zone("", tmp_path, "list").out.startswith("TIME  ")


@pytest.mark.parametrize(
    "zone", ["Asia/Shangai", "../../etc/passwd", "Asia", "/etc/localtime", "x" * 300, "a\\u001b[2J"]
)
def test_a_zone_that_is_none_is_said(zone: str, tmp_path: Path) -> None:
    ended = in_zone(zone, tmp_path, "list")
    assert (ended.code, ended.out) == (2, "")
    assert "is not a time zone of this machine · did you mean “" in ended.err
    assert ended.err.strip().isprintable()
    if zone == "Asia/Shangai":
        assert ended.err.endswith("did you mean “Asia/Shanghai”?\n")
