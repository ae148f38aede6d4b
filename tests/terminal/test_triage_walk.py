"""The handling of an incident in the real program: from the first screen to a ticket and a command line."""

import re
import shlex
import subprocess
from pathlib import Path

from tests.terminal.pty_run import COPY, FORKED, INSTALLED, Terminal, copies, disallowed, environment

MATCH = re.compile(r"([0-9,]+) match")


def matching(screen: str) -> int:
    """The number of matching tasks in the status line, or -1 if it has none."""
    found = MATCH.search(screen)
    return int(found[1].replace(",", "")) if found else -1


class Walk(Terminal):
    """Keys, each with the texts that must appear before the next key."""

    def press(self, key: str, *parts: str, without: str = "\0") -> str:
        """Press a key, wait until all `parts` are on the screen, and return it."""
        self.send(key)
        self.until(f"after {key!r}: {parts}", lambda text: all(part in text for part in parts) and without not in text)
        return self.text

    def copied(self, key: str, count: int) -> str:
        """Press a key that copies, and return text number `count` that reached the clipboard."""
        self.send(key)
        self.until(f"copy {count} after {key!r}", lambda _: len(copies(self.data)) == count)
        return copies(self.data)[-1]


def test_from_the_list_to_one_cause_a_ticket_and_a_command(tmp_path: Path) -> None:
    env = environment(XDG_STATE_HOME=str(tmp_path))
    with Walk([FORKED, "--demo"], columns=120, rows=36, env=env) as walk:
        walk.shows("1,000 of 2,500 loaded")
        walk.press("R", "2,500 failed", "all 2,500", without="of 2,500 loaded")
        walk.press("F", "ERROR", "SERVER", "all 2,500")
        first = matching(walk.press("\r", "match", "err:="))
        assert 0 < first < 2500
        for _ in range(2):
            walk.send("l")
        walk.press("f", "SERVER", "values")
        walk.press("\r", "match", "server:=", without=f" {first} match")
        second = matching(walk.text)
        assert 0 < second < first
        walk.press("*", f"{second:,} marked")
        assert copies(walk.data) == []

        text = walk.copied("Y", 1)
        assert f"{second} failed key-pair operation" in text
        assert "DEMO" in text
        assert text.count("\n| 20") == second
        walk.shows("sent to the terminal (OSC 52)")
        walk.press("y", "q  this view", "kps-tui list --demo")
        line = walk.copied("q", 2)
        walk.shows("this view: sent to the terminal")

        way_back = (("values", f" {second} match"), ("match", "values"), ("ERROR", "match"), ("marked", "values"))
        for part, gone in way_back:
            walk.press("\x1b", part, without=gone)
        # Esc leaves the marks.
        walk.press("u", "2,500 failed", without="marked")
        walk.send("q")
        assert walk.ended()[0] == 0
        assert disallowed(COPY.sub(b"", walk.data)) == ""
        assert "copied" not in walk.data.decode()

    program, *arguments = shlex.split(line)
    assert program == "kps-tui"
    command = [INSTALLED, *arguments, "--format", "plain"]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=True)
    assert len(done.stdout.splitlines()) == second


def test_from_the_band_to_acknowledged_tasks_and_a_ticket_in_few_keys(tmp_path: Path) -> None:
    env = environment(XDG_STATE_HOME=str(tmp_path))
    note = "wrong key, ticket follows"
    with Walk([FORKED, "--demo"], columns=120, rows=36, env=env) as walk:
        walk.shows("24 of 1,000 loaded share a likely cause")
        walk.press("i", "24 match", "cause:private-key")
        walk.press("x", "Likely: the private key is wrong", "24 servers: 16 api-gateway, 8 web")
        walk.press(" ", "24 tasks are marked")
        walk.press("a", "Note (optional)")
        walk.send(note)
        walk.press("\r", "24 tasks are acknowledged")
        ticket = walk.copied("Y", 1)
        keys = ["i", "x", " ", "a", "\r", "Y"]
        assert len(keys) <= 12
        assert ticket.count("\n| 20") == 24
        assert "24 failed key-pair operations" in ticket
        walk.press("\x1b", "24 marked", without="Likely: the private key")
        walk.send("q")
        assert walk.ended()[0] == 0


def test_a_copy_outside_any_clipboard_names_its_file(tmp_path: Path) -> None:
    env = environment(XDG_STATE_HOME=str(tmp_path), TERM="linux")
    with Walk([FORKED, "--demo"], columns=160, rows=36, env=env) as walk:
        walk.shows("1,000 of 2,500 loaded")
        walk.send("Y")
        # The line breaks depend on the length of the folder's name.
        walk.until("it says where", lambda text: {"clipboard", "also", "copies"} <= set(re.findall("[a-z]+", text)))
        walk.send("q")
        assert walk.ended()[0] == 0
        assert copies(walk.data) == []
    (kept,) = tmp_path.glob("kps-tui/copies/*")
    assert kept.stat().st_mode & 0o777 == 0o600
    assert "1 failed key-pair operation" in kept.read_text()


def test_two_key_pairs_are_compared_in_five_keys(tmp_path: Path) -> None:
    keys = ["F", "\t", " ", " ", "c"]
    with Walk([FORKED, "--demo"], columns=120, rows=36, env=environment(XDG_STATE_HOME=str(tmp_path))) as walk:
        walk.shows("1,000 of 2,500 loaded")
        shown = (("ERROR", "KEY PAIR", "counted: 1,000 of 2,500 loaded"), (), ("1 marked",), ("2 marked",))
        for key, parts in zip(keys, shown, strict=False):
            walk.press(key, *parts)
        walk.press(keys[4], "prod-ops-2025 (", ") with k8s-cluster-prod (", "DIFFERENCE", " points")
        totals = [int(count) for count in re.findall(r"(?:prod-ops-2025|k8s-cluster-prod) \(([0-9]+)\)", walk.text)]
        walk.press("\t", "k8s-node-prod ")
        walk.press("\r", "key:=prod-ops-2025,=k8s-cluster-prod", "family:k8s-node-prod", "match", without="DIFFERENCE")
        assert matching(walk.text) in totals, "all servers of one of the key pairs are of this family"
        walk.press("\x1b", "DIFFERENCE", without="family:k8s-node-prod")
        table = walk.copied("m", 1)
        assert table.startswith("DEMO")
        assert (
            f"| SERVER FAMILY | `prod-ops-2025` ({totals[0]}) | `k8s-cluster-prod` ({totals[1]}) | difference |"
            in table
        )
        walk.press("\x1b", "2 marked", without="DIFFERENCE")
        walk.press("\r", "key:=prod-ops-2025,=k8s-cluster-prod", "match")
        assert matching(walk.text) == sum(totals)
        walk.send("q")
        assert walk.ended()[0] == 0
        assert disallowed(COPY.sub(b"", walk.data)) == ""


def test_a_command_is_found_by_another_word_and_run(tmp_path: Path) -> None:
    env = environment(XDG_STATE_HOME=str(tmp_path))
    with Walk([FORKED, "--demo"], columns=80, rows=24, env=env) as walk:
        walk.shows("1,000 of 2,500 loaded")
        walk.press("?", "On this task", "On what is shown", "Everywhere", "more ↓")
        walk.press("everything", "> everything", "load the rest of the list", without="On this task")
        walk.press("\r", "all 2,500", "TIME", without="> everything")
        walk.press(":appearance", "choose the theme")
        walk.press("\r", "Theme for this run", "no colours")
        walk.press("jjj\r", 'theme = "mono"')
        walk.press("Z", "“Z” is not bound · ? shows the keys")
        walk.send("q")
        assert walk.ended()[0] == 0
    assert not disallowed(walk.data)
