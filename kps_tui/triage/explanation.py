"""Explains a failed task, an error code or a message: the likely cause, how certain it is, and what to check."""

from dataclasses import dataclass
from typing import NamedTuple

from kps_tui.i18n import _
from kps_tui.kps.task import FailedTask
from kps_tui.sanitize import line
from kps_tui.triage.causes import CODE, Diagnosis, canonical_code, diagnose, diagnosis_of, meaning_of, runbook_in_use
from kps_tui.triage.incidents import Incident, Spread, spread
from kps_tui.triage.runbook import Cause, Check, Code, Procedure
from kps_tui.triage.runbook_parser import OPERATIONS
from kps_tui.triage.store import TaskStore


class LikelyCause(NamedTuple):
    """A likely cause, and the operations for which the text or code points to it."""

    diagnosis: Diagnosis
    operations: tuple[str, ...]


class Step(NamedTuple):
    """One check in the vendor's order."""

    cause: Cause
    check: Check
    is_likely: bool
    """Whether it is the check of the likely cause."""


@dataclass(frozen=True)
class Explanation:
    """What is known about a failure."""

    subject: str
    """What is explained: a task id, a code or a message, as one safe line."""
    causes: tuple[LikelyCause, ...] = ()
    """The likely cause; several if it depends on the operation, which is not known; empty if none is known."""
    operations: tuple[str, ...] = ()
    """The operation if it is known, else all possible ones."""
    code: Code | None = None
    """The meaning of the error code, if it is known."""
    task: FailedTask | None = None
    incident: Incident | None = None
    """The incident that the task is part of, if there is one."""
    spread: Spread | None = None
    """When and where the tasks of the incident failed."""

    @property
    def procedures(self) -> tuple[Procedure, ...]:
        """What the vendor says about each of `operations`; those that the runbook does not know are left out."""
        known = runbook_in_use().procedures
        return tuple(known[operation] for operation in self.operations if operation in known)

    @property
    def procedure(self) -> Procedure | None:
        """What the vendor says about the operation; None if there are several, or the runbook does not know it."""
        return self.procedures[0] if len(self.operations) == 1 and self.procedures else None

    def steps(self, operation: str) -> tuple[Step, ...]:
        """Return the checks for `operation` in the vendor's order."""
        runbook = runbook_in_use()
        procedure = runbook.procedures.get(operation)
        ids = procedure.checks if procedure else ()
        likely = self.likely_for(operation)
        causes = [cause for id in ids if (cause := runbook.cause(id))]
        return tuple(Step(cause, cause.check_for(operation), cause == likely) for cause in causes)

    def likely_for(self, operation: str) -> Cause | None:
        """Return the likely cause of a failed `operation`, or None."""
        return next((each.diagnosis.cause for each in self.causes if operation in each.operations), None)


def last_check(operation: str) -> Check:
    """Return the last check in the vendor's order, which is the same for every operation. Its texts are translated."""
    fix = _("{operation} again; if not, ask technical support, with the request id").format(operation=operation)
    return Check(_("can the server be shut down, started and logged in to?"), fix)


def explain_text(text: str, operation: str = "") -> Explanation:
    """Explain an error message.

    Args:
        text: the message.
        operation: `bind`, `replace`, `reset` or `unbind`; empty if it is not known.
    """
    code = CODE.search(text)
    return _explained(line(text), text, "", code[0] if code else "", operation)


def explain_code(code: str, operation: str = "") -> Explanation:
    """Explain an error code, in lower or upper case; see `explain_text`."""
    code = canonical_code(code)
    known = meaning_of(code)
    return _explained(known.code if known else line(code), "", code, code, operation)


def _explained(subject: str, message: str, code: str, shown_code: str, operation: str) -> Explanation:
    operations = (operation,) if operation else OPERATIONS
    found: dict[str, LikelyCause] = {}
    for each in operations:
        if diagnosis := diagnose(message, code, each):
            id = diagnosis.cause.id
            before = found[id].operations if id in found else ()
            found[id] = LikelyCause(diagnosis, (*before, each))
    return Explanation(subject, tuple(found.values()), operations, meaning_of(shown_code) if shown_code else None)


def explain_task(task: FailedTask, store: TaskStore, incident: Incident | None = None) -> Explanation:
    """Explain a failed task of `store`, and the incident that it is part of."""
    diagnosis = diagnosis_of(task)
    operation = task.operation.name
    code = task.task_error_code or next(iter(CODE.findall(task.task_error_msg or "")), "")
    return Explanation(
        line(task.task_id),
        (LikelyCause(diagnosis, (operation,)),) if diagnosis else (),
        (operation,),
        meaning_of(code) if code else None,
        task,
        incident,
        spread(store, incident.tasks) if incident else None,
    )
