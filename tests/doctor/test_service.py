"""The checks against a real server on loopback: connection, clock, login, project, permission."""

import ssl
import subprocess
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from kps_tui.demo.server import DemoServer
from kps_tui.doctor.case import Case, opened
from kps_tui.doctor.checks import examined
from kps_tui.doctor.finding import Finding, worst
from kps_tui.doctor.network import looked_up
from kps_tui.doctor.proxy import proxy_for
from kps_tui.doctor.tls import shaken_hands
from kps_tui.identity.backends import Opened
from kps_tui.identity.profiles import profiles_file, views_file
from kps_tui.identity.vault import Vault
from kps_tui.kps.endpoint import Endpoint
from kps_tui.settings import Settings, settings_from
from tests.loopback import Request, http, serving_in_a_thread

PROJECT = "0123456789abcdef0123456789abcdef"


@pytest.fixture(scope="module")
def demo() -> Iterator[DemoServer]:
    with DemoServer(tasks=7) as server:
        yield server


@pytest.fixture(autouse=True)
def no_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")


def case(endpoint: str, **environ: str) -> Case:
    return opened(settings_from({"endpoint": endpoint}, {}), environ)


def found_in(case: Case) -> tuple[dict[str, Finding], int]:
    found = [*examined(case)]
    return {finding.name: finding for finding in found}, worst(found)


def test_a_token_that_holds(demo: DemoServer) -> None:
    found, code = found_in(case(demo.endpoint, KPS_TUI_TOKEN=demo.token))
    assert code == 0
    assert found["login"].says.startswith(f"token · KPS_TUI_TOKEN · {demo.user} of account {demo.account} · until ")
    assert found["project"].says == f"{demo.project_id} · of the token"
    assert found["permission"].says == "kps:domainKeypairs:getfailtask · 7 failed tasks"
    assert found["clock"].level == found["connection"].level == "ok"
    assert demo.token not in str(found)


def test_an_access_key_finds_its_project(demo: DemoServer) -> None:
    key = {"HUAWEICLOUD_SDK_AK": demo.access_key, "HUAWEICLOUD_SDK_SK": demo.secret_key}
    found, code = found_in(case(demo.endpoint, **key))
    assert code == 0
    assert found["login"].says == "access key · HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK"
    assert found["project"].says == f"{demo.project_id} · the only one of this login"
    assert not {demo.access_key, demo.secret_key} & {*str(found).split()}


def test_a_password_is_sent_once_and_its_token_asks_for_the_rest(demo: DemoServer) -> None:
    environ = {
        "OS_USERNAME": demo.user,
        "OS_PASSWORD": demo.password,
        "OS_USER_DOMAIN_NAME": demo.account,
        "OS_PROJECT_ID": demo.project_id,
        "OS_AUTH_URL": f"{demo.iam_endpoint}/v3",
    }
    at = case(demo.endpoint, **environ)
    found, code = found_in(at)
    assert code == 0, found
    assert found["login"].says.startswith(f"user and password · OS_USERNAME and OS_PASSWORD · {demo.user} of account")
    assert found["project"].says == f"{demo.project_id} · OS_PROJECT_ID"
    assert at.target is not None
    assert at.target.last is not None
    assert demo.password not in str(found)


def test_a_wrong_password_is_sent_once() -> None:
    def reply(request: Request) -> bytes:
        return http({"error_code": "IAM.0062", "error_msg": "no"}, "401 Unauthorized")

    with serving_in_a_thread(reply) as server:
        found, code = found_in(
            case(
                server.endpoint,
                OS_USERNAME="me",
                OS_PASSWORD="canary-password",
                OS_USER_DOMAIN_NAME="us",
                OS_PROJECT_ID=PROJECT,
                OS_AUTH_URL=server.endpoint,
            )
        )
        assert code == 4
        assert found["login"].level == "problem"
        assert "permission" not in found
        assert [request.method for request in server.requests] == ["GET", "POST"]


@pytest.mark.parametrize(("status", "code"), [("401 Unauthorized", 4), ("403 Forbidden", 5), ("404 Not Found", 1)])
def test_what_the_service_refuses(status: str, code: int) -> None:
    def reply(request: Request) -> bytes:
        if "failed-tasks" in request.target:
            return http({"error_code": "KPS.9003", "error_msg": "\x1b[31mno"}, status)
        return http({"error_msg": "may not ask"}, "403 Forbidden")

    with serving_in_a_thread(reply) as server:
        environ = {"KPS_TUI_TOKEN": "canary-token-1", "KPS_TUI_PROJECT_ID": PROJECT}
        found, exit_code = found_in(case(server.endpoint, **environ))
    assert exit_code == code
    assert found["login"].level == "warning"
    assert "whose is not known" in found["login"].says
    assert found["permission"].level == "problem"
    assert found["permission"].says.isprintable()
    assert ("kps:domainKeypairs:getfailtask" in found["permission"].says) == (code == 5)


def test_a_clock_that_is_off_and_a_server_without_one() -> None:
    dates = [format_datetime(datetime.now(UTC) - timedelta(minutes=10), usegmt=True), ""]

    def reply(request: Request) -> bytes:
        if request.target != "/":
            return http({"total": 0, "tasks": []})
        return http({}, headers={"Date": dates[0]} if dates[0] else {})

    with serving_in_a_thread(reply) as server:
        environ = {"KPS_TUI_TOKEN": "canary-token-1", "KPS_TUI_PROJECT_ID": PROJECT}
        off, code = found_in(case(server.endpoint, **environ))
        dates.pop(0)
        without, other_code = found_in(case(server.endpoint, **environ))
    assert (off["clock"].level, code) == ("problem", 1)
    assert "ahead of" in off["clock"].says
    assert (without["clock"].level, other_code) == ("warning", 0)


def test_nobody_there_is_a_network_problem_and_all_else_is_still_said() -> None:
    found, code = found_in(case("http://127.0.0.1:9", KPS_TUI_TOKEN="canary-token-1", KPS_TUI_PROJECT_ID=PROJECT))
    assert code == 3
    assert found["connection"].level == "problem"
    assert {"login", "project", "permission", "terminal"} <= {*found}


def test_a_broken_configuration_names_file_and_line(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text("theme = \n")
    found, code = found_in(opened(settings_from({"config": str(path)}, {}), {}))
    assert code == 2
    assert f"{path}, line 1" in found["configuration"].says
    assert "keyring" in found


def test_file_profile_and_place_say_where_they_come_from(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text('thme = "dark"\n[profiles.prod]\nendpoint = "http://127.0.0.1:9"\nproject_id = "abc"\n')
    path.chmod(0o600)
    found = [*examined(opened(settings_from({"config": str(path)}, {}), {"KPS_TUI_REGION": "cn-north-4"}))]
    said = {(finding.name, finding.level): finding for finding in found}
    assert said["configuration", "ok"].says == f"{path} · mode 0600 · 1 profiles"
    assert said["configuration", "warning"].do == "did you mean “theme”?"
    assert said["profile", "ok"].says == "prod (token) · the only profile"
    assert said["region", "ok"].says == "cn-north-4 · KPS_TUI_REGION"
    assert said["endpoint", "ok"].says == f"http://127.0.0.1:9 · profiles.prod.endpoint in {path}"
    assert said["keyring", "problem"].exit_code == 4


def test_each_file_of_the_configuration_is_named(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    for file, text in (
        (path, "[profiles.a]"),
        (profiles_file(path), "[profiles.a]\nendpoint = 'http://127.0.0.1:9'\n[profiles.b]"),
        (views_file(path), ""),
    ):
        file.write_text(text)
        file.chmod(0o600)
    said = [*examined(opened(settings_from({"config": str(path), "profile": "a"}, {}), {}))]
    assert [finding.says for finding in said if finding.name == "configuration"] == [
        f"{path} · mode 0600 · 0 profiles",
        f"{profiles_file(path)} · mode 0600 · 2 profiles",
        f"{views_file(path)} · mode 0600",
        f"{path}, line 1: profiles.a: profiles.toml has one of that name, which counts",
    ]
    (endpoint,) = [finding.says for finding in said if finding.name == "endpoint"]
    assert endpoint == f"http://127.0.0.1:9 · profiles.a.endpoint in {profiles_file(path)}"


def test_another_clouds_login_is_named_and_passed_over() -> None:
    environ = {"OS_USERNAME": "me", "OS_PASSWORD": "canary-password", "OS_AUTH_URL": "https://iam.other.example/v3"}
    found, _code = found_in(opened(Settings(), environ | {"KPS_TUI_REGION": "cn-north-4", "ALL_PROXY": "#"}))
    assert "OS_AUTH_URL names iam.other.example" in found["environment"].says
    assert found["proxy"].exit_code == 2
    assert not {"TLS", "connection", "permission"} & {*found}
    assert "canary" not in str(found)


def test_a_name_that_nobody_knows() -> None:
    nowhere = Endpoint.parse("https://kms.invalid")
    assert looked_up("DNS", nowhere, None, needed=True).exit_code == 3
    assert looked_up("DNS", nowhere, None, needed=False).level == "warning"
    assert looked_up("DNS", Endpoint.parse("https://localhost"), None, needed=True).level == "ok"


@pytest.fixture(scope="module")
def certified(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tls")
    command = (
        "req -x509 -newkey rsa:2048 -nodes -days 30 -subj /O=Tests/CN=localhost -addext subjectAltName=DNS:localhost"
    )
    where = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "ca.pem")]
    subprocess.run(["openssl", *command.split(), *where], check=True, capture_output=True, timeout=60)
    return folder


def test_a_handshake(certified: Path) -> None:
    import socket

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certified / "ca.pem", certified / "key.pem")
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        for _ in range(2):
            plain, _address = listener.accept()
            try:
                context.wrap_socket(plain, server_side=True).close()
            except OSError:
                plain.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    endpoint = Endpoint.parse(f"https://localhost:{listener.getsockname()[1]}")
    trusted = shaken_hands(endpoint, None, certified / "ca.pem")
    unknown = shaken_hands(endpoint, None, None)
    thread.join(30)
    listener.close()
    assert (trusted.level, trusted.says) == ("ok", "TLSv1.3 · issued by Tests · 29 days left")
    assert (unknown.level, unknown.exit_code) == ("problem", 3)
    assert "--ca-bundle" in unknown.do


def test_a_proxy_that_refuses_gets_its_login_and_the_report_does_not() -> None:
    def reply(request: Request) -> bytes:
        return http("", "407 \x1b[31mNo")

    endpoint = Endpoint.parse("https://kms.example")
    with serving_in_a_thread(reply) as server:
        url = server.endpoint.replace("http://", "http://me:canary@")
        found = shaken_hands(endpoint, proxy_for(endpoint, {"HTTPS_PROXY": url}), None)
        (asked,) = server.requests
    assert (asked.method, asked.target) == ("CONNECT", "kms.example:443")
    assert asked.headers["proxy-authorization"] == "Basic bWU6Y2FuYXJ5"
    assert (found.level, found.exit_code) == ("problem", 3)
    assert "407" in found.says
    assert "canary" not in str(found)


def test_a_keyring_that_hangs_holds_up_nothing_else(tmp_path: Path) -> None:
    stop = threading.Event()

    def hangs() -> Opened:
        stop.wait(60)
        raise OSError

    path = tmp_path / "own.toml"
    path.write_text('[profiles.prod]\nendpoint = "http://127.0.0.1:9"\n')
    settings = settings_from({"config": str(path)}, {})
    found, code = found_in(opened(settings, {}, Vault(hangs, read_seconds=0.2)))
    stop.set()
    assert found["keyring"].level == found["login"].level == "problem"
    assert "hung" in found["keyring"].says
    assert (found["keyring"].exit_code, found["login"].exit_code) == (4, 4)
    assert code == 4
    assert {"connection", "terminal"} <= {*found}
