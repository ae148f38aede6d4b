"""The checks against a real server on loopback: connection, clock, login, project, permission."""

import asyncio
import socket
import ssl
import threading
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from kps_tui.demo.server import DemoServer
from kps_tui.doctor.checks import CHECKS, Check, run_checks
from kps_tui.doctor.examination import Examination, open_examination
from kps_tui.doctor.finding import Finding
from kps_tui.doctor.finding import exit_code as exit_code_of
from kps_tui.doctor.network import lookup_finding
from kps_tui.identity.backends import OpenKeyring
from kps_tui.identity.profiles import profiles_file, views_file
from kps_tui.identity.vault import Vault
from kps_tui.kps.endpoint import Endpoint
from kps_tui.settings import Settings, settings_from
from tests.faults.certificates import Authority, authority, old, self_signed
from tests.loopback import Request, http, proxy_to, serving_in_a_thread

PROJECT = "0123456789abcdef0123456789abcdef"


@pytest.fixture(scope="module")
def demo() -> Iterator[DemoServer]:
    with DemoServer(tasks=7) as server:
        yield server


@pytest.fixture(autouse=True)
def no_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")


def examination(endpoint: str, **environ: str) -> Examination:
    return open_examination(settings_from({"endpoint": endpoint}, {}), environ)


def results(examination: Examination, checks: Iterable[Check] = CHECKS) -> list[Finding]:
    """Return the findings of the checks."""

    async def go() -> list[Finding]:
        return [finding async for finding in run_checks(examination, checks)]

    return asyncio.run(go())


def found_in(examination: Examination) -> tuple[dict[str, Finding], int]:
    found = results(examination)
    return {finding.name: finding for finding in found}, exit_code_of(found)


def test_a_token_that_holds(demo: DemoServer) -> None:
    found, code = found_in(examination(demo.endpoint, KPS_TUI_TOKEN=demo.token))
    assert code == 0
    assert found["login"].says.startswith(
        f"token · KPS_TUI_TOKEN · {demo.account.user} of account {demo.account.name} · until "
    )
    assert found["project"].says == f"{demo.project_id} · of the token"
    assert found["permission"].says == "kps:domainKeypairs:getfailtask · 7 failed tasks"
    assert found["clock"].level == found["connection"].level == "ok"
    assert demo.token not in str(found)


def test_an_access_key_finds_its_project(demo: DemoServer) -> None:
    key = {
        "HUAWEICLOUD_SDK_AK": demo.account.permanent.access_key,
        "HUAWEICLOUD_SDK_SK": demo.account.permanent.secret_key,
    }
    found, code = found_in(examination(demo.endpoint, **key))
    assert code == 0
    assert found["login"].says == "access key · HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK"
    assert found["project"].says == f"{demo.project_id} · the only one of this login"
    assert not {demo.account.permanent.access_key, demo.account.permanent.secret_key} & {*str(found).split()}


def test_a_password_is_sent_once_and_its_token_asks_for_the_rest(demo: DemoServer) -> None:
    environ = {
        "OS_USERNAME": demo.account.user,
        "OS_PASSWORD": demo.account.password,
        "OS_USER_DOMAIN_NAME": demo.account.name,
        "OS_PROJECT_ID": demo.project_id,
        "OS_AUTH_URL": f"{demo.endpoint}/v3",
    }
    signed_in = examination(demo.endpoint, **environ)
    found, code = found_in(signed_in)
    assert code == 0, found
    assert found["login"].says.startswith(
        f"user and password · OS_USERNAME and OS_PASSWORD · {demo.account.user} of account"
    )
    assert found["project"].says == f"{demo.project_id} · OS_PROJECT_ID"
    assert signed_in.target is not None
    assert signed_in.target.cached_token is not None
    assert demo.account.password not in str(found)


def test_a_wrong_password_is_sent_once() -> None:
    def reply(request: Request) -> bytes:
        return http({"error_code": "IAM.0062", "error_msg": "no"}, "401 Unauthorized")

    with serving_in_a_thread(reply) as server:
        found, code = found_in(
            examination(
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
        found, exit_code = found_in(examination(server.endpoint, **environ))
    assert exit_code == code
    assert found["login"].level == "warning"
    assert "account unknown" in found["login"].says
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
        off, code = found_in(examination(server.endpoint, **environ))
        dates.pop(0)
        without, other_code = found_in(examination(server.endpoint, **environ))
    assert (off["clock"].level, code) == ("problem", 1)
    assert "ahead of" in off["clock"].says
    assert (without["clock"].level, other_code) == ("warning", 0)


def test_nobody_there_is_a_network_problem_and_all_else_is_still_said() -> None:
    found, code = found_in(
        examination("http://127.0.0.1:9", KPS_TUI_TOKEN="canary-token-1", KPS_TUI_PROJECT_ID=PROJECT)
    )
    assert code == 3
    assert found["connection"].level == "problem"
    assert {"login", "project", "permission", "terminal"} <= {*found}


def test_a_broken_configuration_names_file_and_line(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text("theme = \n")
    found, code = found_in(open_examination(settings_from({"config": str(path)}, {}), {}))
    assert code == 2
    assert f"{path}, line 1" in found["configuration"].says
    assert "keyring" in found


def test_file_profile_and_place_say_where_they_come_from(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text('thme = "dark"\n[profiles.prod]\nendpoint = "http://127.0.0.1:9"\nproject_id = "abc"\n')
    path.chmod(0o600)
    found = results(open_examination(settings_from({"config": str(path)}, {}), {"KPS_TUI_REGION": "cn-north-4"}))
    said = {(finding.name, finding.level): finding for finding in found}
    assert said["configuration", "ok"].says == f"{path} · mode 0600 · 1 profiles"
    assert str(said["configuration", "warning"].do) == "did you mean “theme”?"
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
    said = results(open_examination(settings_from({"config": str(path), "profile": "a"}, {}), {}))
    assert [finding.says for finding in said if finding.name == "configuration"] == [
        f"{path} · mode 0600 · 0 profiles",
        f"{profiles_file(path)} · mode 0600 · 2 profiles",
        f"{views_file(path)} · mode 0600",
        f"{path}, line 1: profiles.a: ignored, because profiles.toml has one of that name",
    ]
    (endpoint,) = [finding.says for finding in said if finding.name == "endpoint"]
    assert endpoint == f"http://127.0.0.1:9 · profiles.a.endpoint in {profiles_file(path)}"


def test_another_clouds_login_is_named_and_passed_over() -> None:
    environ = {"OS_USERNAME": "me", "OS_PASSWORD": "canary-password", "OS_AUTH_URL": "https://iam.other.example/v3"}
    found, _code = found_in(open_examination(Settings(), environ | {"KPS_TUI_REGION": "cn-north-4", "ALL_PROXY": "#"}))
    assert "OS_AUTH_URL names iam.other.example" in found["environment"].says
    assert found["proxy"].exit_code == 2
    assert not {"TLS", "connection", "permission"} & {*found}
    assert "canary" not in str(found)


def test_a_proxy_that_can_not_be_used_is_the_problem_and_nothing_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "socks5://me:canary@proxy:1")
    environ = {"KPS_TUI_TOKEN": "canary-token-1", "HTTPS_PROXY": "socks5://me:canary@proxy:1"}
    found, code = found_in(examination("https://kms.faults.invalid", **environ))
    assert code == found["proxy"].exit_code == 2
    assert found["proxy"].says == "HTTPS_PROXY names a proxy that can't be used (socks5://)"
    assert found["login"].says == "token · KPS_TUI_TOKEN · not tried"
    assert found["DNS"].level == "warning"
    assert "canary" not in str(found)


def test_a_name_that_nobody_knows() -> None:
    nowhere = Endpoint.parse("https://kms.invalid")
    assert lookup_finding("DNS", nowhere, proxied=False, needed=True).exit_code == 3
    assert lookup_finding("DNS", nowhere, proxied=False, needed=False).level == "warning"
    assert lookup_finding("DNS", Endpoint.parse("https://localhost"), proxied=False, needed=True).level == "ok"


def at(endpoint: str, ca: Authority | None = None, **environ: str) -> Examination:
    bundle = {"ca_bundle": str(ca.bundle)} if ca else {}
    return open_examination(settings_from({"endpoint": endpoint, **bundle}, {}), environ)


NETWORK = [check for check in CHECKS if check.name in ("place", "proxy", "connection", "TLS", "clock")]


def found_on_the_way(examination: Examination) -> dict[str, Finding]:
    """Return the findings of the network checks."""
    return {finding.name: finding for finding in results(examination, NETWORK)}


@pytest.fixture(scope="module")
def ca(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority(tmp_path_factory.mktemp("ca"))


def test_the_authorities_in_use_are_named(ca: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(ca.bundle))
    monkeypatch.setenv("SSL_CERT_DIR", "/gone")
    with serving_in_a_thread(lambda request: http({}), ca.server()) as server:
        found = [finding for finding in results(at(server.endpoint), CHECKS) if finding.name in ("CA", "connection")]
    assert [(finding.name, finding.level) for finding in found] == [
        ("CA", "ok"),
        ("CA", "warning"),
        ("connection", "ok"),
    ]
    assert found[0].says == f"SSL_CERT_FILE “{ca.bundle}”"
    assert found[1].says == "SSL_CERT_DIR “/gone”: No such file or directory"


def test_a_handshake(ca: Authority) -> None:
    with serving_in_a_thread(lambda request: http({}), ca.server(days=30)) as server:
        found = found_on_the_way(at(server.endpoint, ca))
        assert (found["TLS"].level, found["TLS"].says) == ("ok", "TLSv1.3 · issued by ca · 29 days left")
        assert found["connection"].says.startswith(f"{server.endpoint.removeprefix('https://')} answers · ")
        assert len(server.requests) == server.connections == 1


def test_a_certificate_that_ends_soon_is_a_warning(ca: Authority) -> None:
    with serving_in_a_thread(lambda request: http({}), ca.server(days=2)) as server:
        tls = found_on_the_way(at(server.endpoint, ca))["TLS"]
    assert (tls.level, tls.says) == ("warning", "TLSv1.3 · issued by ca · 1 day left")


CERTIFICATES: dict[str, tuple[Callable[[Authority, Path], ssl.SSLContext], str, str]] = {
    "self-signed": (lambda ca, folder: self_signed(folder), "self-signed certificate", "--ca-bundle"),
    "expired": (lambda ca, folder: ca.server(days=-1), "certificate has expired", "clock"),
    "wrong-host": (lambda ca, folder: ca.server("DNS:kms.other.example"), "not valid for '127.0.0.1'", "--endpoint"),
    "old": (lambda ca, folder: old(ca.server()), "no TLS there", "--endpoint"),
}


@pytest.mark.parametrize("variant", CERTIFICATES)
def test_a_handshake_that_fails_is_said_once(variant: str, ca: Authority, tmp_path: Path) -> None:
    made, says, do = CERTIFICATES[variant]
    with serving_in_a_thread(lambda request: http({}), made(ca, tmp_path)) as server:
        found = found_on_the_way(at(server.endpoint, ca))
    assert (found["TLS"].level, found["TLS"].exit_code) == ("problem", 3)
    assert says in found["TLS"].says
    assert do in str(found["TLS"].do)
    assert not {"connection", "clock"} & {*found}


def test_plain_http_on_a_tls_port() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            connection, _address = listener.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        found = found_on_the_way(at(f"https://127.0.0.1:{listener.getsockname()[1]}"))
        thread.join(30)
    assert (found["TLS"].level, found["TLS"].exit_code) == ("problem", 3)
    assert "no TLS there" in found["TLS"].says
    assert "--endpoint" in str(found["TLS"].do)
    assert "connection" not in found


def test_a_closed_port_is_no_matter_of_tls() -> None:
    found = found_on_the_way(at("https://127.0.0.1:9"))
    assert "TLS" not in found
    assert (found["connection"].level, found["connection"].exit_code) == ("problem", 3)
    assert "the connection was refused" in found["connection"].says


def test_a_server_that_never_shakes_hands(ca: Authority) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        found = found_on_the_way(at(f"https://127.0.0.1:{listener.getsockname()[1]}", ca))
    assert (found["TLS"].level, found["TLS"].exit_code) == ("problem", 3)
    assert "no connection within 5 s" in found["TLS"].says


FAR = "https://kms.faults.example"


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_certificate_is_seen_through_a_proxy(
    scheme: str, ca: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The certificate of a proxy is trusted if the system trusts it.
    monkeypatch.setenv("SSL_CERT_FILE", str(ca.bundle))
    monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "keys"))
    with (
        serving_in_a_thread(lambda request: http({}), ca.server(days=30)) as server,
        proxy_to(server.endpoint, ca.server() if scheme == "https" else None) as proxy,
    ):
        found = found_on_the_way(at(FAR, ca, HTTPS_PROXY=proxy.endpoint))
        (asked,) = proxy.requests
    assert (asked.method, asked.target) == ("CONNECT", "kms.faults.example:443")
    assert found["TLS"].says == "TLSv1.3 · issued by ca · 29 days left"
    assert f" · connected to {proxy.endpoint.removeprefix(f'{scheme}://')} in " in found["connection"].says
    assert found["proxy"].says == f"{proxy.endpoint} · HTTPS_PROXY"
    assert not (tmp_path / "keys").exists(), "the keys of a connection were written to a file"


def test_a_proxy_that_refuses_gets_its_login_and_the_report_does_not() -> None:
    def reply(request: Request) -> bytes:
        return http("", "407 \x1b[31mNo")

    with serving_in_a_thread(reply) as server:
        url = server.endpoint.replace("http://", "http://me:canary@")
        found = found_on_the_way(at("https://kms.example", HTTPS_PROXY=url))
        (asked,) = server.requests
    assert (asked.method, asked.target) == ("CONNECT", "kms.example:443")
    assert asked.headers["proxy-authorization"] == "Basic bWU6Y2FuYXJ5"
    assert (found["connection"].level, found["connection"].exit_code) == ("problem", 3)
    assert "407" in found["connection"].says
    assert "HTTPS_PROXY" in str(found["connection"].do)
    assert "TLS" not in found
    assert "canary" not in str(found)


def test_the_entry_of_no_proxy_that_counts_is_named() -> None:
    found = found_on_the_way(at("https://kms.faults.invalid", HTTPS_PROXY="http://proxy:1", NO_PROXY="a, .invalid"))
    assert found["proxy"].says == "none: “.invalid” in NO_PROXY exempts kms.faults.invalid"
    assert "host name not found" in found["connection"].says


def test_each_entry_of_no_proxy_is_judged() -> None:
    entries = "10.0.0.0/8, .invalid:8443, 10.0.0.5:http"
    examination = at("https://kms.faults.invalid", HTTPS_PROXY="http://proxy.invalid:1", NO_PROXY=entries)
    found = results(examination, [check for check in CHECKS if check.name in ("place", "proxy")])
    assert [(finding.level, finding.says) for finding in found if finding.name == "NO_PROXY"] == [
        ("ok", "“10.0.0.0/8” does not match kms.faults.invalid"),
        ("ok", "“.invalid:8443” does not match kms.faults.invalid"),
        ("warning", "“10.0.0.5:http” can't be parsed and is ignored"),
    ]
    assert found[[finding.name for finding in found].index("proxy")].says == "http://proxy.invalid:1 · HTTPS_PROXY"


def test_a_keyring_that_hangs_holds_up_nothing_else(tmp_path: Path) -> None:
    stop = threading.Event()

    def hangs() -> OpenKeyring:
        stop.wait(60)
        raise OSError

    path = tmp_path / "own.toml"
    path.write_text('[profiles.prod]\nendpoint = "http://127.0.0.1:9"\n')
    settings = settings_from({"config": str(path)}, {})
    found, code = found_in(open_examination(settings, {}, Vault(hangs, read_seconds=0.2)))
    stop.set()
    assert found["keyring"].level == found["login"].level == "problem"
    assert "hung" in found["keyring"].says
    assert (found["keyring"].exit_code, found["login"].exit_code) == (4, 4)
    assert code == 4
    assert {"connection", "terminal"} <= {*found}
