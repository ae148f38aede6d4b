"""The texts that can be copied for tasks, as data for a menu in which a letter picks one."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from functools import partial
from itertools import islice

from kps_tui.i18n import _, number
from kps_tui.kps.task import FailedTask
from kps_tui.sanitize import block, line
from kps_tui.triage.check_script import check_script
from kps_tui.triage.export import as_json, row
from kps_tui.triage.fields import BY_KEY, ERROR_FIRST, FIELDS, portable_text
from kps_tui.triage.markdown import code
from kps_tui.triage.vendor_command import vendor_commands

PREVIEWED = 200
"""The most tasks that a preview looks at."""


@dataclass(frozen=True, slots=True)
class Copy:
    """One text that can be copied."""

    key: str
    """The letter that picks it."""
    title: str
    text: Callable[[FailedTask], str]
    """The text of one task, safe to show; empty if the task has no such value."""
    separator: str = "\n"
    """Stands between the texts of several tasks."""
    joined: Callable[[Sequence[FailedTask]], str] | None = None
    """Makes the text of several tasks, if that is not their single texts joined by `separator`."""
    title_of_several: str = ""
    """The title for several tasks; by default `title`."""
    is_previewed: bool = True
    """Whether the menu shows the beginning of the text."""

    def of(self, tasks: Sequence[FailedTask]) -> str:
        """Return the text of `tasks`: each different text once, in their order; empty if no task has one."""
        if self.joined and len(tasks) > 1:
            return self.joined(tasks)
        return self.separator.join(dict.fromkeys(filter(None, map(self.text, tasks))))

    def preview(self, tasks: Sequence[FailedTask]) -> str:
        """Return the first line of `of` and the number of further texts, such as `web-01 … +15`; empty without a text.

        At most `PREVIEWED` tasks are looked at. If there are more, the number is left out: `web-01 …`, or only `…`.
        """
        begin = tasks[:PREVIEWED]
        is_all = len(begin) == len(tasks)
        if self.joined and self.is_previewed and is_all and len(tasks) > 1:
            texts = self.joined(tasks).splitlines()
        else:
            each = filter(None, map(self.text, begin))
            texts = list(dict.fromkeys(each if self.is_previewed else islice(each, 1)))
        if not texts:
            return "" if is_all else "…"
        beginning, *rest = texts[0].splitlines()
        if len(texts) == 1:
            return f"{beginning} …" if rest else beginning
        return f"{beginning} … +{number(len(texts) - 1)}" if is_all else f"{beginning} …"


def copies(region: str, project_id: str, *, demo: bool = False, zone: tzinfo | None = None) -> tuple[Copy, ...]:
    """Return the choices of the menu, in its order, for tasks of `project_id`; times are in `zone` (`None`: local)."""
    values = []
    for field in FIELDS:
        if field.copy_letter:
            words = field.words()
            title = words.copied or words.label
            text = partial(portable_text, field)
            values.append(Copy(field.copy_letter, title, text, title_of_several=words.copied_of_several))
    # The id of the server comes before its name: it is what other commands and consoles ask for.
    values.sort(key=lambda copy: copy.key != BY_KEY["sid"].copy_letter)
    commands = partial(vendor_commands, region=region, project_id=project_id, demo=demo)
    return (
        *values,
        Copy("e", _("error"), error_text, joined=counted_errors, title_of_several=_("errors, counted")),
        Copy("y", _("row as text"), lambda task: row_text(task, zone), title_of_several=_("rows as text")),
        Copy(
            "j",
            "JSON",
            lambda task: as_json(row(task)),
            joined=lambda tasks: as_json(list(map(row, tasks))),
            is_previewed=False,
        ),
        Copy(
            "m",
            "Markdown",
            lambda task: markdown_text(task, zone, demo=demo),
            separator="\n\n",
            is_previewed=False,
        ),
        Copy("c", _("hcloud command"), lambda task: commands([task]), joined=commands, is_previewed=False),
        Copy(
            "p",
            _("check script"),
            lambda task: check_script([task.operation.name], task),
            joined=_script,
            is_previewed=False,
        ),
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


def counted_errors(tasks: Sequence[FailedTask]) -> str:
    """Return each different error on one line with its count, the most frequent first: `16 × Update key error`."""
    counts = Counter((task.task_error_msg or "", task.task_error_code or "") for task in tasks)
    counts.pop(("", ""), None)
    lines = []
    for (message, error_code), count in counts.most_common():
        parts = (line(message), _("({code})").format(code=line(error_code)) if error_code else "")
        error = " ".join(filter(None, parts)) if message else line(error_code)
        lines.append(f"{number(count)} × {error}")
    return "\n".join(lines)


def markdown_text(task: FailedTask, zone: tzinfo | None = None, *, demo: bool = False) -> str:
    """Return the task as a Markdown list, the error first."""
    values = {field.label: portable_text(field, task, zone) for field in ERROR_FIRST}
    lines = [f"- {label}: {code(value)}" for label, value in values.items() if value]
    return "\n".join([_("DEMO: invented task") + "\n", *lines] if demo else lines)


def _script(tasks: Sequence[FailedTask]) -> str:
    """Return one script for the servers of all tasks."""
    return check_script({task.operation.name for task in tasks})
