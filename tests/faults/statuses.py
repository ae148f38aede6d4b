"""Faults with an error status, rows 50 to 64, and signatures with a wrong clock."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import partial

from tests.faults.case import GOOD, Case, fixed, made
from tests.faults.hostile import REPEATED, Server, always, in_turn
from tests.loopback import http

SAID = {"error_code": "KPS.0002", "error_msg": "参数错误 \x1b[31m[/x]"}
ID = {"X-Request-Id": "req-77"}
KEY = {"KPS_TUI_TOKEN": "", "HUAWEICLOUD_SDK_AK": "AKAKAK", "HUAWEICLOUD_SDK_SK": "canary-token-6d1f"}


def _refusal(status: str, **headers: str) -> bytes:
    return http(SAID, status, {**ID, **headers})


def _slow_down(retry_after: Callable[[], str], times: int = 1) -> Callable[[], Server]:
    """429 `times` times, then a good answer."""

    def make() -> Server:
        refused: list[Server] = [lambda request: _refusal("429 X", **{"Retry-After": retry_after()})] * times
        return in_turn(*refused, GOOD)

    return make


def _skewed(ahead: timedelta) -> Callable[[], Server]:
    """401 of a service whose clock is ahead of ours."""

    def make() -> Server:
        date = format_datetime(datetime.now(UTC) + ahead, usegmt=True)
        return always(http({"error_code": "APIGW.0301", "error_msg": "no"}, "401 X", {"Date": date}))

    return make


def _in_a_second() -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True)


CASES = (
    Case(
        *(50, "", fixed(_refusal("400 Bad Request")), 1),
        ("rejected the request (400)", "KPS.0002 参数错误 ␛[31m[/x] · request id req-77"),
    ),
    Case(50, "no-json", fixed(http("<html>", "400 X", ID)), 1, ("rejected the request (400)", "request id req-77")),
    Case(50, "huge", fixed(http({"error_msg": "x" * 60_000}, "400 X")), 1, ("rejected the request (400)", "xxx…")),
    Case(51, "", fixed(_refusal("401 X")), 4, ("rejected the login (401)", "req-77")),
    Case(51, "signature", fixed(_refusal("401 X")), 4, ("rejected the login (401)", "access key"), environ=KEY),
    Case(58, "", fixed(_refusal("403 X")), 5, ("denies permission (403)", "kps:domainKeypairs:getfailtask", "req-77")),
    Case(58, "frozen", fixed(http({"error_code": "KPS.9004"}, "403 X")), 5, ("(403)", "the account is frozen")),
    Case(
        *(59, "", fixed(_refusal("404 X")), 1),
        ("does not know project 0123456789abcdef0123456789abcdef in region cn-north-4 at 127.0.0.1", "(404)"),
        arguments=("--region=cn-north-4",),
        shown=("does not know project 00000000000000000000000000000000", "(404)"),
    ),
    Case(59, "html", fixed(http("<html>", "404 X")), 1, ("does not know project", "(404)")),
    *(
        Case(60, status, fixed(_refusal(f"{status} X")), 3 if status == "501" else 1, (f"({status})", "KPS.0002"))
        for status in ("405", "406", "415", "501")
    ),
    Case(62, "", made(_slow_down(lambda: "2")), 0, (), 3, requests=2, shortest=2),
    Case(
        62, "always", made(lambda: always(_refusal("429 X", **{"Retry-After": "0"}))), 3, ("(429)",), requests=REPEATED
    ),
    Case(63, "date", made(_slow_down(_in_a_second)), 0, (), 3, requests=2, shortest=1),
    *(
        Case(63, variant, made(_slow_down(partial(str, text))), 0, (), 3, requests=2)
        for variant, text in (
            *(("garbage", "soon"), ("negative", "-5"), ("empty", ""), ("infinite", "inf")),
            *(("past", "Tue, 24 Nov 2015 12:00:20 GMT"), ("no-date", "Tue, 99 Nov 99999 12:00:20 GMT")),
        )
    ),
    *(
        Case(
            64,
            status,
            fixed(_refusal(f"{status} X")),
            3,
            (f"the service failed ({status})", "req-77"),
            requests=REPEATED,
        )
        for status in ("500", "502", "503", "504")
    ),
    Case(64, "once", made(lambda: in_turn(always(_refusal("503 X")), GOOD)), 0, (), 3, requests=2),
    *(
        Case(68, side, made(_skewed(by)), 4, ("(401)", f"clock is 16 min {side}"), environ=KEY)
        for side, by in (("slow", timedelta(minutes=16)), ("fast", timedelta(minutes=-16)))
    ),
    Case(68, "of-a-token", made(_skewed(timedelta(minutes=16))), 4, ("(401)", "log in again")),
)
"""In the order of the matrix."""
