"""What can be copied of one task, as data: a menu shows it, a letter chooses."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import tzinfo

from kps_tui.i18n import _
from kps_tui.kps.task import FailedTask
from kps_tui.sanitize import block, line
from kps_tui.triage.export import as_json, row
from kps_tui.triage.fields import BY_KEY
from kps_tui.triage.markdown import code
from kps_tui.triage.ticket import task_id_text, zoned_time
from kps_tui.triage.vendor_command import vendor_command


@dataclass(frozen=True, slots=True)
class Copy:
    """One text that can be copied."""

    key: str
    """The letter that chooses it."""
    title: str
    text: Callable[[FailedTask], str]
    """Safe to show; empty where the task has no such value."""


def copies(region: str, project_id: str, *, demo: bool = False, zone: tzinfo | None = None) -> tuple[Copy, ...]:
    """Return what a menu offers, in its order, for tasks of `project_id`; times are in `zone` (`None`: local)."""
    return (
        Copy("y", _("row"), lambda task: row_text(task, zone)),
        Copy("e", _("error"), error_text),
        Copy("s", _("server id"), BY_KEY["sid"].text),
        Copy("n", _("server name"), BY_KEY["server"].text),
        Copy("k", _("key pair"), BY_KEY["key"].text),
        Copy("t", _("task id"), task_id_text),
        Copy("j", "JSON", lambda task: as_json(row(task))),
        Copy("m", "Markdown", lambda task: markdown_text(task, zone, demo=demo)),
        Copy("c", _("hcloud command"), lambda task: vendor_command(task, region, project_id, demo=demo)),
    )


def row_text(task: FailedTask, zone: tzinfo | None = None) -> str:
    """Return the task as one line that can be read in a chat, where columns would not stand under each other."""
    text = {key: field.text(task) for key, field in BY_KEY.items()}
    operation = " ".join(filter(None, (text["op"], text["state"])))
    code = _("({code})").format(code=text["code"]) if text["code"] else ""
    labelled = {_("server"): text["server"] or text["sid"], _("key pair"): text["key"], _("task"): task_id_text(task)}
    parts = (
        zoned_time(task, zone),
        operation,
        " ".join(filter(None, (text["err"] or _("no error given"), code))),
        *(f"{label} {value}" for label, value in labelled.items() if value),
    )
    return " · ".join(filter(None, parts))


def error_text(task: FailedTask) -> str:
    """Return the error in full, its line breaks kept, and its code below it."""
    return "\n".join(filter(None, (block(task.task_error_msg or ""), line(task.task_error_code or ""))))


def markdown_text(task: FailedTask, zone: tzinfo | None = None, *, demo: bool = False) -> str:
    """Return the task as a Markdown list, the error first."""
    values = {key: BY_KEY[key].text(task) for key in ("err", "code", "op", "state", "time", "server", "sid", "key")}
    values |= {"time": zoned_time(task, zone), "task": task_id_text(task)}
    lines = [f"- {BY_KEY[key].title.lower()}: {code(value)}" for key, value in values.items() if value]
    return "\n".join([_("DEMO: invented task") + "\n", *lines] if demo else lines)
