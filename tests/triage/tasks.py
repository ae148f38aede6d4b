"""Tasks for tests of copies and tickets."""

from typing import Any

from kps_tui.kps.task import FailedTask
from tests.payloads import unsafe

EXAMPLE: dict[str, Any] = {
    "task_id": "aee8d2fe-5484-4753-9177-5a38dc15546c",
    "operate_type": "FAILED_REPLACE",
    "task_time": "1523342130000",
    "task_error_code": "KPS.6010",
    "task_error_msg": "Update public key error",
    "server_name": "web-01",
    "server_id": "c9aa197b-a6b6-4c33-b3a6-fa0b4ec50006",
    "keypair_name": "prod-ops-2025",
}


def task(**values: object) -> FailedTask:
    """Return the example of the API page with some values replaced."""
    return FailedTask.from_json(EXAMPLE | values)


def everywhere(text: str) -> FailedTask:
    """Return a task that has `text` in every field."""
    return FailedTask.from_json(dict.fromkeys(EXAMPLE, text))


def safe(shown: str) -> bool:
    """Return whether no character, apart from line breaks, can control a terminal or be invisible."""
    return not unsafe(shown, allowed="\n")
