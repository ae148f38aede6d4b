"""The signature, compared with the output of the vendor's signer."""

import ast
import json
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kps_tui.kps import signing
from kps_tui.kps.credentials import Secret

VECTORS: list[dict[str, Any]] = json.loads(Path(__file__).with_name("signing-vectors.json").read_text("utf-8"))[
    "vectors"
]
BY_NAME = pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
WHEN = datetime(2019, 11, 15, 3, 36, 55, tzinfo=UTC)
ACCESS, SECRET = "QTWAOYTTINDUT2QVKYUC", "MFyfvK41ba2giqM7**********KGpownRZlmVmHc"
TARGET = "/v3/0b2bcd22ad000f2d2fa5c01eb3e0cd1a/failed-tasks?limit=50&offset=0"
HEADERS = {"Host": "kms.cn-north-4.myhuaweicloud.com", "X-Project-Id": "0b2bcd22ad000f2d2fa5c01eb3e0cd1a"}


def given_headers(vector: Mapping[str, Any]) -> dict[str, str]:
    """The input of our signer, without the date, which it adds."""
    request = vector["request"]
    headers = {"Host": request["host"], **request["headers"]}
    return {name: value for name, value in headers.items() if name != "X-Sdk-Date"}


def body_of(vector: Mapping[str, Any]) -> bytes:
    return (vector["request"]["body"] or "").encode()


def test_there_are_vectors() -> None:
    assert len(VECTORS) >= 20


@BY_NAME
def test_a_request_is_signed_as_the_vendor_signs_it(vector: dict[str, Any]) -> None:
    request = vector["request"]
    added = signing.signature_headers(
        request["ak"],
        Secret(request["sk"]),
        request["method"],
        vector["request_uri"],
        given_headers(vector),
        body_of(vector),
        WHEN,
    )
    assert added["Authorization"] == vector["authorization"]
    sent = vector["sent_headers"]
    assert added.keys() == sent.keys() - given_headers(vector).keys()
    assert all(sent[name] == value for name, value in added.items())


@BY_NAME
def test_the_steps_are_the_vendor_s(vector: dict[str, Any]) -> None:
    proof = signing.parse_authorization(vector["authorization"])
    assert proof is not None
    headers = {**given_headers(vector), "X-Sdk-Date": "20191115T033655Z"}
    if "X-Sdk-Content-Sha256" in vector["sent_headers"]:
        headers["X-Sdk-Content-Sha256"] = "UNSIGNED-PAYLOAD"
    method = vector["request"]["method"]
    canonical = signing.canonical_request(method, vector["request_uri"], headers, body_of(vector), proof.signed_headers)
    assert canonical == vector["canonical_request"]
    text = signing.string_to_sign(canonical, "20191115T033655Z")
    assert text == vector["string_to_sign"]
    assert signing.signature(vector["request"]["sk"], text) == proof.signature


@BY_NAME
def test_a_server_accepts_it_from_what_came_over_the_wire(vector: dict[str, Any]) -> None:
    request, headers = vector["request"], vector["sent_headers"]
    proof = signing.parse_authorization(headers["Authorization"])
    assert proof is not None
    assert proof.access_key == request["ak"]
    arguments = (request["method"], vector["request_uri"], headers, body_of(vector))
    assert signing.is_signed(request["sk"], proof, *arguments)
    assert not signing.is_signed(request["sk"] + "x", proof, *arguments)
    assert signing.expected_signature(request["sk"], *arguments, proof.signed_headers) == proof.signature


def signed(body: bytes = b"", **other: str) -> dict[str, str]:
    """The headers of a signed request, as a server receives them."""
    headers = HEADERS | other
    return headers | signing.signature_headers(ACCESS, Secret(SECRET), "GET", TARGET, headers, body, WHEN)


def accepted(headers: Mapping[str, str], method: str = "GET", target: str = TARGET, body: bytes = b"") -> bool:
    proof = signing.parse_authorization(headers["Authorization"])
    assert proof is not None
    return signing.is_signed(SECRET, proof, method, target, headers, body)


def test_one_changed_byte_is_refused() -> None:
    headers = signed()
    assert accepted(headers)
    assert not accepted(headers, method="DELETE")
    assert not accepted(headers, body=b"x")
    for at in range(len(TARGET)):
        flipped = TARGET[:at] + ("x" if TARGET[at] != "x" else "y") + TARGET[at + 1 :]
        assert not accepted(headers, target=flipped), flipped
    for name in ("Host", "X-Project-Id", "X-Sdk-Date"):
        assert not accepted(headers | {name: headers[name][:-1] + "!"}), name
    start, _, proof = headers["Authorization"].rpartition("=")
    for at in range(64):
        flipped = proof[:at] + ("0" if proof[at] != "0" else "1") + proof[at + 1 :]
        assert not accepted(headers | {"Authorization": f"{start}={flipped}"})


def test_a_header_that_is_named_must_be_there_and_host_and_date_must_be_named() -> None:
    headers = signed()
    assert not accepted({name: value for name, value in headers.items() if name != "X-Project-Id"})
    assert not accepted({name: value for name, value in headers.items() if name != "X-Sdk-Date"})
    for unnamed in ("host", "x-sdk-date"):
        names = [name for name in ("host", "x-project-id", "x-sdk-date") if name != unnamed]
        proof = signing.expected_signature(SECRET, "GET", TARGET, headers, b"", names)
        start = f"SDK-HMAC-SHA256 Access={ACCESS}, SignedHeaders={';'.join(names)}, Signature="
        assert not accepted(headers | {"Authorization": start + proof})


def test_a_body_is_signed_unless_it_says_openly_that_it_is_not() -> None:
    json_type = {"Content-Type": "application/json"}
    assert accepted(signed(b'{"a":1}', **json_type), body=b'{"a":1}')
    assert not accepted(signed(b'{"a":1}', **json_type), body=b'{"a":2}')
    assert accepted(signed(b"anything", **{"Content-Type": "text/plain"}), body=b"another thing")
    lied = {"X-Sdk-Content-Sha256": "0" * 64}
    assert not accepted(signed(b'{"a":1}', **lied), body=b'{"a":1}')


def test_an_empty_body_is_hashed_as_empty_whatever_its_type() -> None:
    headers = HEADERS | {"Content-Type": "text/plain", "X-Sdk-Content-Sha256": "UNSIGNED-PAYLOAD"}
    canonical = signing.canonical_request("GET", TARGET, headers, b"", ["host"])
    assert canonical.endswith("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    assert accepted(signed(b"", **{"Content-Type": "text/plain"}))


def test_the_date_is_in_utc() -> None:
    east = WHEN.astimezone(timezone(timedelta(hours=8)))
    added = signing.signature_headers(ACCESS, Secret(SECRET), "GET", TARGET, HEADERS, b"", east)
    assert added["X-Sdk-Date"] == "20191115T033655Z"
    assert signing.signed_at(added) == WHEN
    assert signing.signed_at({"x-sdk-date": " 20191115T033655Z "}) == WHEN


@pytest.mark.parametrize("text", ["", "now", "2019-11-15T03:36:55Z", "20191315T033655Z"])
def test_a_date_that_is_none_is_none(text: str) -> None:
    assert signing.signed_at({"X-Sdk-Date": text}) is None
    assert signing.signed_at({}) is None


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer x",
        "SDK-HMAC-SHA256",
        f"SDK-HMAC-SHA256 Access=, SignedHeaders=host, Signature={'0' * 64}",
        f"SDK-HMAC-SHA256 Access=A, SignedHeaders=, Signature={'0' * 64}",
        "SDK-HMAC-SHA256 Access=A, SignedHeaders=host, Signature=abc",
        f"SDK-HMAC-SHA256 Access=A, SignedHeaders=host, Signature={'0' * 65}",
        f"SDK-HMAC-SHA256 Access=A, SignedHeaders=host, Signature={'0' * 64}, More=1",
        f"V11-HMAC-SHA256 Access=A, SignedHeaders=host, Signature={'0' * 64}",
    ],
)
def test_what_is_no_signature_is_none(header: str) -> None:
    assert signing.parse_authorization(header) is None


@given(st.text(), st.text(), st.dictionaries(st.text(), st.text()), st.binary())
def test_no_request_breaks_the_server(method: str, target: str, headers: dict[str, str], body: bytes) -> None:
    proof = signing.Authorization("A", ("host", "x-sdk-date"), "0" * 64)
    assert not signing.is_signed(SECRET, proof, method, target, {"Host": "h", "X-Sdk-Date": "d"} | headers, body)
    signing.parse_authorization(target)


def test_only_the_standard_library_is_used() -> None:
    tree = ast.parse(Path(signing.__file__).read_text("utf-8"))
    modules = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    modules += [name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names]
    assert {module.partition(".")[0] for module in modules} <= sys.stdlib_module_names
