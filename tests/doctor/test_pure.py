"""The checks of doctor on given input, without network, keyring and terminal."""

import asyncio
import re
from datetime import timedelta
from pathlib import Path
from typing import Any, get_args

import pytest

from kps_tui import doctor
from kps_tui.doctor.checks import Check
from kps_tui.doctor.examination import Examination, open_examination
from kps_tui.doctor.finding import LEVELS, NAMES, Finding, Level, exit_code
from kps_tui.doctor.network import certificate_finding, clock_finding
from kps_tui.doctor.terminal import terminal_findings
from kps_tui.doctor.vault import keyring_finding
from kps_tui.identity.vault import KeyringState
from kps_tui.problems import ConfigError, CredentialError, NextStep
from kps_tui.settings import Settings
from kps_tui.terminal.clipboard import clipboard_method, is_behind_tmux
from kps_tui.terminal.terminal import terminal_of
from tests.doctor.test_service import results


def test_the_exit_code_is_that_of_the_first_problem() -> None:
    ok, warning = Finding("a", "ok", ""), Finding("b", "warning", "")
    network, login = Finding("c", "problem", "", "", 3), Finding("d", "problem", "", "", 4)
    assert exit_code([]) == exit_code([ok, warning]) == 0
    assert exit_code([warning, network, login]) == 3
    assert exit_code([Finding("e", "problem", "")]) == 1


@pytest.mark.parametrize(
    ("seconds", "level", "code"),
    [
        (0, "ok", 0),
        (-60, "ok", 0),
        (61, "warning", 0),
        (-300, "warning", 0),
        (301, "problem", 1),
        (-9000, "problem", 1),
    ],
)
def test_a_clock_is_judged_by_how_far_it_is_off(seconds: int, level: str, code: int) -> None:
    found = clock_finding(timedelta(seconds=seconds))
    assert (found.level, found.exit_code) == (level, code)
    if level != "ok":
        assert ("ahead of" if seconds > 0 else "behind") in found.says


def test_a_certificate_names_issuer_and_days() -> None:
    issued: dict[str, Any] = {
        "issuer": ((("countryName", "XX"),), (("organizationName", "Example CA"),)),
        "notAfter": "Jan 31 00:00:00 2026 GMT",
    }
    end = 1_769_817_600
    found = certificate_finding("TLSv1.3", issued, end - 30 * 86_400)
    assert (found.level, found.says) == ("ok", "TLSv1.3 · issued by Example CA · 30 days left")
    assert certificate_finding("TLSv1.3", issued, end - 13 * 86_400).level == "warning"


def test_a_keyring_is_a_problem_only_where_the_login_lies_in_it() -> None:
    broken = KeyringState("Secret Service", "locked", 12, CredentialError("locked", next_step="unlock it"))
    needed, not_needed = keyring_finding(broken, needed=True), keyring_finding(broken, needed=False)
    assert (needed.level, needed.exit_code, str(needed.do)) == ("problem", 4, "unlock it")
    assert (not_needed.level, not_needed.exit_code) == ("warning", 0)
    fine = keyring_finding(KeyringState("Secret Service", "reachable", 12), needed=True)
    assert (fine.level, fine.says) == ("ok", "Secret Service · reachable · 12 ms")


def by_name(environ: dict[str, str], size: tuple[int, int] = (80, 24), tmux: str | None = None) -> dict[str, Finding]:
    path, behind_tmux = clipboard_method(environ, lambda name: tmux), is_behind_tmux(environ)
    found = terminal_findings(terminal_of(environ, size), path, behind_tmux=behind_tmux)
    return {finding.name: finding for finding in found}


def test_a_tmux_on_the_near_side_is_said() -> None:
    found = by_name({"TERM": "tmux-256color", "SSH_CONNECTION": "a b c d"})["clipboard"]
    assert (found.level, str(found.do)) == ("warning", "in the outer tmux run: tmux set -s set-clipboard on")
    assert by_name({"TERM": "tmux-256color", "TMUX": "/tmp/t,1,0"}, tmux="/bin/tmux")["clipboard"].level == "ok"
    assert by_name({"TERM": "xterm-256color", "SSH_CONNECTION": "a b c d"})["clipboard"].level == "ok"


def test_the_locale_of_a_mac_is_utf_8() -> None:
    assert by_name({"TERM": "xterm", "LC_CTYPE": "UTF-8"})["encoding"].level == "ok"
    assert by_name({"TERM": "xterm", "LC_CTYPE": "C", "LANG": "C.UTF-8"})["encoding"].level == "warning"


def test_a_terminal_is_described() -> None:
    xterm = {"TERM": "xterm-256color", "LANG": "en_US.UTF-8"}
    found = by_name(xterm)
    assert {name: finding.says for name, finding in found.items()} == {
        "terminal": "80×24",
        "TERM": "xterm-256color",
        "colours": "256",
        "encoding": "UTF-8",
        "inside": "no tmux, no screen, no SSH",
        "clipboard": "OSC 52",
    }
    in_tmux = by_name(xterm | {"TMUX": "/tmp/x,1,0", "SSH_CONNECTION": "a", "COLORTERM": "truecolor"}, tmux="/bin/tmux")
    assert in_tmux["clipboard"].says == "tmux load-buffer -w"
    assert in_tmux["inside"].says == "tmux · SSH"
    assert in_tmux["colours"].says == "24 bit"
    assert by_name(xterm | {"TMUX": "/tmp/x,1,0"})["clipboard"].level == "warning"
    assert by_name(xterm | {"STY": "1.x"})["clipboard"].level == "warning"
    assert by_name(xterm | {"NO_COLOR": "1"})["colours"].says == "none"


def test_a_poor_terminal_is_warned_of() -> None:
    found = by_name({"LC_ALL": "C", "LANG": "en_US.UTF-8"}, (52, 12))
    assert {name for name, finding in found.items() if finding.level == "warning"} == {
        "terminal",
        "TERM",
        "encoding",
        "clipboard",
    }
    assert by_name({}, (0, 0))["terminal"].level == "ok"


def examination(**environ: str) -> Examination:
    return open_examination(Settings(), environ)


def test_a_check_that_crashes_or_hangs_stands_in_the_way_of_none(tmp_path: object) -> None:
    import threading

    stop = threading.Event()

    def crashes(examination: Examination) -> Any:
        yield Finding("first", "ok", "before")
        raise KeyError("canary-in-an-exception")

    def hangs(examination: Examination) -> Any:
        stop.wait(30)
        yield Finding("never", "ok", "")

    async def waits(examination: Examination) -> list[Finding]:
        await asyncio.Event().wait()
        return []

    async def times_out(examination: Examination) -> list[Finding]:
        raise TimeoutError("canary")

    def leaves(examination: Examination) -> Any:
        raise SystemExit

    def refuses(examination: Examination) -> Any:
        raise ConfigError("no region", why="nothing names it", next_step="name one")

    def needs(examination: Examination) -> Any:
        raise ImportError("canary", name="_cffi_backend")

    def tells(examination: Examination) -> Any:
        yield Finding("last", "ok", "\x1b[31mred canary-token-123 \u202e", "ask canary%2Fproxy or canary/proxy")

    checks = [Check(f.__name__, f, 0.3, 3) for f in (crashes, hangs, waits, times_out, leaves, refuses, needs, tells)]
    at = examination(KPS_TUI_TOKEN="canary-token-123", HTTPS_PROXY="http://me:canary%2Fproxy@proxy:1")
    found = results(at, checks)
    stop.set()
    assert [(finding.name, finding.level, finding.exit_code) for finding in found] == [
        ("first", "ok", 0),
        ("crashes", "problem", 1),
        ("hangs", "problem", 3),
        ("waits", "problem", 3),
        ("times_out", "problem", 1),
        ("leaves", "problem", 1),
        ("refuses", "problem", 2),
        ("needs", "problem", 2),
        ("last", "ok", 0),
    ]
    assert found[1].says == "the check failed (KeyError)"
    assert found[6] == Finding("refuses", "problem", "no region: nothing names it", NextStep.of("name one"), 2)
    assert found[7].says.startswith("the library “_cffi_backend” can't be loaded: ")
    assert "canary" not in str(found)
    assert (found[8].says + str(found[8].do)).isprintable()


def test_every_name_and_level_of_a_finding_is_marked_for_translation() -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in Path(str(doctor.__file__)).parent.glob("*.py"))
    names = re.findall(r'(?:Check|Finding|problem_of)\(\s*"([^"]+)"', sources)
    assert len(names) > 30
    assert {*names} == {*NAMES}
    assert {*get_args(Level)} == {*LEVELS}
