"""What can be copied of one task, as data: a menu shows the choices, and a letter picks one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from functools import partial

from kps_tui.i18n import _
from kps_tui.kps.task import FailedTask
from kps_tui.sanitize import block, line
from kps_tui.triage.check_script import check_script
from kps_tui.triage.export import as_json, row
from kps_tui.triage.fields import BY_KEY, ERROR_FIRST, FIELDS, portable_text
from kps_tui.triage.markdown import code
from kps_tui.triage.vendor_command import vendor_commands

PREVIEWED = 1000
"""How many tasks are searched for a second text."""


@dataclass(frozen=True, slots=True)
class Copy:
    """One text that can be copied."""

    key: str
    """The letter that picks it."""
    title: str
    text: Callable[[FailedTask], str]
    """The text of one task, safe to show; empty if the task has no such value."""
    separator: str = "\n"
    """What is between the texts of several tasks."""
    joined: Callable[[Sequence[FailedTask]], str] | None = None
    """The text of several tasks, if it is not their texts one after the other."""

    def of(self, tasks: Sequence[FailedTask]) -> str:
        """Return the text of `tasks`: each different text once, in their order; empty if no task has one."""
        if self.joined and len(tasks) > 1:
            return self.joined(tasks)
        return self.separator.join(dict.fromkeys(filter(None, map(self.text, tasks))))

    def preview(self, tasks: Sequence[FailedTask]) -> str:
        """Return the beginning of `of`: the first text, and one more if another is among the first tasks."""
        first = next(filter(None, map(self.text, tasks)), "")
        others = (text for text in map(self.text, tasks[:PREVIEWED]) if text not in ("", first))
        return self.separator.join(filter(None, (first, next(others, ""))))


def copies(region: str, project_id: str, *, demo: bool = False, zone: tzinfo | None = None) -> tuple[Copy, ...]:
    """Return the choices of the menu, in its order, for tasks of `project_id`; times are in `zone` (`None`: local)."""
    values = [
        Copy(field.copy_letter, field.words().copied or field.label, partial(portable_text, field))
        for field in FIELDS
        if field.copy_letter
    ]
    # The id of the server comes before its name: it is what other commands and consoles ask for.
    values.sort(key=lambda copy: copy.key != BY_KEY["sid"].copy_letter)
    commands = partial(vendor_commands, region=region, project_id=project_id, demo=demo)
    return (
        Copy("y", _("row"), lambda task: row_text(task, zone)),
        Copy("e", _("error"), error_text),
        *values,
        Copy("j", "JSON", lambda task: as_json(row(task)), joined=lambda tasks: as_json(list(map(row, tasks)))),
        Copy("m", "Markdown", lambda task: markdown_text(task, zone, demo=demo), separator="\n\n"),
        Copy("c", _("hcloud command"), lambda task: commands([task]), joined=commands),
        Copy("p", _("check script"), lambda task: check_script([task.operation.name], task), joined=_script),
    )


def row_text(task: FailedTask, zone: tzinfo | None = None) -> str:
    """Return the task on one line, for a chat: without columns, because they would not line up there."""
    text = {field.key: portable_text(field, task, zone) for field in FIELDS}
    text["server"] = text["server"] or text["sid"]
    code = _("({code})").format(code=text["code"]) if text["code"] else ""
    parts = (
        text["time"],
        " ".join(filter(None, (text["op"], text["state"]))),
        " ".join(filter(None, (text["err"] or _("no error given"), code))),
        *(f"{noun} {text[field.key]}" for field in FIELDS if (noun := field.words().noun) and text[field.key]),
    )
    return " · ".join(filter(None, parts))


def error_text(task: FailedTask) -> str:
    """Return the whole error with its line breaks, and its code on the line below."""
    return "\n".join(filter(None, (block(task.task_error_msg or ""), line(task.task_error_code or ""))))


def markdown_text(task: FailedTask, zone: tzinfo | None = None, *, demo: bool = False) -> str:
    """Return the task as a Markdown list, the error first."""
    values = {field.label: portable_text(field, task, zone) for field in ERROR_FIRST}
    lines = [f"- {label}: {code(value)}" for label, value in values.items() if value]
    return "\n".join([_("DEMO: invented task") + "\n", *lines] if demo else lines)


def _script(tasks: Sequence[FailedTask]) -> str:
    """Return one script for the servers of all tasks."""
    return check_script({task.operation.name for task in tasks})
