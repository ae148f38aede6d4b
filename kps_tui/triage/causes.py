"""Finds the likely cause of a failed task in the runbook.

The runbook is parsed when it is first needed, not when this module is imported: printing a list does not need it.
"""

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from kps_tui.kps.task import FailedTask
from kps_tui.sanitize import line
from kps_tui.triage.normalise import MESSAGES_KEPT, normalise

if TYPE_CHECKING:
    from kps_tui.triage.runbook import Cause, Certainty, Code, Runbook

CODE = re.compile(r"(?<![0-9A-Za-z.])[A-Za-z]{2,10}\.[0-9]{4}(?![0-9A-Za-z]|\.[0-9A-Za-z])", re.ASCII)
"""An error code of Huawei Cloud: a service, a dot and four digits, such as `KPS.4016`."""

_own: "list[Runbook]" = []
"""The user's own runbook: none, or one."""


class Diagnosis(NamedTuple):
    """The likely cause of a failure, and how certain that is."""

    cause: "Cause"
    certainty: "Certainty"

    @property
    def how_sure(self) -> str:
        """The certainty in words."""
        is_own = bool(_own) and self.cause in _own[0].causes
        return self.certainty.own_words if is_own else self.certainty.words


def use_own(runbook: "Runbook | None") -> None:
    """Use the user's own runbook, whose causes are tried before those of the program; None: use none.

    Call it at the start of the process, before any cause is asked for.
    """
    _own[:] = [runbook] if runbook else []
    runbook_in_use.cache_clear()
    _diagnose.cache_clear()


@cache
def program_runbook() -> "Runbook":
    """Return the runbook that comes with the program."""
    import tomllib
    from importlib.resources import files

    from kps_tui.triage.runbook_parser import parse

    text = files("kps_tui.triage").joinpath("runbook.toml").read_text(encoding="utf-8")
    runbook, mistakes = parse(tomllib.loads(text))
    assert not mistakes, mistakes
    return runbook


@cache
def runbook_in_use() -> "Runbook":
    """Return the runbook of the program, preceded by that of the user if there is one."""
    return _own[0].over(program_runbook()) if _own else program_runbook()


def diagnose(message: str, code: str = "", operation: str = "") -> Diagnosis | None:
    """Return the likely cause of a failure, or `None` if the runbook knows none.

    Args:
        message: the error message as it was sent.
        code: the error code, if there is one; otherwise the codes in the message are looked at.
        operation: `bind`, `unbind`, `reset` or `replace`; empty if it is not known.
    """
    return _diagnose(normalise(line(message)), code, operation)


@lru_cache(maxsize=MESSAGES_KEPT)
def _diagnose(message: str, code: str, operation: str) -> Diagnosis | None:
    codes = [canonical_code(each).casefold() for each in ([code] if code else CODE.findall(message))]
    folded = message.casefold()
    for cause in runbook_in_use().causes:
        if certainty := cause.certainty(folded, codes, operation):
            return Diagnosis(cause, certainty)
    return None


def diagnosis_of(task: FailedTask) -> Diagnosis | None:
    """Return the likely cause of a failed task, or `None` if the runbook knows none."""
    return diagnose(task.task_error_msg or "", task.task_error_code or "", task.operation.name)


def cause_id(task: FailedTask) -> str:
    """Return the id of the likely cause of a failed task; empty if the runbook knows none."""
    diagnosis = diagnosis_of(task)
    return diagnosis.cause.id if diagnosis else ""


def canonical_code(code: str) -> str:
    """Return a code with the prefix that the gateway uses today, `APIGW.`, instead of the older `APIG.`."""
    return f"APIGW.{code[5:]}" if code[:5].upper() == "APIG." else code


def meaning_of(code: str) -> "Code | None":
    """Return the meaning of an error code, given in lower or upper case, or `None` if it is not known."""
    return runbook_in_use().codes.get(canonical_code(code).casefold())
