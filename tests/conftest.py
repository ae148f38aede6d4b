"""What every test shares: no cloud, no proxy, no colour setting and no zone of the machine reaches a test."""

import os
import sys
import time

import pytest
from hypothesis import settings

RECORDING = (3, 11)
"""The Python on which pictures are recorded."""

_FAMILIES = ("KPS_TUI_", "HUAWEICLOUD_", "HW_", "OS_", "TEXTUAL")
_NAMES = {"NO_COLOR", "FORCE_COLOR", "COLORTERM", "SSLKEYLOGFILE"}
_PROXIES = {"http_proxy", "https_proxy", "all_proxy", "no_proxy"}
_OURS = {"KPS_TUI_WHEEL_COMMAND"}

# The snapshot plugin writes the whole environment into its report, so this comes before any test runs.
for _name in [*os.environ]:
    if _name not in _OURS and (_name.startswith(_FAMILIES) or _name in _NAMES or _name.lower() in _PROXIES):
        del os.environ[_name]
os.environ["TZ"] = "UTC"
time.tzset()

# No test is about speed; a slow machine is no failure.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


def pytest_configure(config: pytest.Config) -> None:
    """Refuse to record pictures elsewhere than where they are compared."""
    if getattr(config.option, "update_snapshots", False) and sys.version_info[:2] != RECORDING:
        raise pytest.UsageError("record pictures on Python 3.11 only")
