"""The measures. Each runs the programs in turn, and returns the values of every program."""

import json
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.bench.peer import DOWN, PAGE_DOWN, UP, Peer, module, seconds_until
from tests.terminal.pty_run import environment
from tests.terminal.test_wire_bytes import ideal

OURS, PLAIN, IDEAL, ONE_PAGE = "kps-tui", "plain output", "changed cells", "one page"
STOCK, FAST, CURSES, MINIMAL, SDK = "stock Textual", "fastdatatable", "curses", "minimal app", "vendor's SDK"

Values = dict[str, dict[str, list[float]]]
"""The measured values by measure and program."""

PROGRAM = [sys.executable, "-m", "kps_tui"]
TASKS = 10_000
"""Tasks in the lists on which keys are pressed."""
IDLE_SECONDS = 5.0
LOAD = ("load", "a", "all")
"""The name of a step, its key, and what the table says when it is done."""


def keys(rounds: int, fast: str | None) -> Values:
    """Return the bytes and seconds after keys, and the bytes and wake-ups while idle, of all programs."""
    values: Values = defaultdict(lambda: defaultdict(list))
    rows = {"BENCH_ROWS": str(TASKS)}
    with ExitStack() as stack:
        demo = [*PROGRAM, "--demo", "--demo-tasks", str(TASKS)]
        ours, plain = stack.enter_context(Peer(demo)), stack.enter_context(Peer([*demo, "--plain-output"]))
        tables = {STOCK: Peer(module("stock"), rows), CURSES: Peer(module("curses_table"), rows)}
        if fast:
            tables[FAST] = Peer(module("fast", fast), rows)
        for peer in tables.values():
            stack.enter_context(peer)
        everyone = {OURS: ours, PLAIN: plain, **tables}
        for name, peer in everyone.items():
            seconds_until(peer, lambda text: "ready" in text or "10,000 loaded" in text)
            if name in (STOCK, FAST):
                peer.press("a", "done all")
            peer.press("")
        for _round in range(rounds):
            for step, keys_before, key in (
                ("move", "", DOWN),
                ("page down", PAGE_DOWN, PAGE_DOWN),
                ("scrolled line", UP * 40, UP),
            ):
                for name, peer in everyone.items():
                    _prepare(peer, _typed(name, keys_before))
                    before = peer.cells
                    answer = peer.press(_typed(name, key))
                    values[f"bytes: {step}"][name].append(answer.bytes)
                    values[f"seconds: {step}"][name].append(answer.seconds)
                    if name == OURS:
                        values[f"bytes: {step}"][IDEAL].append(ideal(before, peer.cells))
            for step, keys_before, key, keys_after in (
                ("dialog", "", "?\x1b", ""),
                ("letter", "/serve", "r", "\x1b"),
            ):
                for name, peer in ((OURS, ours), (PLAIN, plain)):
                    _prepare(peer, keys_before)
                    total = sum(peer.press(each).bytes for each in key)
                    values[f"bytes: {step}"][name].append(total)
                    _prepare(peer, keys_after)
        for name, (sent, woken) in _idle(everyone).items():
            values["idle: bytes"][name].append(sent)
            values["idle: wake-ups a second"][name].append(woken)
        for name in (OURS, PLAIN, STOCK):
            values["seconds: quit"][name].append(everyone[name].quit())
    return values


def _idle(peers: Mapping[str, Peer]) -> dict[str, tuple[int, float]]:
    """Return the bytes and the wake-ups a second of each, while nothing happens in any of them."""
    for peer in peers.values():
        peer.press("", quiet=1.0)
    with ThreadPoolExecutor() as threads:
        found = threads.map(lambda peer: peer.idle(IDLE_SECONDS), peers.values())
        return dict(zip(peers, found, strict=True))


def loads(rounds: int, fast: str | None) -> Values:
    """Return the seconds until the frame after a load of 10,000 rows."""
    values: Values = defaultdict(lambda: defaultdict(list))
    for _round in range(rounds):
        for name, command in _tables(fast).items():
            with _ready(command, TASKS) as peer:
                _take(values, name, peer, TASKS, *LOAD)
    return values


def tables(rounds: int, fast: str | None) -> Values:
    """Return the seconds until the frame after a load, sort or filter of 100,000 rows, and the memory of the rows."""
    values: Values = defaultdict(lambda: defaultdict(list))
    for _round in range(rounds):
        for name, command in _tables(fast).items():
            _table(values, name, command, 100_000)
    return values


def _tables(fast: str | None) -> dict[str, list[str]]:
    """Return the commands for the tables; `fast` is a Python that has textual-fastdatatable, or None."""
    return {OURS: module("ours"), STOCK: module("stock")} | ({FAST: module("fast", fast)} if fast else {})


def growth(counts: Sequence[int]) -> Values:
    """Return how time and memory of our table grow with its rows. The names of the programs are the row counts."""
    values: Values = defaultdict(lambda: defaultdict(list))
    for count in counts:
        found: Values = defaultdict(lambda: defaultdict(list))
        _table(found, OURS, module("ours"), count)
        for name, by_program in found.items():
            values[name.partition(" of ")[0]][f"{count:,} rows"] += by_program[OURS]
    return values


@contextmanager
def _ready(command: list[str], count: int) -> Iterator[Peer]:
    """Yield a table that has `count` rows, none of which it shows yet."""
    with Peer(command, {"BENCH_ROWS": str(count)}) as peer:
        seconds_until(peer, lambda text: "ready" in text)
        peer.press("")
        yield peer


def _take(values: Values, name: str, peer: Peer, count: int, step: str, key: str, done: str) -> None:
    """Measure one step, which begins with a key."""
    used = peer.cpu_seconds
    answer = peer.press(key, f"done {done}")
    values[f"seconds: {step} of {count:,} rows"][name].append(answer.seconds)
    values[f"CPU seconds: {step} of {count:,} rows"][name].append(peer.cpu_seconds - used)


def _table(values: Values, name: str, command: list[str], count: int) -> None:
    with _ready(command, count) as peer:
        memory = peer.memory
        _take(values, name, peer, count, *LOAD)
        values[f"bytes of memory: {count:,} rows"][name].append(peer.memory - memory)
        for step in (
            ("sort by a text", "s", "sort_text"),
            ("sort by a number", "n", "sort_number"),
            ("filter", "f", "filter"),
        ):
            _take(values, name, peer, count, *step)
        values[f"seconds: quit with {count:,} rows"][name].append(peer.quit())
    with tempfile.TemporaryDirectory() as folder:
        result = Path(folder) / "pages.json"
        variables = {"BENCH_ROWS": str(min(count, 20_000 if name != OURS else count)), "BENCH_RESULT": str(result)}
        with Peer(command, variables) as peer:
            seconds_until(peer, lambda text: "ready" in text)
            peer.press("p", "done pages")
            pages = json.loads(result.read_text(encoding="utf-8"))
            values[f"seconds: a page of {count:,} rows, typical"][name].append(sorted(pages)[len(pages) // 2])
            edge = max(len(pages) // 10, 1)
            values[f"ratio: last pages of {count:,} rows to the first"][name].append(
                sorted(pages[-edge:])[edge // 2] / sorted(pages[:edge])[edge // 2]
            )


def starts(rounds: int) -> Values:
    """Return the seconds from the start of the process to the first frame and rows, also over a slow network."""
    values: Values = defaultdict(lambda: defaultdict(list))
    with _service() as near, _service(latency=0.05) as far, ExitStack() as stack:
        for _round in range(rounds):
            with Peer(module("minimal")) as peer:
                values["seconds: first frame"][MINIMAL] += seconds_until(peer, lambda text: "ready" in text)
                peer.press("")
                values["seconds: quit of a small app"][MINIMAL].append(peer.quit())
            for where, variables, latency in (("", near, 0.0), (" over 50 ms", far, 0.05)):
                # Without a list that an earlier start kept.
                state = stack.enter_context(tempfile.TemporaryDirectory())
                with Peer(PROGRAM, {**variables, "XDG_STATE_HOME": state}) as peer:
                    frame, rows = seconds_until(
                        peer, lambda text: "kps-tui" in text, lambda text: "2,500 failed" in text
                    )
                    assert rows > frame + latency, f"the rows can't have arrived {rows - frame} s after the first frame"
                    values[f"seconds: first frame{where}"][OURS].append(frame)
                    values[f"seconds: first rows{where}"][OURS].append(rows)
    return values


def lists(rounds: int, sdk: str | None) -> Values:
    """Return the seconds of whole processes that read one page, and 20 pages with a latency of 50 ms."""
    values: Values = defaultdict(lambda: defaultdict(list))
    command = [*PROGRAM, "list", "--format", "json"]
    with _service(tasks=1000) as one, _service(tasks=1000, latency=0.05) as far, _service(20_000, 0.05) as many:
        for _round in range(rounds):
            values["seconds: list of one page"][OURS].append(_process(command, one))
            if sdk:
                values["seconds: list of one page"][SDK].append(_process(module("sdk_list", sdk), one))
            values["seconds: list over 50 ms"][ONE_PAGE].append(_process(command, far))
            values["seconds: list over 50 ms"]["20 pages"].append(_process(command, many))
    return values


@contextmanager
def _service(tasks: int = 2500, latency: float = 0.0) -> Iterator[dict[str, str]]:
    """Yield the variables for a login to a demo service in a process of its own."""
    command = [*PROGRAM, "demo-server", "--tasks", str(tasks), "--latency", str(int(latency * 1000))]
    with subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            said = dict(process.stdout.readline().strip().split(": ", 1) for _line in range(6))
            yield {
                "KPS_TUI_ENDPOINT": said["endpoint"],
                "BENCH_ENDPOINT": said["endpoint"],
                "HUAWEICLOUD_SDK_PROJECT_ID": said["project id"],
                "HUAWEICLOUD_SDK_AK": said["access key"],
                "HUAWEICLOUD_SDK_SK": said["secret key"],
            }
        finally:
            process.terminate()


def _prepare(peer: Peer, keys: str) -> None:
    """Type keys whose answer is not measured, if there are any."""
    if keys:
        peer.press(keys)


def _typed(name: str, keys: str) -> str:
    """Return the keys as the terminal sends them: curses switches its arrow keys to another mode."""
    return keys.replace(DOWN, "\x1bOB").replace(UP, "\x1bOA") if name == CURSES else keys


def _process(command: list[str], variables: Mapping[str, str]) -> float:
    began = time.perf_counter()
    subprocess.run(command, env=environment(**variables), check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began
