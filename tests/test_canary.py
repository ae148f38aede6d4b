"""No secret leaks: runs every flow with unique secrets, then searches everything that could contain them."""

import json
import secrets
import sqlite3
import sys
import zlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from kps_tui.cli.commands import kps_tui
from tests.identity.secret_service import needs_secret_service
from tests.loopback import Request, http, listing, row, serving_in_a_thread
from tests.program import Ended
from tests.session.desktop import Desktop, Watched, desktop
from tests.terminal.pty_run import Terminal

PROJECT = "0123456789abcdef0123456789abcdef"
ROWS = listing([row(number) for number in range(5)])
CRASH = """
import sys
from kps_tui import cli
from kps_tui.identity import environment
from kps_tui.kps import client
async def broken(self, offset, limit):
    shown = [vars(each) if hasattr(each, "__dict__") else each for each in vars(self).values()]
    raise RuntimeError("canary-crash" + "-2c55", shown)
client.KpsClient.page = broken
sys.exit(cli.run(sys.argv[1:]))
"""
"""Runs the program with a bug whose message and frames contain secrets."""

FORKED = {"default", "profiles", "rename", "logout", "remove", "keyring stopped", "unreachable", "bad environment"}
"""Runs whose command lines are like those of others."""


class Secrets:
    """Unique secrets, and the purpose of each."""

    def __init__(self) -> None:
        self.all: dict[str, str] = {"crash": "canary-crash-2c55"}

    def new(self, purpose: str) -> str:
        text = f"canary{secrets.token_hex(12)}"
        self.all[purpose] = text
        return text

    def hits(self, where: str, data: bytes) -> list[str]:
        return [f"{purpose} in {where}" for purpose, text in self.all.items() if text[:16].encode() in data]


class Service:
    """A server for IAM and KPS that refuses given logins, and redirects projects with a given name."""

    def __init__(self, elsewhere: str, issued: str) -> None:
        self.elsewhere = elsewhere
        self.issued = issued
        self.wrong: set[str] = set()
        self.careless = False
        """Whether its errors repeat the request."""

    def __call__(self, request: Request) -> bytes:
        sent = json.dumps(dict(request.headers)) + request.body.decode()
        if any(text in sent for text in self.wrong):
            said = next((text for text in self.wrong if text in sent), "") if self.careless else "no"
            return http({"error_code": "APIGW.0301", "error_msg": f"wrong: {said}"}, "401 X")
        if "away" in request.target:
            return http({}, "302 X", {"Location": f"{self.elsewhere}{request.target}"})
        if "failed-tasks" in request.target:
            return ROWS(request)
        if request.target.startswith("/v3/auth/tokens"):
            token = {
                "expires_at": "2099-01-01T00:00:00.000000Z",
                "issued_at": "2026-11-24T00:00:00.000000Z",
                "methods": ["password"],
                "user": {"id": "u", "name": "ops", "domain": {"id": "d", "name": "acme"}},
                "project": {"id": PROJECT, "name": "cn-north-4", "domain": {"id": "d", "name": "acme"}},
            }
            return http(
                {"token": token}, "201 X" if request.method == "POST" else "200 X", {"X-Subject-Token": self.issued}
            )
        return http({"projects": [{"id": PROJECT, "name": "cn-north-4", "enabled": True}]})


@pytest.fixture
def user(tmp_path: Path) -> Iterator[Desktop]:
    with desktop(tmp_path) as found:
        yield found


@needs_secret_service
def test_no_flow_lets_a_secret_out(user: Desktop) -> None:
    secret = Secrets()
    runs: dict[str, Ended | Watched] = {}

    def run(name: str, code: int | None, *arguments: str, program: str = "", **variables: str) -> Ended | Watched:
        stdin = variables.pop("stdin", "")
        ended: Ended | Watched
        if (name.endswith(("password", "secret key")) or name in FORKED) and not program:
            # A new Python takes ten times as long: the command lines of one kind of login are enough.
            ended = user.kps(*arguments, "--debug", stdin=stdin, **variables)
        else:
            ended = user.new_python(*arguments, "--debug", stdin=stdin, program=program, **variables)
            assert b"kps_tui" in ended.command_lines or program, name
        assert code in (None, ended.code), f"{name}: {ended.code} {ended.err}"
        runs[name] = ended
        return ended

    with (
        serving_in_a_thread(lambda request: http({}, "200 OK")) as sink,
        serving_in_a_thread(service := Service(sink.endpoint, secret.new("issued token"))) as server,
    ):
        place = ("--endpoint", server.endpoint, "--region", "cn-north-4")
        logins = {
            "token": ("--token-stdin",),
            "password": ("--password-stdin", "--user", "ops", "--account", "acme"),
            "secret key": ("--secret-key-stdin", "--access-key", "AKAKAK"),
        }
        for kind, options in logins.items():
            profile = ("--profile", kind.replace(" ", "-"))
            run(f"login {kind}", 0, "login", *options, *place, *profile, stdin=secret.new(kind))
            wrong = secret.new(f"refused {kind}")
            # The secret key is never sent: the access key is refused.
            refused = (*options[:-1], "AKWRONG") if kind == "secret key" else options
            service.wrong.add("AKWRONG" if kind == "secret key" else wrong)
            run(f"refused login {kind}", 4, "login", *refused, *place, *profile, stdin=wrong)
            for name, bad in (("bad", " x\0"), ("long", "y" * 100_000)):
                text = secret.new(f"{name} {kind}") + bad
                run(f"{name} login {kind}", 4, "login", *options, *place, *profile, stdin=text)
            for command in (["list", "--format", "json"], ["count"], ["show", "task-000001"]):
                run(f"{command[0]} {kind}", 0, *command, *profile)
            if "doctor" in kps_tui.commands:
                run(f"doctor {kind}", None, "doctor", *profile)
                run(f"doctor {kind} as JSON", None, "doctor", "--format", "json", *profile)
            run(f"sent elsewhere {kind}", 1, "list", *profile, "--project-id", "away")
            run(f"a fault {kind}", 70, "count", *profile, program=CRASH)
            run(f"other origin {kind}", 4, "count", *profile, "--endpoint", sink.endpoint)
        stored = {path: path.read_bytes() for path in (user.profiles,)}
        run("default", 0, "profiles", "default", "password")
        run("profiles", 0, "profiles")
        run("rename", 0, "profiles", "rename", "token", "other")
        with user.keyring_stopped():
            run("keyring stopped", 4, "list", "--no-input")

        named = {"KPS_TUI_ENDPOINT": server.endpoint, "KPS_TUI_PROJECT_ID": PROJECT}
        run("environment", 0, "count", **named, KPS_TUI_TOKEN=secret.new("token variable"))
        nowhere = {**named, "KPS_TUI_ENDPOINT": "http://127.0.0.1:9"}
        run("unreachable", 3, "count", **nowhere, KPS_TUI_TOKEN=secret.new("unreachable token variable"))
        wrong = secret.new("refused token variable")
        service.wrong.add(wrong)
        run("refused environment", 4, "list", **named, KPS_TUI_TOKEN=wrong)
        run("bad environment", 4, "list", **named, KPS_TUI_TOKEN=secret.new("bad variable") + " x")
        run(
            *("other families", 0, "count", "--profile", "other"),
            OS_PASSWORD=secret.new("OS password"),
            OS_USERNAME="u",
            OS_USER_DOMAIN_NAME="d",
            OS_AUTH_URL=f"{sink.endpoint}/v3",
            HW_SECRET_KEY=secret.new("HW secret key"),
            HUAWEICLOUD_SDK_SK=secret.new("SDK secret key"),
            HUAWEICLOUD_SDK_AK="AK",
        )
        dumps = user.home.path / "dumps"
        dumps.mkdir()
        run(
            *("variables that write", 0, "count", "--profile", "other"),
            SSLKEYLOGFILE=str(dumps / "keys"),
            TEXTUAL_LOG=str(dumps / "log"),
        )
        assert list(dumps.iterdir()) == []

        broken = user.home.path / "broken.toml"
        for number, text in enumerate(
            ('password = "{}"', "[profiles.x]\ntoken = '{}'", "= {}", "[profiles.'{}']\nkind=1")
        ):
            broken.write_text(text.format(secret.new(f"configuration {number}")))
            read = user.kps("list", "--config", str(broken), "--region", "cn-north-4")
            assert read.code in (2, 4), read.err
            runs[f"configuration {number}"] = read
        broken.unlink()

        run("logout", 0, "logout", "--profile", "other")
        run("remove", 0, "profiles", "remove", "secret-key")
        delivered = b"".join(request.body + repr(request.headers).encode() for request in server.requests)
        elsewhere = [repr(request).encode() for request in sink.requests]
        changing = {request.target.partition("?")[0] for request in server.requests if request.method != "GET"}

    named_in_configuration = {"configuration 3"}
    """The name of a profile is not secret: messages may contain it."""
    hits: list[str] = []
    for name, ended in runs.items():
        hits += secret.hits(f"stdout of {name}", ended.out.encode())
        hits += secret.hits(f"stderr of {name}", ended.err.encode())
        if isinstance(ended, Watched):
            hits += secret.hits(f"command line of {name}", ended.command_lines)
        assert "Traceback" not in ended.err, name
    for path in user.home.path.rglob("*"):
        if path.is_file():
            hits += secret.hits(str(path.relative_to(user.home.path)), path.read_bytes())
    for path, data in stored.items():
        hits += secret.hits(f"an earlier {path.name}", data)
    for data in elsewhere:
        hits += secret.hits("a second origin", data)
    assert "\n".join(hit for hit in hits if not hit.startswith(tuple(named_in_configuration))) == ""

    reached = {hit.removesuffix(" in server") for hit in secret.hits("server", delivered)}
    assert {"token", "password", "issued token", "token variable"} <= reached, "the search does find what was sent"
    assert not reached & {"secret key", "OS password", "HW secret key", "SDK secret key", "bad token", "bad variable"}
    assert elsewhere == []
    assert changing == {"/v3/auth/tokens"}, "all else is only read"
    log = user.home.path / ".state" / "kps-tui" / "debug.log"
    assert "status=200" in log.read_text()
    assert log.stat().st_mode & 0o777 == 0o600
    assert list(user.home.path.rglob("*.keyring"))


@needs_secret_service
@pytest.mark.parametrize("kind", ["token", "password", "variable"])
def test_a_service_that_repeats_a_login_does_not_make_it_public(kind: str, user: Desktop) -> None:
    secret = Secrets()
    service = Service("", secret.new("issued token"))
    service.careless = True
    service.wrong.add(wrong := secret.new("refused"))
    with serving_in_a_thread(service) as server:
        place = ("--endpoint", server.endpoint, "--project-id", PROJECT, "--debug")
        if kind == "variable":
            ended = user.kps("list", *place, KPS_TUI_TOKEN=wrong)
        else:
            options = ("--user", "ops", "--account", "acme")
            ended = user.kps("login", f"--{kind}-stdin", *place, *options, stdin=wrong)
        assert server.requests, "it was sent"
    assert secret.hits("stderr", ended.err.encode()) == []
    assert user.files_with(wrong) == []


@needs_secret_service
@pytest.mark.parametrize("kind", ["variable", "password"])
def test_the_list_that_is_kept_holds_no_login(kind: str, user: Desktop) -> None:
    secret = Secrets()
    service = Service("", secret.new("issued token"))
    with serving_in_a_thread(service) as server:
        place = ("--endpoint", server.endpoint, "--project-id", PROJECT, "--debug")
        variables = {"LC_ALL": "C.UTF-8", "TZ": "UTC", "TERM": "xterm-256color"} | user.variables
        if kind == "variable":
            variables["KPS_TUI_TOKEN"] = secret.new("token variable")
        else:
            options = ("--password-stdin", "--user", "ops", "--account", "acme", "--profile", "prod")
            assert user.kps("login", *options, *place, stdin=secret.new("password")).code == 0
        env = user.home.environ(XDG_STATE_HOME=f"{user.home.path}/.state", **variables)
        with Terminal([sys.executable, "-m", "kps_tui", *place], env=env) as terminal:
            terminal.shows("5 failed")
            # After a refusal: the text of the service may contain what it was sent.
            service.wrong.update(secret.all.values())
            service.careless = True
            terminal.send("r")
            terminal.shows("(401)")
            terminal.send("q")
            assert terminal.ended()[0] == 0
            drawn = terminal.data
    state = user.home.path / ".state" / "kps-tui"
    hits = secret.hits("the terminal", drawn)
    # The process has ended, so that no connection is open.
    for path in state.iterdir():
        hits += secret.hits(path.name, path.read_bytes())
    with closing(sqlite3.connect(state / "kps-tui.sqlite3")) as connection:
        rows = connection.execute("SELECT * FROM snapshot").fetchall()
    assert len(rows) == 1
    *columns, blob = rows[0]
    assert PROJECT in columns
    assert b"task-000001" in zlib.decompress(blob), "the search does find what is kept"
    hits += secret.hits("a column", repr(columns).encode()) + secret.hits("the rows", zlib.decompress(blob))
    assert hits == []
    delivered = b"".join(request.body + repr(request.headers).encode() for request in server.requests)
    assert secret.hits("server", delivered), "the search does find what was sent"
