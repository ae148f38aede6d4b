"""The properties of a connection, with and without a response."""

import asyncio
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from kps_tui.kps.endpoint import Endpoint
from kps_tui.kps.probe import Probe, probe_endpoint
from kps_tui.problems import ConfigError
from tests.faults.certificates import authority
from tests.loopback import http, serving_in_a_thread


def probed(endpoint: str, ca_bundle: Path | None = None, **environ: str) -> Probe:
    return asyncio.run(probe_endpoint(Endpoint.parse(endpoint), ca_bundle, environ))


def test_an_answer_of_any_status_tells_the_clock() -> None:
    date = format_datetime(datetime.now(UTC) - timedelta(hours=1), usegmt=True)
    with serving_in_a_thread(lambda request: http({}, "503 No", {"Date": date})) as server:
        found = probed(server.endpoint)
        (request,) = server.requests
    assert (request.method, request.target) == ("GET", "/")
    assert not {"x-auth-token", "authorization"} & request.headers.keys()
    assert found.error is None
    assert found.skew is not None
    assert timedelta(minutes=59) < found.skew < timedelta(minutes=61)
    assert found.connection.peer == server.endpoint.removeprefix("http://")
    assert not found.connection.tls_started
    assert found.milliseconds >= found.connection.connect_ms


def test_the_certificate_is_that_of_the_host(tmp_path: Path) -> None:
    ca = authority(tmp_path)
    with serving_in_a_thread(lambda request: http({}), ca.server()) as server:
        found = probed(server.endpoint, ca.bundle)
    assert found.connection.tls_version == "TLSv1.3"
    assert found.connection.certificate["subject"] == ((("commonName", "server"),),)
    assert found.skew is None, "the server sent no date"


def test_the_handshake_is_known_where_no_answer_follows_it(tmp_path: Path) -> None:
    ca = authority(tmp_path)
    with serving_in_a_thread(lambda request: b"", ca.server()) as server:
        found = probed(server.endpoint, ca.bundle)
    assert found.connection.tls_version == "TLSv1.3"
    assert found.error is not None
    assert found.error.exit_code == 3


def test_a_handshake_that_failed_is_told_from_a_port_that_is_closed(tmp_path: Path) -> None:
    with serving_in_a_thread(lambda request: http({}), authority(tmp_path).server()) as server:
        failed = probed(server.endpoint)
    closed = probed("https://127.0.0.1:9")
    assert failed.error is not None
    assert closed.error is not None
    assert (failed.connection.tls_started, failed.connection.tls_version) == (True, "")
    assert failed.connection.peer == server.endpoint.removeprefix("https://")
    assert (closed.connection.tls_started, closed.connection.peer) == (False, "")


def test_through_a_proxy_the_peer_is_the_proxy() -> None:
    with serving_in_a_thread(lambda request: http("", "407 No")) as proxy:
        found = probed("https://kms.example", HTTPS_PROXY=proxy.endpoint)
        (asked,) = proxy.requests
    assert (asked.method, asked.target) == ("CONNECT", "kms.example:443")
    assert found.connection.peer == proxy.endpoint.removeprefix("http://")
    assert not found.connection.tls_started
    assert "407" in str(found.error)


def test_the_environment_of_the_process_is_not_read_beside_the_one_given(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving_in_a_thread(lambda request: http("", "407 No")) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.endpoint)
        found = probed("https://kms.faults.invalid")
        assert proxy.connections == 0
    assert "host name not found" in str(found.error)


def test_a_proxy_that_can_not_be_used_is_an_error() -> None:
    with pytest.raises(ConfigError, match="ALL_PROXY names a proxy that can't be used"):
        probed("https://kms.example", ALL_PROXY="http://[1:2]:3")


def test_the_handshake_with_a_proxy_is_not_taken_for_that_with_the_host(tmp_path: Path) -> None:
    with serving_in_a_thread(lambda request: http("", "407 No"), authority(tmp_path).server()) as proxy:
        found = probed("https://kms.example", HTTPS_PROXY=proxy.endpoint)
        assert proxy.requests == [], "its certificate is not trusted"
    assert found.error is not None
    assert found.connection.peer == proxy.endpoint.removeprefix("https://")
    assert not found.connection.tls_started
