"""Whatever the service sends, only allowed sequences reach the terminal, and no text has an effect."""

from functools import partial

import pytest

from tests.loopback import Loopback, Reply, Request, http, listing, row, serving_in_a_thread
from tests.payloads import PAYLOADS
from tests.terminal.pty_run import FORKED, Terminal, disallowed, environment

FIELDS = ("operate_type", "task_time", "task_error_code", "task_error_msg", "server_name", "server_id", "keypair_name")


def hostile_rows() -> list[dict[str, object]]:
    """Return a row for each payload, which is in every field, the id and an undocumented field."""
    return [
        row(number)
        | dict.fromkeys(FIELDS, text)
        | {"task_id": f"{number:02}{text}", "task_error_msg": f"#{number}#{text}", f"new{text}": text}
        for number, text in enumerate(PAYLOADS.values())
    ]


def more_than(asked: int, server: Loopback, screen: str) -> bool:
    return len(server.requests) > asked


def is_about(number: int, screen: str) -> bool:
    """Return whether the screen shows the refusal of request `number`, by its code or its request id."""
    return f"!{number}!" in screen or f"a{number}␛[31m" in screen


def is_whole(number: int, screen: str) -> bool:
    """Return whether the details of a task have the whole screen."""
    return "j Next" in screen and f"#{number}#" in screen


@pytest.mark.parametrize(
    "options",
    [pytest.param([], id="short"), pytest.param(["--plain-output"], id="plain", marks=pytest.mark.full)],
)
def test_no_text_of_the_service_acts_on_the_terminal(options: list[str]) -> None:
    rows = hostile_rows()
    refuse: list[str] = []

    def reply(request: Request) -> Reply:
        if not refuse:
            return listing(rows)(request)
        text = refuse[-1]
        header = "".join(c if 31 < ord(c) < 127 else "?" for c in text)[:60]
        marked = f"!{len(refuse)}! {text}"
        body = {"error_code": marked, "error_msg": marked, "request_id": text}
        return http(body, f"400 {header}", {"X-Request-Id": f"a{len(refuse)}\x1b[31m{header}"})

    with serving_in_a_thread(reply) as server:
        env = environment(KPS_TUI_ENDPOINT=server.endpoint, KPS_TUI_PROJECT_ID="p", KPS_TUI_TOKEN="t")
        with Terminal([FORKED, *options], columns=130, rows=40, env=env) as terminal:
            terminal.shows(f"{len(rows)} failed")
            terminal.send("Gd")
            for number in reversed(range(len(rows))):
                terminal.until("all about the task", partial(is_whole, number))
                terminal.send("k")
            terminal.send("d")
            terminal.until("the table is back", lambda text: "OP" in text and "ERROR" in text)
            terminal.resize(90, 30)
            terminal.until("the detail is below", lambda text: "Key pair" in text)
            for _ in rows:
                terminal.send("j")
            for text in PAYLOADS.values():
                refuse.append(text)
                asked = len(server.requests)
                terminal.send("r")
                terminal.until("asked again", partial(more_than, asked, server))
                terminal.shows("the service rejected the request (400)")
                terminal.until("it is about this request", partial(is_about, len(refuse)))
            terminal.send("q")
            assert terminal.ended()[0] == 0
            assert disallowed(terminal.data) == ""
            assert b"CLICK" in terminal.data
            assert "订单服务" in terminal.data.decode("utf-8")


@pytest.mark.parametrize("options", [[], ["--plain-output"]], ids=["short", "plain"])
def test_an_error_on_the_first_page_is_as_harmless(options: list[str]) -> None:
    text = "".join(PAYLOADS.values())[:6000]
    with serving_in_a_thread(lambda request: http({"error_code": text, "error_msg": text}, "403 X")) as server:
        env = environment(KPS_TUI_ENDPOINT=server.endpoint, KPS_TUI_PROJECT_ID="p", KPS_TUI_TOKEN="t")
        with Terminal([FORKED, *options], env=env) as terminal:
            terminal.shows("the service denies permission (403)")
            terminal.send("q")
            assert terminal.ended()[0] == 0
            assert disallowed(terminal.data) == ""
