"""Login faults: a password from the environment, odd responses of IAM, tokens that expire. Rows 52 to 67."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.faults.iam import PASSWORD, Iam, in_seconds, issued
from tests.faults.matrix import identity
from tests.loopback import http, serving_in_a_thread
from tests.program import PROJECT, Ended, run

LIFE = 5.0
"""Seconds; long enough that the second page is asked for in the first half, or the token would be renewed ahead."""
TOKEN = "canary-issued-token-40a7"
NO_TOKEN = "X-Subject-Token holds no usable token"
SAID = {
    "error": {"code": 401, "message": "The password must be changed \x1b]0;owned\x07 first", "title": "Unauthorized"}
}


@dataclass(frozen=True)
class Login:
    """One fault of a login."""

    row: int
    variant: str
    iam: Callable[[], Iam]
    code: int = 0
    said: tuple[str, ...] = ()
    posts: int = 1
    gets: int = 1
    refused: int = 0
    """Number of requests with a 401 from the service."""
    tasks: int | None = 12
    page_size: int = 1000
    shortest: float = 0.0

    @property
    def id(self) -> str:
        return identity(self.row, self.variant)

    def listed(self, folder: Path) -> "Outcome":
        """Run `list` with a password."""
        iam = self.iam()
        with serving_in_a_thread(iam) as server:
            environ = {
                "KPS_TUI_ENDPOINT": server.endpoint,
                "KPS_TUI_REGION": "cn-north-4",
                "KPS_TUI_PROJECT_ID": PROJECT,
                "OS_AUTH_URL": f"{server.endpoint}/v3",
                "OS_USERNAME": "ops",
                "OS_USER_DOMAIN_NAME": "acme",
                "OS_PASSWORD": PASSWORD,
            }
            size = f"--page-size={self.page_size}"
            return Outcome(run(folder, "list", "--format=json", "--debug", size, environ=environ), iam)


@dataclass(frozen=True)
class Outcome:
    """The result of a run, and the requests that the server got."""

    ended: Ended
    iam: Iam


def _issuing(
    token: str = TOKEN, ends: Callable[[], object] = lambda: in_seconds(3600), project: Any = ...
) -> Callable[[], Iam]:
    found = {"id": PROJECT} if project is ... else project
    return lambda: Iam(login=lambda iam: issued(token, ends(), found))


def _refusing(status: str, body: Any) -> Callable[[], Iam]:
    return lambda: Iam(login=lambda iam: http(body, status, {"X-IAM-Trace-Id": "trace-5"}))


def _odd_token(variant: str, token: str | None, said: str = NO_TOKEN) -> Login:
    def answer(iam: Iam) -> bytes:
        whole = issued("#", in_seconds(3600), {"id": PROJECT})
        return whole.replace(
            b"X-Subject-Token: #\r\n", b"" if token is None else f"X-Subject-Token: {token}\r\n".encode("latin-1")
        )

    return Login(66, variant, lambda: Iam(login=answer), 1, (said,), gets=0, tasks=None)


def _odd_end(variant: str, ends: Callable[[], object], project: Any = ...) -> Login:
    return Login(67, variant, _issuing(ends=ends, project=project))


CASES = (
    Login(52, "", lambda: Iam(life=LIFE), posts=2, gets=3, refused=1, page_size=10, shortest=LIFE),
    Login(
        *(53, "", lambda: Iam(life=LIFE, never=True), 6, ("the service rejected the login (401)",), 2, 3, 2, 10),
        page_size=10,
        shortest=LIFE,
    ),
    Login(54, "", lambda: Iam(40, life=LIFE), posts=2, gets=9, refused=4, tasks=40, page_size=10, shortest=LIFE),
    Login(
        55,
        "",
        _refusing("401 X", {"error": {"code": 401}}),
        4,
        ("IAM locks the user after five wrong passwords",),
        gets=0,
        tasks=None,
    ),
    Login(55, "locked", _refusing("401 X", {"error_code": "IAM.0061"}), 4, ("the user is locked",), gets=0, tasks=None),
    Login(55, "server-fails", _refusing("503 X", {}), 3, ("failed (503)",), gets=0, tasks=None),
    Login(55, "form-refused", _refusing("400 X", {}), 1, ("(400)",), posts=3, gets=0, tasks=None),
    Login(
        57,
        "",
        _refusing("401 X", SAID),
        4,
        ("The password must be changed ␛]0;owned␇ first", "trace-5"),
        gets=0,
        tasks=None,
    ),
    Login(57, "mfa", _refusing("403 X", SAID), 5, ("The password must be changed", "trace-5"), gets=0, tasks=None),
    _odd_token("missing", None),
    _odd_token("empty", ""),
    _odd_token("folded", f"{TOKEN}\r\n X-Injected: 1"),
    _odd_token("no-ascii", f"{TOKEN}-é"),
    _odd_token("32-kB", TOKEN * 1400),
    _odd_end("missing", lambda: None),
    _odd_end("unreadable", lambda: "soon"),
    _odd_end("past", lambda: "2015-01-01T00:00:00.000000Z"),
    _odd_end("number", lambda: 10**400),
    _odd_end("no-project", lambda: in_seconds(3600), None),
    _odd_end("odd-project", lambda: in_seconds(3600), {"id": "../\x1b[31m"}),
)
