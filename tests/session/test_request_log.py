"""The log of recent requests."""

from datetime import UTC, datetime

from kps_tui.kps.transport import RequestRecord
from kps_tui.session.request_log import REMEMBERED, log_request, recent_requests


def test_the_last_requests_the_newest_first_and_no_more_than_so_many() -> None:
    before = datetime.now(UTC)
    for number in range(REMEMBERED + 7):
        log_request(RequestRecord(f"/{number}", number, 200, f"req-{number}", ""))
    found = recent_requests()
    assert [exchange.path for _at, exchange in found] == [f"/{number}" for number in range(REMEMBERED + 6, 6, -1)]
    moments = [at for at, _exchange in found]
    assert moments == sorted(moments, reverse=True)
    assert before <= moments[-1] <= moments[0] <= datetime.now(UTC)


def test_what_was_looked_at_stays_as_it_was() -> None:
    log_request(RequestRecord("/a", 1, None, "", "refused"))
    found = recent_requests()
    log_request(RequestRecord("/b", 1, 200, "", ""))
    assert found[0][1] == RequestRecord("/a", 1, None, "", "refused")
    assert recent_requests()[0][1].path == "/b"
