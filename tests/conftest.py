"""Shared setup: removes cloud, proxy, colour, language and time zone settings of the machine from the environment."""

import gc
import os
import signal
import sys
import time
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from textual.app import App
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet

RECORDING = (3, 11)
"""The version of Python with which snapshots are recorded."""

_FAMILIES = ("KPS_TUI_", "HUAWEICLOUD_", "HW_", "OS_", "TEXTUAL")
_NAMES = {"NO_COLOR", "FORCE_COLOR", "COLORTERM", "SSLKEYLOGFILE"}
_PROXIES = {"http_proxy", "https_proxy", "all_proxy", "no_proxy"}
_KEPT = {"KPS_TUI_WHEEL_COMMAND", "TEXTUAL_SNAPSHOT_TEMPDIR"}
"""Set by .ci/run, and by pytest-textual-snapshot for the workers of pytest-xdist."""

# The snapshot plugin writes the whole environment into its report, so clean it before any test runs.
for _name in [*os.environ]:
    if _name not in _KEPT and (_name.startswith(_FAMILIES) or _name in _NAMES or _name.lower() in _PROXIES):
        del os.environ[_name]
os.environ["TZ"] = "UTC"
# What the program takes its terminal to be able to do, whichever one the tests are started in, if any.
os.environ["TERM"] = "xterm-256color"
# Texts are those of the source, whatever the language of the machine.
os.environ["LC_ALL"] = "C.UTF-8"
time.tzset()
# The tests start the program many times; without .pyc files, each start would compile all imports.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
# If it were set, a script that never flushes its output would pass a test that reads the output while it runs.
os.environ.pop("PYTHONUNBUFFERED", None)
# A shell that runs the tests in the background lets them, and every program that they start, ignore SIGINT.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# On a slow machine a notification could be gone before a test looks.
App.NOTIFICATION_TIMEOUT = 600.0
# Each app would parse the same style sheets again, which is a tenth of what its start costs.
_parsed: dict[tuple[object, ...], list[RuleSet]] = {}
_parse = Stylesheet._parse_rules


def _parse_once(self: Stylesheet, css: str, *where: Any, **options: Any) -> list[RuleSet]:
    key = css, where, *sorted(options.items()), frozenset(self._variables.items())
    if (rules := _parsed.get(key)) is None:
        rules = _parsed[key] = _parse(self, css, *where, **options)
    return rules


Stylesheet._parse_rules = _parse_once  # type: ignore[method-assign]
# No test measures speed, and a slow machine must not cause failures. Two runs of the same code try the same examples;
# .ci/full looks for new ones, and tries many.
_ANY_SPEED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("patient", _ANY_SPEED, max_examples=50, derandomize=True)
settings.register_profile("thorough", _ANY_SPEED, max_examples=500)
settings.load_profile("patient")


_numbers = count()


@pytest.fixture
def style_sheets_not_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let each app parse its style sheets, as in a process of its own."""
    monkeypatch.setattr(Stylesheet, "_parse_rules", _parse)


@pytest.fixture(scope="session")
def folders_of_tests(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder in which each test gets folders of its own."""
    return tmp_path_factory.mktemp("folders")


@pytest.fixture(autouse=True)
def own_folders(folders_of_tests: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give each test its own configuration, state and data folders, none of which exists yet.

    Otherwise the program would find the list that an earlier test kept of a service on the same port.
    """
    folder = folders_of_tests / str(next(_numbers))
    for name in ("CONFIG", "STATE", "DATA"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(folder / name.lower()))


def pytest_configure(config: pytest.Config) -> None:
    """Refuse to record snapshots on another Python than the one that compares them."""
    if getattr(config.option, "update_snapshots", False) and sys.version_info[:2] != RECORDING:
        raise pytest.UsageError("record pictures on Python 3.11 only")


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Exempt the collected tests and all imported modules from garbage collection.

    Traversing them again and again takes a seventh of the time of the tests.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000)


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """Return 0, which starts no workers, where single files or tests are named or pictures are recorded.

    Starting workers takes longer than running a few tests. Syrupy deletes unused pictures only without workers.
    Otherwise two workers share a core, because half of the time of a test is waiting.
    """
    whole = all(Path(argument).is_dir() for argument in config.args) and not config.option.keyword
    if not whole or getattr(config.option, "update_snapshots", False):
        return 0
    if "PYTEST_XDIST_AUTO_NUM_WORKERS" in os.environ:
        return None
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return 2 * cores
