"""Which certificate authorities count, who named them, and what is said if they can't be read."""

import asyncio
import os
from pathlib import Path

import pytest

from kps_tui.kps.authorities import advice_on_authorities, authorities
from kps_tui.kps.endpoint import Endpoint
from kps_tui.kps.errors import Unreachable
from kps_tui.kps.transport import Transport
from tests.faults.certificates import Authority, authority
from tests.loopback import http, serving


@pytest.fixture(scope="module")
def ca(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority(tmp_path_factory.mktemp("ca"))


def refused(server_ca: Authority, ca_bundle: Path | None = None) -> Unreachable:
    """Return the error of a request to a server whose certificate is of `server_ca`."""

    async def go() -> Unreachable:
        async with (
            serving(lambda request: http({}), server_ca.server()) as server,
            Transport(Endpoint.parse(server.endpoint), ca_bundle=ca_bundle) as transport,
        ):
            with pytest.raises(Unreachable) as caught:
                await transport.send("GET", "/", limit=100)
            return caught.value

    return asyncio.run(go())


def text_file(folder: Path, text: str = "no certificate\n") -> str:
    path = folder / "file.pem"
    path.write_text(text)
    return str(path)


def test_a_missing_file_is_named_by_its_variable(ca: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/gone.pem")
    error = refused(ca)
    assert str(error.next_step) == "SSL_CERT_FILE “/gone.pem”: No such file or directory; fix or unset it"


def test_a_file_without_certificates_is_named_by_its_variable(
    ca: Authority, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = text_file(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", path)
    assert str(refused(ca).next_step) == f"SSL_CERT_FILE “{path}”: it holds no certificate; fix or unset it"


@pytest.mark.parametrize("folder", ["/gone", ""])
def test_a_folder_that_holds_nothing_is_named_by_its_variable(
    folder: str, ca: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_DIR", folder)
    assert str(refused(ca).next_step).startswith(f"SSL_CERT_DIR “{folder}”: ")


def test_the_file_in_use_is_named_where_it_lacks_the_authority(
    ca: Authority, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    other = authority(tmp_path / "other")
    monkeypatch.setenv("SSL_CERT_FILE", str(other.bundle))
    advice = str(refused(ca).next_step)
    assert "--ca-bundle" in advice
    assert f"it was checked against SSL_CERT_FILE “{other.bundle}”" in advice
    bundle = str(refused(ca, other.bundle).next_step)
    assert f"it was checked against the CA bundle “{other.bundle}”" in bundle


def test_the_file_of_the_variable_is_trusted(ca: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(ca.bundle))

    async def go() -> int:
        async with (
            serving(lambda request: http({}), ca.server()) as server,
            Transport(Endpoint.parse(server.endpoint)) as transport,
        ):
            return (await transport.send("GET", "/", limit=100)).status

    assert asyncio.run(go()) == 200
    assert authorities()[0].problem == ""


def test_a_machine_without_authorities_is_told_to_install_them(monkeypatch: pytest.MonkeyPatch) -> None:
    class Paths:
        openssl_cafile, openssl_capath = "/gone/cert.pem", "/gone/certs"

    monkeypatch.setattr("ssl.get_default_verify_paths", Paths)
    assert "(/gone/cert.pem, /gone/certs): install ca-certificates" in str(advice_on_authorities(None, {}))


def test_folders_are_separated_by_colons_and_hold_hashes(tmp_path: Path) -> None:
    folders = f"/gone{os.pathsep}{tmp_path}"
    assert "openssl rehash" in authorities(None, {"SSL_CERT_DIR": folders})[1].problem
    (tmp_path / "0a1b2c3d.0").touch()
    assert authorities(None, {"SSL_CERT_DIR": folders})[1].problem == ""


def test_a_path_is_shown_safely() -> None:
    assert "\x1b" not in str(advice_on_authorities(None, {"SSL_CERT_FILE": "/x\x1b[2J"}))
    assert str(advice_on_authorities(None, {"SSL_CERT_FILE": "/x\0y"})).startswith("SSL_CERT_FILE")
