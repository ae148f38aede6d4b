"""The demo service over a real socket: responses to good, bad and malformed requests, and shutdown."""

import errno
import http.client
import json
import re
import socket
import struct
import threading
import time
import urllib.parse
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from email.utils import parsedate_to_datetime
from typing import Any

import pytest

from kps_tui.demo.listener import LARGEST_BODY, Handler
from kps_tui.demo.server import DemoServer
from kps_tui.demo.tasks import TaskList
from tests.demo.wire import START, Reply

CLOSE_SECONDS = 3 * 0.3
"""Three times the promised time."""


@pytest.fixture(scope="module")
def demo() -> Iterator[DemoServer]:
    with DemoServer(now=lambda: START) as server:
        yield server


@contextmanager
def connected(demo: DemoServer) -> Iterator[http.client.HTTPConnection]:
    address = urllib.parse.urlsplit(demo.endpoint)
    with closing(http.client.HTTPConnection(address.hostname or "", address.port, timeout=10)) as connection:
        yield connection


def exchanged(connection: http.client.HTTPConnection, target: str, **options: Any) -> Reply:
    connection.request(options.pop("method", "GET"), target, **options)
    response = connection.getresponse()
    return Reply(response.status, response.headers, response.read())


def asked(demo: DemoServer, query: str = "", *, path: str = "", token: str | None = "", **options: Any) -> Reply:
    """Request the failed tasks, by default with the right token, project and method."""
    target = (path or f"/v3/{demo.project_id}/failed-tasks") + query
    headers = {} if token is None else {"X-Auth-Token": token or demo.token}
    with connected(demo) as connection:
        return exchanged(connection, target, headers=headers | options.pop("headers", {}), **options)


def sent(demo: DemoServer, request: bytes) -> bytes:
    """Send bytes, close the sending side, and return the whole response."""
    address = urllib.parse.urlsplit(demo.endpoint)
    with socket.create_connection((address.hostname or "", address.port or 0), timeout=10) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def ended(before: set[threading.Thread]) -> bool:
    """Return whether all threads that did not exist `before` end within 5 s each."""
    left = set(threading.enumerate()) - before
    for thread in left:
        thread.join(5)
    return not any(thread.is_alive() for thread in left)


def code_of(reply: Reply) -> str:
    """Return the code of an error, after checking that its body is flat."""
    assert {"error_code", "error_msg"} <= set(reply.json) <= {"error_code", "error_msg", "request_id"}
    assert all(isinstance(value, str) and value for value in reply.json.values())
    return str(reply.json["error_code"])


def test_what_it_says_of_itself(demo: DemoServer) -> None:
    assert re.fullmatch(r"http://127\.0\.0\.1:[0-9]+", demo.endpoint)
    assert re.fullmatch(r"[0-9a-f]{32}", demo.project_id)
    assert demo.region == "cn-north-4"
    with DemoServer() as other:
        assert len(demo.token) >= 32
        assert demo.token != other.token
        assert demo.endpoint != other.endpoint
        assert demo.project_id == other.project_id


@pytest.mark.parametrize(
    ("query", "offset", "limit"),
    [
        ("", 0, 1000),
        ("?", 0, 1000),
        ("?limit=50", 0, 50),
        ("?offset=50", 50, 1000),
        ("?limit=1&offset=2499", 2499, 1),
        ("?limit=1000&offset=2000", 2000, 1000),
        ("?offset=2500", 2500, 1000),
        ("?limit=10&offset=2147483647", 2147483647, 10),
        ("?limit=007&offset=00", 0, 7),
        ("?limit=5&other=1&offset=3", 3, 5),
    ],
)
def test_a_page_is_a_slice_by_rows(demo: DemoServer, query: str, offset: int, limit: int) -> None:
    reply = asked(demo, query)
    assert reply.status == 200
    expected = TaskList(2500, int(START * 1000)).rows(0, 2500)[offset : offset + limit]
    assert reply.json == {"total": 2500, "tasks": expected}


@pytest.mark.parametrize(
    "query",
    [
        "limit=0", "limit=1001", "limit=-1", "limit=", "limit=ten", "limit=1.5", "limit=1e2", "limit=%2B1", "limit=+1",
        "limit=%D9%A1", "limit=99999999999999999999", "limit", "offset=-1", "offset=", "offset=x", "offset=2147483648",
        "offset=%00", "limit=10&offset=NaN", "offset=%FF",
    ],
)  # fmt: skip
def test_a_bad_parameter_is_refused(demo: DemoServer, query: str) -> None:
    reply = asked(demo, f"?{query}")
    assert reply.status == 400
    assert reply.json == {"error_code": "KPS.0002", "error_msg": "parameter error"}


@pytest.mark.parametrize(
    ("token", "why"),
    [(None, "x-auth-token not found"), ("wrong", "decrypt token fail"), ("pässwort", "decrypt token fail")],
)
def test_a_missing_or_wrong_token_is_refused(demo: DemoServer, token: str | None, why: str) -> None:
    reply = asked(demo, "?limit=0", token=token)
    assert reply.status == 401
    assert code_of(reply) == "APIGW.0301"
    assert reply.json["error_msg"] == f"Incorrect IAM authentication information: {why}"
    assert reply.json["request_id"] == reply.headers["X-Request-Id"]


def test_a_token_must_be_whole(demo: DemoServer) -> None:
    for token in (demo.token[:-1], demo.token + "a", demo.token.swapcase()):
        assert asked(demo, token=token).status == 401


def test_another_project_is_refused(demo: DemoServer) -> None:
    path = f"/v3/{'0' * 32}/failed-tasks"
    reply = asked(demo, path=path)
    assert (reply.status, code_of(reply)) == (403, "KMS.0321")
    assert asked(demo, path=path, token="wrong").status == 401


def test_running_tasks_have_the_documented_fields_and_are_on_servers_of_failed_ones(demo: DemoServer) -> None:
    path = f"/v3/{demo.project_id}/running-tasks"
    answer = json.loads(asked(demo, path=path).body)
    assert answer["total"] == len(answer["tasks"]) == 4
    failed = json.loads(asked(demo).body)["tasks"]
    newest_failure = max(int(task["task_time"]) for task in failed)
    for task in answer["tasks"]:
        assert list(task) == ["task_id", "operate_type", "task_time", "server_name", "server_id", "keypair_name"]
        assert re.fullmatch("(READY|RUNNING)_[A-Z]+", task["operate_type"])
        assert task["server_id"] in {each["server_id"] for each in failed}
        assert task["task_id"] not in {each["task_id"] for each in failed}
        assert newest_failure < int(task["task_time"])
    page = json.loads(asked(demo, path=f"{path}?limit=2&offset=3").body)
    assert (page["total"], page["tasks"]) == (4, answer["tasks"][3:])
    assert asked(demo, path=f"{path}?limit=0").status == 400
    assert asked(demo, path=path, token=None).status == 401
    with DemoServer(tasks=0) as empty:
        nothing = asked(empty, path=f"/v3/{empty.project_id}/running-tasks")
    assert json.loads(nothing.body) == {"total": 0, "tasks": []}


@pytest.mark.parametrize(
    "path", ["/", "/v3", "/v3//failed-tasks", "/v3/x/failed-tasks/", "/v2/x/failed-tasks", "/[", "*"]
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_unknown_path_is_not_found(demo: DemoServer, path: str, method: str) -> None:
    reply = asked(demo, path=path, token=None, method=method)
    assert (reply.status, code_of(reply)) == (404, "APIGW.0101")


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "BREW", "get"])
def test_another_method_is_not_allowed(demo: DemoServer, method: str) -> None:
    reply = asked(demo, method=method)
    assert (reply.status, code_of(reply)) == (405, "APIGW.0101")
    assert reply.headers["Allow"] == "GET"


def test_head_has_no_body(demo: DemoServer) -> None:
    answer = sent(demo, f"HEAD /v3/{demo.project_id}/failed-tasks HTTP/1.1\r\n\r\n".encode())
    assert answer.startswith(b"HTTP/1.1 405 ")
    assert answer.endswith(b"\r\n\r\n")


@pytest.mark.parametrize(
    "options",
    [{}, {"query": "?limit=x"}, {"token": "wrong"}, {"path": "/"}, {"path": "/v3/1/failed-tasks"}, {"method": "POST"}],
)
def test_every_answer_has_its_headers(demo: DemoServer, options: dict[str, Any]) -> None:
    first, second = asked(demo, **options), asked(demo, **options)
    for reply in (first, second):
        assert reply.headers["Content-Type"] == "application/json"
        assert re.fullmatch(r"[0-9a-f]{32}", reply.headers["X-Request-Id"])
        assert parsedate_to_datetime(reply.headers["Date"]).timestamp() == int(START)
        assert int(reply.headers["Content-Length"]) == len(reply.body)
        assert "Python" not in str(reply.headers)
    assert first.headers["X-Request-Id"] != second.headers["X-Request-Id"]


def test_chinese_is_sent_as_utf_8(demo: DemoServer) -> None:
    body = asked(demo).body
    assert "订单服务-".encode() in body
    assert b"\\u" not in body


def test_a_connection_is_kept(demo: DemoServer) -> None:
    with connected(demo) as connection:
        target = f"/v3/{demo.project_id}/failed-tasks?limit=1"
        assert exchanged(connection, target, headers={"X-Auth-Token": demo.token}).status == 200
        kept = connection.sock
        for path, method, body in (
            ("/x", "GET", b""),
            (target, "BREW", b"x" * 9),
            (target, "POST", b"y" * LARGEST_BODY),
        ):
            assert exchanged(connection, path, method=method, body=body).status in (404, 405)
        assert exchanged(connection, target, headers={"X-Auth-Token": demo.token}).status == 200
        assert connection.sock is kept is not None


def test_a_body_that_is_not_read_ends_the_connection(demo: DemoServer) -> None:
    head = f"POST /v3/{demo.project_id}/failed-tasks HTTP/1.1\r\nHost: x\r\n"
    for more in ("Content-Length: 65537", "Content-Length: -1", "Content-Length: ²", "Transfer-Encoding: chunked"):
        answer = sent(demo, f"{head}{more}\r\n\r\n".encode())
        assert answer.startswith(b"HTTP/1.1 405 ")
        assert b"\r\nConnection: close\r\n" in answer


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"\x00\xff\xfe\r\n\r\n", 400),
        (b"GET\r\n\r\n", 400),
        (b"GET / HTTP/x\r\n\r\n", 400),
        (b"GET / HTTP/3.0\r\n\r\n", 505),
        (b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n", 414),
        (b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 200 + b"\r\n", 431),
        (b"GET / HTTP/1.1\r\nA: " + b"b" * 70_000 + b"\r\n\r\n", 431),
    ],
)
def test_a_malformed_request_gets_a_flat_error(
    demo: DemoServer, request_: bytes, status: int, capfd: pytest.CaptureFixture[str]
) -> None:
    answer = sent(demo, request_)
    assert f" {status} ".encode() in answer[:20] or answer.startswith(b'{"error_code"')
    assert json.loads(answer.rpartition(b"\r\n")[2])["error_code"] == "APIGW.0201"
    assert asked(demo, "?limit=1").status == 200
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    "request_", [b"", b"\r\n", b"GET / HT", b"GET / HTTP/1.1\r\nHost", b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nx"]
)
def test_a_request_that_stops_breaks_nothing(
    demo: DemoServer, request_: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    sent(demo, request_)
    assert asked(demo, "?limit=1").status == 200
    assert capfd.readouterr() == ("", "")


def test_a_client_that_does_not_wait_breaks_nothing(demo: DemoServer, capfd: pytest.CaptureFixture[str]) -> None:
    for _ in range(20):
        with connected(demo) as connection:
            connection.request("GET", f"/v3/{demo.project_id}/failed-tasks", headers={"X-Auth-Token": demo.token})
            assert connection.sock is not None
            connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    assert asked(demo, "?limit=1").status == 200
    assert capfd.readouterr() == ("", "")


def test_four_at_once_get_what_one_gets(demo: DemoServer) -> None:
    queries = [f"?limit=500&offset={offset}" for offset in range(0, 2500, 500)] * 4
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda query: asked(demo, query).json, queries))
    assert together == [asked(demo, query).json for query in queries]


def test_the_latency_is_waited_for_by_each_alone() -> None:
    with DemoServer(latency=0.2) as demo, ThreadPoolExecutor(4) as pool:
        spent = []
        for at_once in (1, 4):
            began = time.monotonic()
            assert [reply.status for reply in pool.map(lambda _: asked(demo, "?limit=1"), range(at_once))] == [
                200
            ] * at_once
            spent.append(time.monotonic() - began)
        assert min(spent) >= 0.2
        assert spent[1] < 3 * spent[0]


@pytest.mark.parametrize("tasks", [0, 1, 1_000_000])
def test_the_number_of_tasks_is_the_total(tasks: int) -> None:
    with DemoServer(tasks=tasks) as demo:
        page = asked(demo, "?limit=7&offset=999990").json
        assert page["total"] == tasks
        assert len(page["tasks"]) == (7 if tasks > 1 else 0)


def test_times_count_back_from_the_making() -> None:
    now = [START]
    with DemoServer(now=lambda: now[0]) as demo:
        before = asked(demo, "?limit=3")
        now[0] += 3600
        after = asked(demo, "?limit=3")
    assert before.json == after.json
    assert int(before.json["tasks"][0]["task_time"]) <= START * 1000
    assert before.headers["Date"] != after.headers["Date"]


def test_a_port_that_is_taken_is_an_os_error(demo: DemoServer) -> None:
    port = urllib.parse.urlsplit(demo.endpoint).port or 0
    with pytest.raises(OSError) as caught:  # noqa: PT011
        DemoServer(port=port)
    assert caught.value.errno == errno.EADDRINUSE


@pytest.mark.parametrize("port", [-1, 65536])
def test_a_port_that_is_none_is_an_os_error(port: int) -> None:
    with pytest.raises(OSError) as caught:  # noqa: PT011
        DemoServer(port=port)
    assert caught.value.strerror


def test_a_chosen_port_is_used_again_at_once() -> None:
    with DemoServer() as first, connected(first) as kept:
        port = urllib.parse.urlsplit(first.endpoint).port or 0
        assert exchanged(kept, "/").status == 404
        first.close()  # Closed by the server first, so that the system keeps the connection in TIME_WAIT.
    with DemoServer(port=port) as second:
        assert second.endpoint == first.endpoint
        assert asked(second, "?limit=1").status == 200


def test_a_second_close_leaves_the_next_owner_of_the_port_alone() -> None:
    demo = DemoServer()
    demo.start()
    demo.close()
    port = urllib.parse.urlsplit(demo.endpoint).port or 0
    with socket.create_server(("127.0.0.1", port)) as owner:
        owner.setblocking(False)
        demo.close()
        with pytest.raises(BlockingIOError):
            owner.accept()


def test_a_connection_that_says_nothing_is_closed_quietly(
    demo: DemoServer, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Handler, "timeout", 0.01)
    address = urllib.parse.urlsplit(demo.endpoint)
    with socket.create_connection((address.hostname or "", address.port or 0), timeout=5) as connection:
        assert connection.recv(1) == b""
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("arguments", [{"tasks": -1}, {"latency": -0.1}])
def test_nonsense_is_a_value_error(arguments: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="negative"):
        DemoServer(**arguments)


def test_only_loopback_is_served(demo: DemoServer) -> None:
    address = urllib.parse.urlsplit(demo.endpoint)
    assert address.hostname == "127.0.0.1"
    with pytest.raises(OSError), socket.create_connection(("127.0.0.2", address.port or 0), timeout=5):  # noqa: PT011
        pass


def test_close_does_not_wait_for_an_idle_connection() -> None:
    before = set(threading.enumerate())
    demo = DemoServer()
    demo.start()
    with connected(demo) as kept, connected(demo) as silent:
        assert exchanged(kept, "/").status == 404
        silent.connect()
        began = time.monotonic()
        demo.close()
        assert time.monotonic() - began < CLOSE_SECONDS
        assert kept.sock is not None
        kept.sock.settimeout(5)
        assert kept.sock.recv(1) == b""
    assert ended(before)
    with pytest.raises(ConnectionRefusedError):
        asked(demo)


def test_close_does_not_wait_for_the_latency() -> None:
    before = set(threading.enumerate())
    demo = DemoServer(latency=60)
    demo.start()
    address = urllib.parse.urlsplit(demo.endpoint)
    with socket.create_connection((address.hostname or "", address.port or 0), timeout=5) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nExpect: 100-continue\r\n\r\n")
        assert connection.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"  # From here on it waits.
        began = time.monotonic()
        demo.close()
        assert time.monotonic() - began < CLOSE_SECONDS
        assert connection.recv(1) == b""
    assert ended(before)


def test_close_is_harmless_twice_and_before_the_start() -> None:
    demo = DemoServer()
    demo.close()
    demo.close()
    with DemoServer() as other:
        other.start()
        assert asked(other, "?limit=1").status == 200
        other.close()
