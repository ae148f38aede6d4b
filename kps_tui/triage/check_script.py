"""A script for an operator to run on a server: it looks for the causes that can be seen there, and changes nothing.

It consists of the functions of `check.sh` and calls of those that an operation needs. It contains no text of the
service.
"""

import re
from collections.abc import Collection, Iterable
from importlib.resources import files
from shlex import quote

from kps_tui.kps.task import FailedTask
from kps_tui.triage.causes import runbook_in_use
from kps_tui.triage.runbook_parser import OPERATIONS

FUNCTIONS = {
    "state": "check_state",
    "credential": "check_credential",
    "private-key": "check_private_key",
    "authorized-keys": "check_authorized_keys",
    "security-group": "check_security_group",
    "interrupted": "check_interrupted",
    "sshd": "check_sshd",
    "host-firewall": "check_host_firewall",
}
"""The function of the script for each cause that the script can look for."""
_FIRST = ("check_user", "check_state")
_LAST = ("check_authorized_keys", "check_sshd", "check_port", "check_host_firewall", "check_disk", "check_selinux")
"""Checks that are not in the vendor's order."""
_SAFE_ID = re.compile("[0-9A-Za-z._-]{1,64}", re.ASCII)


def check_script(operations: Collection[str], task: FailedTask | None = None) -> str:
    """Return a script for a POSIX shell that checks a server after one of `operations` failed on it.

    Args:
        operations: some of `bind`, `replace`, `reset` and `unbind`; others are ignored. Without a known one the script
            is empty.
        task: the task that failed; its id stands in a comment if it is a plain word.
    """
    known = [operation for operation in OPERATIONS if operation in operations]
    if not known:
        return ""
    failed = " or ".join(known)
    lines = ["#!/bin/sh", f"# What to look at on a server after {failed} failed, in the vendor's order of checks."]
    if task and _SAFE_ID.fullmatch(task.task_id):
        lines.append(f"# Task {task.task_id}")
    if "reset" in known:
        lines.append("# Reset needs a server that is shut down: run this while it is started.")
    lines.append(files("kps_tui.triage").joinpath("check.sh").read_text(encoding="utf-8"))
    for operation in known:
        lines.append(f"operation={operation}")
        if len(known) > 1:
            lines.append(f"printf '\\nAfter {operation} failed:\\n'")
        lines += _calls(operation)
    return "\n".join([*lines, 'exit "$failed"', ""])


def _calls(operation: str) -> Iterable[str]:
    """Return the calls of the functions that check for the causes of a failed `operation`."""
    runbook = runbook_in_use()
    calls: dict[str, None] = dict.fromkeys(_FIRST)
    for id in runbook.procedures[operation].checks:
        cause = runbook.cause(id)
        if id in FUNCTIONS:
            calls.setdefault(FUNCTIONS[id])
        elif cause is not None:
            # A cause of the user's own runbook: its check is only printed.
            calls.setdefault(f"say UNKNOWN {quote(id)} {quote(cause.check_for(operation).look)}")
    return calls | {call: None for call in _LAST if call not in calls}
