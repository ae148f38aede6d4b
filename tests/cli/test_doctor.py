"""`doctor` as a process: lines, JSON, exit codes, and no secret in its output."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from kps_tui.demo.server import DemoServer
from tests import program
from tests.program import clean_environment


def run(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "kps_tui", "doctor", *arguments]
    environment = clean_environment(PYTHON_KEYRING_BACKEND="keyring.backends.fail.Keyring", **environ)
    root = Path(__file__).parents[2]
    ended = subprocess.run(command, env=environment, cwd=root, capture_output=True, encoding="utf-8", timeout=90)
    assert "Traceback" not in ended.stderr
    return ended


def test_the_demo_is_fine() -> None:
    ended = run("--demo", "--demo-tasks", "3")
    assert (ended.returncode, ended.stderr) == (0, "")
    lines = ended.stdout.splitlines()
    assert lines[0].split()[:2] == ["ok", "demo"]
    assert {line.split()[0] for line in lines} <= {"ok", "warning"}
    assert any(line.endswith("· 3 failed tasks") for line in lines)


def test_json_is_a_list_of_objects_and_the_exit_code_is_that_of_the_first_problem() -> None:
    ended = run("--format", "json")
    findings = json.loads(ended.stdout)
    assert ended.returncode == 2
    assert all(set(finding) == {"name", "level", "says", "do", "exit_code"} for finding in findings)
    first = next(finding for finding in findings if finding["level"] == "problem")
    assert (first["name"], first["exit_code"]) == ("place", 2)
    assert "--region" in first["do"]


def test_the_users_runbook_is_looked_at(tmp_path: Path) -> None:
    path = tmp_path / "kps-tui" / "runbook.toml"
    path.parent.mkdir()
    path.write_text("[causes.bad]\nname = 5\n")
    findings = json.loads(run("--format", "json", XDG_CONFIG_HOME=str(tmp_path)).stdout)
    said = {(finding["level"], finding["says"]): finding["do"] for finding in findings}
    assert ("ok", f"{path} · mode {path.stat().st_mode & 0o777:04o}") in said
    assert said["warning", f"{path}, line 1: causes.bad.messages: neither a message nor a code points to the cause"]
    path.chmod(0o666)
    refused = run("--format", "json", XDG_CONFIG_HOME=str(tmp_path))
    assert refused.returncode == 2
    assert f"chmod go-w {path}" in refused.stdout


def test_no_login_is_exit_4() -> None:
    with DemoServer(tasks=1) as demo:
        ended = run("--endpoint", demo.endpoint)
    assert ended.returncode == 4
    assert "kps-tui login" in ended.stdout


def test_what_a_terminal_can_not_write_is_escaped() -> None:
    ended = run("--demo", LC_ALL="POSIX", PYTHONIOENCODING="ascii")
    assert ended.returncode == 0
    assert ended.stdout.isascii()


@pytest.mark.parametrize("output_format", ["plain", pytest.param("json", marks=pytest.mark.full)])
@pytest.mark.parametrize(
    "proxy",
    [
        "http://me:canary-proxy@127.0.0.1:9",
        "http://me:canary-proxy#canary-more@127.0.0.1:9",
        "socks5://me:canary-proxy@127.0.0.1:9",
        "http://me:canary-proxy",
    ],
)
def test_no_secret_is_ever_printed(output_format: str, proxy: str, tmp_path: Path) -> None:
    environ = {
        "KPS_TUI_REGION": "cn-north-4",
        "HUAWEICLOUD_SDK_AK": "canary-access-key",
        "HUAWEICLOUD_SDK_SK": "canary-secret-key",
        "HW_ACCESS_KEY": "canary-hw-key",
        "HW_AUTH_TOKEN": "canary-hw-token",
        "OS_USERNAME": "me",
        "OS_PASSWORD": "canary-password",
        "HTTPS_PROXY": proxy,
        "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
    }
    for token in ({}, {"KPS_TUI_TOKEN": "canary-token"}, {"KPS_TUI_TOKEN": "canary token\n"}):
        ended = program.run(tmp_path, "doctor", "--debug", "--format", output_format, environ=environ | token)
        assert ended.code in (2, 3, 4), ended.everything
        assert "canary" not in ended.everything
        logged = [path.read_text() for path in tmp_path.rglob("*") if path.is_file()]
        assert not any("canary" in text for text in logged)
