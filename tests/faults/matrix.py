"""The fault matrix: 80 rows, each with tests that have its number in their ids, or a reason for having none."""

from dataclasses import dataclass

import pytest

WANTED = 76
"""The fewest rows that must have a test."""


@dataclass(frozen=True, slots=True)
class Row:
    """One fault."""

    number: int
    name: str
    title: str
    reason: str = ""
    """Why it has no test; empty if it has one."""


NOTHING_DELETES = "the program deletes nothing"

ROWS = (
    Row(1, "dns", "the name of the host is not known"),
    Row(2, "refused", "the connection is refused"),
    Row(3, "black-hole", "nobody answers a connection attempt"),
    Row(4, "hung", "the server accepts and never answers"),
    Row(5, "drip", "headers, then one byte a second"),
    Row(6, "endless-body", "a body without end"),
    Row(7, "gzip-bomb", "a body that unpacks to a thousand times its size"),
    Row(8, "encoding", "nested gzip, br, zstd, an unknown encoding"),
    Row(9, "short-body", "Content-Length promises more than comes"),
    Row(10, "cut-chunks", "chunks that end too early"),
    Row(11, "bad-chunk", "a chunk whose size is no number"),
    Row(12, "reset", "the connection is reset in the body"),
    Row(13, "kept-alive", "a kept connection is closed before the answer"),
    Row(14, "no-http", "garbage, or another protocol, in place of a status line"),
    Row(15, "huge-headers", "more than 64 KiB of headers"),
    Row(16, "escape-in-head", "ESC in the reason or in a header"),
    Row(17, "certificate", "a certificate that is self-signed, expired, for another host, of an unknown CA"),
    Row(18, "old-tls", "TLS below 1.2"),
    Row(19, "ca-bundle", "a CA bundle that is not there, unreadable, or none"),
    Row(20, "plain-http", "an http:// endpoint"),
    Row(21, "endpoint", "an endpoint with user-info, fragment, path tricks; another host"),
    Row(22, "redirect", "301, 302, 303 to another host"),
    Row(23, "same-origin", "307, 308 on the same origin"),
    Row(24, "redirect-loop", "a redirect to itself"),
    Row(25, "proxy", "HTTPS_PROXY is set, with a login"),
    Row(26, "no-proxy", "NO_PROXY names the host"),
    Row(27, "bad-proxy", "a proxy that can't be used"),
    Row(28, "proxy-refuses", "the proxy answers 407 or 502"),
    Row(29, "captive-portal", "200 with HTML"),
    Row(30, "empty-body", "200 without a body"),
    Row(31, "bad-json", "JSON that is none"),
    Row(32, "bad-text", "bytes that are not UTF-8"),
    Row(33, "bom", "a byte order mark; UTF-16"),
    Row(34, "deep", "nested 200,000 levels deep"),
    Row(35, "numbers", "5,000 digits, NaN, Infinity, 1e400"),
    Row(36, "top-level", "a list, a text, null at the top"),
    Row(37, "tasks", "tasks missing, null, an object"),
    Row(38, "no-object", "rows that are no objects"),
    Row(39, "odd-times", "times of every wrong type"),
    Row(40, "fields", "fields missing, null, unknown"),
    Row(41, "twice", "the same task twice in one page"),
    Row(42, "total", "total is less, more, negative, a text, growing"),
    Row(43, "ignored-offset", "the same page for ever"),
    Row(44, "limit", "limit is ignored, or capped"),
    Row(45, "inserted", "rows inserted between pages"),
    Row(46, "deleted", "rows deleted between pages"),
    Row(47, "hostile-text", "escape sequences, bidi, markup in every field"),
    Row(48, "huge-text", "a message of 1 MB, 20,000 combining marks"),
    Row(49, "surrogate", "a lone surrogate"),
    Row(50, "rejected", "400 with code and message"),
    Row(51, "login-refused", "401 on the first call"),
    Row(52, "token-expires", "401 in mid-session: the token expired"),
    Row(53, "refused-again", "401 again after a new login"),
    Row(54, "storm", "401 for several requests at once"),
    Row(55, "lock-out", "a wrong password: five of them lock the user"),
    Row(56, "ends-soon", "a token that ends within five minutes"),
    Row(57, "iam-says", "a password change or a first login is asked for"),
    Row(58, "permission", "403"),
    Row(59, "wrong-place", "404: a wrong region or project"),
    Row(60, "not-allowed", "405, 406, 415, 501"),
    Row(61, "delete-conflict", "409 or 412 on a delete", NOTHING_DELETES),
    Row(62, "slow-down", "429 with Retry-After in seconds"),
    Row(63, "odd-retry-after", "Retry-After as a date, garbage, negative, 10^9"),
    Row(64, "service-fails", "500, 502, 503, 504"),
    Row(65, "delete-unknown", "a delete whose answer never comes", NOTHING_DELETES),
    Row(66, "odd-token", "X-Subject-Token missing, empty, folded, no ASCII, 32 kB"),
    Row(67, "odd-expiry", "expires_at missing, unreadable, past; no project"),
    Row(68, "clock-skew", "this machine's clock is 16 min off"),
    Row(69, "clock-jump", "the clock jumps during a session"),
    Row(70, "network-switch", "every kept connection is gone after a sleep"),
    Row(71, "quit", "the user quits during a request"),
    Row(72, "keyring", "a keyring that is missing, locked, hung, forbidden, broken"),
    Row(73, "forgetful-keyring", "a keyring that loses or changes what it was given"),
    Row(74, "odd-item", "an item in the keyring that can't be read"),
    Row(75, "configuration", "a configuration that can't be read or written, or is open to others"),
    Row(76, "two-at-once", "two kps-tui at once"),
    Row(77, "signals", "TERM, HUP, QUIT, INT, TSTP and CONT"),
    Row(78, "terminal-gone", "the terminal is gone, SIGHUP ignored"),
    Row(79, "crash", "a bug of ours in a handler"),
    Row(80, "no-terminal", "stdout or stdin is no terminal"),
)


def identity(number: int, variant: str = "") -> str:
    """Return the id of a test of row `number`: `fault-07-gzip-bomb`, and a variant of it."""
    row = ROWS[number - 1]
    return "-".join(part for part in (f"fault-{number:02}", row.name, variant) if part)


def fault(number: int, variant: str = "") -> pytest.MarkDecorator:
    """Return a mark that puts the number of the row into the id of a test."""
    return pytest.mark.parametrize("fault_id", [identity(number, variant)])
