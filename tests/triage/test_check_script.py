"""The script for a server: run by every shell that is here, in folders that stand for a server with one cause each."""

import hashlib
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from kps_tui.triage.causes import use_own
from kps_tui.triage.check_script import FUNCTIONS, check_script
from kps_tui.triage.runbook_parser import OPERATIONS, parse
from tests.triage.tasks import task

SHELLS = [shell.split() for shell in ("dash", "bash", "busybox ash") if shutil.which(shell.split()[0])]
HOME = Path("~root").expanduser().relative_to("/")
"""The home of root, from the root of the file system."""
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ ops@example\n"
LISTENING = "  sl  local_address rem_address   st tx_queue\n   0: 00000000:0016 00000000:0000 0A 00000000:00000000\n"
SETTINGS = "port 22\npermitrootlogin yes\npubkeyauthentication yes\npasswordauthentication yes\n"
READS = {
    "id": ["-u"],
    "sshd": ["-T"],
    "passwd": ["-S root"],
    "chage": ["-l root"],
    "lsattr": ["-d {home}/.ssh/authorized_keys"],
    "ls": [
        "-ldn {home}",
        "-ldn {home}/.ssh",
        "-ldn {home}/.ssh/authorized_keys",
        "-dZ {home}/.ssh",
    ],
    "firewall-cmd": [
        "--state",
        "--get-active-zones",
        *(f"--zone={zone} --list-{what}" for zone in ("public", "internal") for what in ("ports", "services")),
        *(f"--zone={zone} --list-rich-rules" for zone in ("public", "internal")),
    ],
    "iptables": ["-S INPUT"],
    "nft": ["list ruleset"],
    "df": ["-P {home}"],
}
"""Every command that may tell something about the server, with every way in which it may be called."""


FIREWALLD = """case $* in
    --state) echo running ;;
    --get-active-zones) printf 'public\\n  interfaces: eth0\\n' ;;
    *services) echo 'SERVICES' ;;
    *ports) echo 'PORTS' ;;
    *) echo 'RULES' ;;
esac"""
"""A firewalld with one zone, which opens nothing unless its capital words are replaced."""
TWO_ZONES = "public\\n  interfaces: eth1\\ninternal (default)\\n"


@dataclass
class Server:
    """A folder that stands for the root of a server, and what commands answer there."""

    root: Path
    owner: int = 0
    answers: dict[str, str] = field(default_factory=dict)
    """Shell code for each command of `READS`."""

    def write(self, name: str | Path, text: str, mode: int = 0o600) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(mode)


def healthy(root: Path) -> Server:
    """Return a server on which nothing is wrong."""
    server = Server(root)
    server.write(HOME / ".ssh/authorized_keys", KEY)
    for folder in (HOME, HOME / ".ssh"):
        (root / folder).chmod(0o700)
    server.write("proc/net/tcp", LISTENING)
    server.answers = {
        "id": "echo 0",
        "sshd": f"printf '{SETTINGS}'",
        "passwd": "echo 'root P 2026-01-01 0 99999 7 -1'",
        "chage": "echo 'Password expires : never'",
        "lsattr": 'echo "--------------e------- $2"',
        "df": "printf 'Filesystem 1024-blocks Used Available Capacity Mounted\\n/dev/vda1 100 40 60 40%% /\\n'",
        "firewall-cmd": FIREWALLD.replace("SERVICES", "dhcpv6-client ssh"),
    }
    return server


def run(shell: list[str], server: Server, operation: str, folder: Path) -> dict[str, str]:
    """Run the script; return the verdict on each thing that it looked at, and check that it changed nothing."""
    tools, log = folder / "tools", folder / "log"
    tools.mkdir(exist_ok=True)
    # The script may run as any user here: files that are this user's are shown as root's.
    owned = f'{shutil.which("ls")} "$@" | sed "s/ {os.getuid()} / {server.owner} /"'
    answers = {"ls": owned} | server.answers
    for name in READS:
        path = tools / name
        path.write_text(f'#!/bin/sh\necho "{name} $*" >>{log}\n{answers.get(name, "exit 1")}\n')
        path.chmod(0o755)
    script = folder / "check.sh"
    script.write_text(check_script([operation]))
    before = _tree(server.root)
    environment = {"PATH": f"{tools}:/usr/bin:/bin"}
    done = subprocess.run([*shell, script, server.root], capture_output=True, text=True, env=environment, check=False)
    assert done.stderr == ""
    assert _tree(server.root) == before
    allowed = {f"{name} {call.format(home=server.root / HOME)}" for name, calls in READS.items() for call in calls}
    assert set(log.read_text().splitlines()) <= allowed
    verdicts: dict[str, str] = {}
    for line in done.stdout.splitlines():
        verdict, what, advice = line.split(maxsplit=2)
        assert verdict in ("PASS", "FAIL", "UNKNOWN"), line
        assert advice
        verdicts[what] = "FAIL" if "FAIL" in (verdict, verdicts.get(what)) else verdict
    assert done.returncode == ("FAIL" in verdicts.values())
    return verdicts


def _tree(root: Path) -> dict[str, tuple[int, int, str]]:
    """Return mode, time and content of every file below `root`."""
    found = {}
    for path in sorted(root.rglob("*")):
        status = path.lstat()
        content = path.read_bytes() if path.is_file() and not path.is_symlink() else b""
        found[str(path)] = (status.st_mode, status.st_mtime_ns, hashlib.sha256(content).hexdigest())
    return found


def failed(verdicts: dict[str, str]) -> set[str]:
    return {what for what, verdict in verdicts.items() if verdict == "FAIL"}


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("shell", SHELLS, ids=lambda shell: shell[0])
def test_on_a_server_on_which_nothing_is_wrong_nothing_fails(shell: list[str], operation: str, tmp_path: Path) -> None:
    verdicts = run(shell, healthy(tmp_path / "root"), operation, tmp_path)
    assert failed(verdicts) == set()
    passed = {what for what, verdict in verdicts.items() if verdict == "PASS"}
    assert passed >= {
        *("user", "~root", "~root/.ssh", "authorized_keys", "immutable", "form", "PermitRootLogin", "port"),
        *("PubkeyAuthentication", "listening", "firewalld", "disk", "SELinux"),
    }
    assert verdicts["security-group"] == "UNKNOWN"


def _link(server: Server) -> None:
    keys = server.root / HOME / ".ssh/authorized_keys"
    keys.rename(keys.with_name("other"))
    keys.symlink_to("other")


def _answer(name: str, code: str) -> Callable[[Server], None]:
    return lambda server: server.answers.update({name: code})


def _keys(text: str, mode: int = 0o600) -> Callable[[Server], None]:
    return lambda server: server.write(HOME / ".ssh/authorized_keys", text, mode)


def _settings(old: str, new: str) -> Callable[[Server], None]:
    return _answer("sshd", f"printf '{SETTINGS.replace(old, new)}'")


def _firewalld(old: str, new: str, case: str = "") -> Callable[[Server], None]:
    answers = FIREWALLD.replace(old, new)
    return _answer("firewall-cmd", answers.replace("in\n", f"in\n    {case} ;;\n", 1) if case else answers)


def _denied(rules: str) -> Callable[[Server], None]:
    return lambda server: server.write("etc/hosts.deny", rules)


def _tcp(old: str, new: str) -> Callable[[Server], None]:
    return lambda server: server.write("proc/net/tcp", LISTENING.replace(old, new))


def _selinux(server: Server) -> None:
    server.write("sys/fs/selinux/enforce", "1")
    server.answers["ls"] = "case $1 in -dZ) echo system_u:object_r:tmp_t:s0 $2 ;; *) echo drwx------ 1 0 0 1 x ;; esac"


def _iptables(rules: str) -> Callable[[Server], None]:
    def change(server: Server) -> None:
        server.answers["firewall-cmd"] = "exit 1"
        server.answers["iptables"] = f"printf '%b' '{rules}'"
        server.write("proc/net/ip_tables_names", "filter\n")

    return change


def _nft(rules: str) -> Callable[[Server], None]:
    def change(server: Server) -> None:
        server.answers["firewall-cmd"] = "exit 1"
        server.answers["nft"] = f"printf '%b' '{rules}'"
        server.write("proc/modules", "nf_tables 1 0 - Live 0x0\n")

    return change


CAUSES: list[tuple[str, str, Callable[[Server], object], set[str]]] = [
    ("owner", "replace", lambda server: setattr(server, "owner", 1000), {"~root", "~root/.ssh", "authorized_keys"}),
    ("mode", "replace", _keys(KEY, 0o777), {"authorized_keys"}),
    ("mode of the folder", "bind", lambda server: (server.root / HOME / ".ssh").chmod(0o770), {"~root/.ssh"}),
    ("missing", "unbind", lambda server: (server.root / HOME / ".ssh/authorized_keys").unlink(), {"authorized_keys"}),
    ("missing, as it may be", "bind", lambda server: (server.root / HOME / ".ssh/authorized_keys").unlink(), set()),
    ("link", "replace", _link, {"authorized_keys"}),
    ("immutable", "replace", _answer("lsattr", 'echo "----i---------e------- $2"'), {"immutable"}),
    ("lsattr says nothing", "replace", _answer("lsattr", "exit 1"), set()),
    ("carriage returns", "replace", _keys(KEY.replace("\n", "\r\n")), {"form"}),
    ("private key", "replace", _keys("-----BEGIN OPENSSH PRIVATE KEY-----\n"), {"form"}),
    ("comments and options", "replace", _keys(f'# a\n\ncommand="x" {KEY}{KEY.strip()}'), set()),
    ("root login", "replace", _settings("permitrootlogin yes", "permitrootlogin no"), {"PermitRootLogin"}),
    ("root with a key", "replace", _settings("permitrootlogin yes", "permitrootlogin prohibit-password"), set()),
    ("root with a key", "bind", _settings("login yes", "login without-password"), {"PermitRootLogin"}),
    ("public keys", "unbind", _settings("pubkeyauthentication yes", "pubkeyauthentication no"),
     {"PubkeyAuthentication"}),
    ("passwords", "bind", _settings("passwordauthentication yes", "passwordauthentication no"),
     {"PasswordAuthentication"}),
    ("allowed users", "replace", _settings("port 22", "port 22\\nallowusers ops"), {"AllowUsers"}),
    ("root among them", "replace", _settings("port 22", "port 22\\nallowusers ops\\nallowusers root@10.0.0.0"), set()),
    ("denied users", "replace", _settings("port 22", "port 22\\ndenyusers root"), {"DenyUsers"}),
    ("another port", "replace", _settings("port 22", "port 2222"), {"listening", "firewalld"}),
    ("sshd is down", "replace", _tcp("0A", "06"), {"listening"}),
    ("local only", "replace", _tcp("00000000:0016", "0100007F:0016"), {"listening"}),
    ("sshd says nothing", "replace", _answer("sshd", "exit 1"), set()),
    ("locked password", "bind", _answer("passwd", "echo 'root L 2026'"), {"root-password"}),
    ("no password", "bind", _answer("passwd", "echo 'root NP 2026'"), {"root-password"}),
    ("expired password", "bind", _answer("chage", "echo 'Password expires : password must be changed'"),
     {"root-password"}),
    ("firewalld", "bind", _answer("firewall-cmd", FIREWALLD), {"firewalld"}),
    ("firewalld, a port", "bind", _firewalld("PORTS", "80/tcp 22/tcp"), set()),
    ("firewalld, another port", "bind", _firewalld("PORTS", "122/tcp 22/udp"), {"firewalld"}),
    ("firewalld, a range", "bind", _firewalld("PORTS", "20-25/tcp"), set()),
    ("firewalld, another range", "bind", _firewalld("PORTS", "30-40/tcp 10-20/tcp"), {"firewalld"}),
    ("firewalld, a rule", "bind", _firewalld("RULES", 'rule source address="100.125.0.0/16" port port="22" accept'),
     set()),
    ("firewalld, a rule of others", "bind", _firewalld("RULES", 'rule source address="10.0.0.0/8" drop'),
     {"firewalld"}),
    ("firewalld, one of two zones", "bind",
     _firewalld("public\\n", TWO_ZONES, "--zone=internal*services) echo ssh"), set()),
    ("firewalld, none of two zones", "bind", _firewalld("public\\n", TWO_ZONES), {"firewalld"}),
    ("hosts.deny", "bind", _denied("sshd : ALL\n"), {"hosts.deny"}),
    ("hosts.deny, several programs", "bind", _denied("in.ftpd, sshd: ALL\n"), {"hosts.deny"}),
    ("hosts.deny, the range", "bind", _denied("ALL: 10. 100.125.\n"), {"hosts.deny"}),
    ("hosts.deny, other hosts", "bind", _denied("# ALL: ALL\nALL: 203.0.113.9\nin.ftpd: ALL\nALL: PARANOID\n"), set()),
    ("hosts.deny, with exceptions", "bind", _denied("sshd: ALL EXCEPT 100.125.\n"), set()),
    ("iptables", "bind", _iptables("-P INPUT DROP\\n-A INPUT -p tcp --dport 80 -j ACCEPT\\n"), {"iptables"}),
    ("iptables, the range", "bind", _iptables("-P INPUT ACCEPT\\n-A INPUT -s 100.125.0.0/16 -j DROP\\n"), {"iptables"}),
    ("iptables, open", "bind", _iptables("-P INPUT DROP\\n-A INPUT -p tcp --dport 22 -j ACCEPT\\n"), set()),
    ("iptables, a range", "bind", _iptables("-P INPUT DROP\\n-A INPUT -p tcp --dport 20:25 -j ACCEPT\\n"), set()),
    ("iptables, a chain", "bind", _iptables("-P INPUT DROP\\n-A INPUT -j ufw-before-input\\n"), set()),
    ("iptables, empty", "bind", _iptables("-P INPUT ACCEPT\\n"), set()),
    ("iptables, the port", "bind", _iptables("-P INPUT ACCEPT\\n-A INPUT -p tcp -m tcp --dport 22 -j DROP\\n"),
     {"iptables"}),
    ("iptables, the rest", "bind", _iptables("-P INPUT ACCEPT\\n-A INPUT -i eth0 -j REJECT --reject-with x\\n"),
     {"iptables"}),
    ("iptables, another port", "bind", _iptables("-P INPUT ACCEPT\\n-A INPUT -p tcp --dport 3306 -j DROP\\n"), set()),
    ("iptables, another host", "bind", _iptables("-P INPUT ACCEPT\\n-A INPUT -s 203.0.113.9/32 -j DROP\\n"), set()),
    ("iptables, broken packets", "bind",
     _iptables("-P INPUT ACCEPT\\n-A INPUT -m conntrack --ctstate INVALID -j DROP\\n"), set()),
    ("nft", "bind", _nft("chain input {\\n type filter hook input; policy drop;\\n tcp dport 80 accept\\n }\\n"),
     {"nft"}),
    ("nft, open", "bind",
     _nft("chain input {\\n type filter hook input; policy drop;\\n tcp dport { 22, 80 } accept\\n }\\n"), set()),
    ("nft, the rest", "bind", _nft("chain input {\\n type filter hook input;\\n counter reject\\n }\\n"), {"nft"}),
    ("nft, another port", "bind",
     _nft("chain input {\\n type filter hook input; policy accept;\\n tcp dport 3306 drop\\n }\\n"), set()),
    ("nft, of forwarding", "bind",
     _nft("chain forward {\\n type filter hook forward; policy drop;\\n }\\n"), set()),
    ("full disk", "replace", _answer("df", "printf 'a\\n/dev/vda1 100 100 0 100%% /\\n'"), {"disk"}),
    ("SELinux", "replace", _selinux, {"SELinux"}),
]  # fmt: skip
"""What is wrong with a server, the operation, how the server gets so, and what fails then."""


@pytest.mark.parametrize(
    ("operation", "change", "expected"), [case[1:] for case in CAUSES], ids=[case[0] for case in CAUSES]
)
def test_each_cause_is_found_by_every_shell(
    operation: str, change: Callable[[Server], object], expected: set[str], tmp_path: Path
) -> None:
    server = healthy(tmp_path / "root")
    change(server)
    found = [run(shell, server, operation, tmp_path) for shell in SHELLS]
    assert failed(found[0]) == expected
    assert all(verdicts == found[0] for verdicts in found)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_the_order_is_the_vendors(operation: str) -> None:
    lines = check_script([operation]).splitlines()
    calls = lines[lines.index(f"operation={operation}") + 1 :]
    orders = {
        "bind": ["check_state", "check_credential", "check_authorized_keys", "check_security_group"],
        "replace": ["check_state", "check_private_key", "check_authorized_keys", "check_security_group"],
        "reset": ["check_state", "check_security_group", "check_interrupted", "check_authorized_keys"],
        "unbind": ["check_state", "check_private_key", "check_authorized_keys", "check_security_group"],
    }
    rest = ["check_sshd", "check_port", "check_host_firewall", "check_disk", "check_selinux", 'exit "$failed"']
    assert calls == ["check_user", *orders[operation], *rest]
    assert set(FUNCTIONS.values()) <= {line.partition("(")[0] for line in lines if line.endswith("() {")}


def test_no_text_of_the_service_is_in_it() -> None:
    plain = check_script(["bind"])
    for id in ("`reboot`", "$(reboot)", "a\nreboot", "'", "x" * 65, "a b", "密"):
        hostile = task(
            **dict.fromkeys(("task_error_msg", "server_name", "server_id", "keypair_name"), "$(reboot)"), task_id=id
        )
        assert check_script(["bind"], hostile) == plain
    good = task(task_id="c7eea32c-a55d_1.x")
    assert "\n# Task c7eea32c-a55d_1.x\n" in check_script(["bind"], good)


@pytest.mark.parametrize("shell", SHELLS, ids=lambda shell: shell[0])
def test_one_script_checks_for_several_operations(shell: list[str], tmp_path: Path) -> None:
    def printed(*operations: str) -> str:
        script = tmp_path / "check.sh"
        script.write_text(check_script(operations))
        done = subprocess.run([*shell, script, tmp_path], capture_output=True, text=True, check=False)
        # An ordinary user can't tell what root can, and then nothing fails.
        assert (done.stderr, done.returncode) == ("", int("FAIL" in done.stdout))
        return done.stdout

    both = printed("unbind", "bind", "", "$(reboot)")
    assert both == f"\nAfter bind failed:\n{printed('bind')}\nAfter unbind failed:\n{printed('unbind')}"
    assert "# What to look at on a server after bind or unbind failed" in check_script(["unbind", "bind"])
    assert check_script(["", "$(reboot)"]) == check_script([]) == ""


@pytest.mark.parametrize("shell", SHELLS, ids=lambda shell: shell[0])
def test_a_users_runbook_adds_words_and_never_shell(shell: list[str], tmp_path: Path) -> None:
    words = f'\'; touch {tmp_path}/made; $(touch {tmp_path}/made) `touch {tmp_path}/made` \\ "%s"'
    own, mistakes = parse(
        {
            "causes": {"proxy": {"name": words, "check": words, "messages": {"likely": ["x"]}}},
            "operations": {"bind": {"checks": ["proxy", "state"]}},
        },
        frozenset({"state"}),
    )
    assert mistakes == ()
    use_own(own)
    try:
        verdicts = run(shell, healthy(tmp_path / "root"), "bind", tmp_path)
    finally:
        use_own(None)
    assert verdicts["proxy"] == "UNKNOWN"
    assert not (tmp_path / "made").exists()


def test_the_shells_are_here() -> None:
    missing = {"dash", "bash", "busybox"} - {shell[0] for shell in SHELLS}
    if missing:
        pytest.skip(f"not installed: {', '.join(sorted(missing))}")
