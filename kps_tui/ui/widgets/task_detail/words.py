"""The texts of the detail of a task, without their layout. All texts from outside are sanitized."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import NamedTuple

from kps_tui.i18n import BETWEEN, _, counted, listed, number
from kps_tui.kps.task import API_FIELDS, FailedTask
from kps_tui.sanitize import block, line
from kps_tui.triage.explanation import Step
from kps_tui.triage.fields import BY_KEY, ERROR_FIRST, Field, Group, time_text
from kps_tui.triage.knowledge import Acknowledgement
from kps_tui.triage.runbook import Cause, Code, Need, source_in_words
from kps_tui.triage.running import RunningOperation
from kps_tui.triage.standings import Standing
from kps_tui.triage.task_story import Summary, TaskStory
from kps_tui.triage.times import local_time
from kps_tui.ui.age import WEEKDAYS, age, day_label, long_age, since_time

UNKNOWN = Standing(0)


@dataclass(frozen=True)
class Detail:
    """Everything that the detail of one task shows."""

    story: TaskStory
    now: datetime
    base: str = ""
    """The rows from which everything is counted: `all 2,500`, `1,000 of 2,500 loaded`."""
    standing: Standing = UNKNOWN
    acknowledgement: Acknowledgement | None = None
    under_way: str = ""
    """The operation under way on the server; empty if none is known."""
    zone: tzinfo | None = None
    """The zone of times; None for the local one."""

    @property
    def task(self) -> FailedTask:
        """The task."""
        return self.story.task


class Row(NamedTuple):
    """A label and a value."""

    label: str
    value: str


def error_text(task: FailedTask) -> str:
    """Return the whole error message, followed by the error code, if there is one, on a line of its own."""
    said = block(task.task_error_msg) if task.task_error_msg else _("no error given")
    return f"{said}\n{line(task.task_error_code)}" if task.task_error_code else said


def error_line(task: FailedTask) -> str:
    """Return code and message as one line, as in the table."""
    message, code = BY_KEY["err"].text(task) or _("no error given"), BY_KEY["code"].text(task)
    return f"[{code}] {message}" if code else message


def rows_of(group: Group, detail: Detail) -> Iterator[Row]:
    """Yield the fields of a group as labels and values. A missing value is shown as `—`."""
    for field in ERROR_FIRST:
        if field.group is group:
            yield from _rows(field, detail)


def _rows(field: Field, detail: Detail) -> Iterator[Row]:
    task, label = detail.task, field.words().detail_label or field.label
    if field.key == "time" and task.milliseconds is not None:
        yield Row(label, time_text(task, detail.zone))
        yield Row(_("age"), age(task.milliseconds, detail.now))
        yield Row(_("UTC"), time_text(task, UTC))
    elif field.key == "task":
        yield Row(label, id_of(task, "task"))
    else:
        yield Row(label, field.text(task) or "—")


def rows_of_others(task: FailedTask) -> list[Row]:
    """Return the fields that the service sent besides the documented ones."""
    from kps_tui.triage.export import as_json

    served = task.served or {}
    return [Row(line(key, 40), line(as_json(value), 400)) for key, value in served.items() if key not in API_FIELDS]


def name_of(task: FailedTask, group: Group) -> str:
    """Return the values of a group on one line, without its id: `web-01`."""
    keys = [field for field in ERROR_FIRST if field.group is group and field.key not in ("sid", "task")]
    return BETWEEN.join(text for field in keys if (text := field.text(task))) or "—"


def what_failed(task: FailedTask) -> str:
    """Return the operation and its state: `replace failed`."""
    name = BY_KEY["op"].text(task) or _("operation not given")
    states = {
        "failed": _("{operation} failed"),
        "running": _("{operation} running"),
        "ready": _("{operation} ready"),
        "success": _("{operation} succeeded"),
    }
    return states[task.operation.state].format(operation=name) if task.operation.state else name


def when(detail: Detail) -> str:
    """Return the local time of the task with its zone: `26 Nov 09:50:12 UTC`; an unreadable time as it was sent."""
    if detail.task.milliseconds is None:
        return time_text(detail.task) or "—"
    moment = local_time(detail.task.milliseconds, detail.zone)
    day = day_label(moment, years=moment.year != detail.now.astimezone(detail.zone).year)
    return f"{day} {moment:%H:%M:%S} {line(moment.tzname() or '', 8)}".rstrip()


def full_time(task: FailedTask, detail: Detail) -> str:
    """Return the local time of a task: `2026-11-26 09:50:12`."""
    return time_text(task, detail.zone) or "?"


def id_of(task: FailedTask, key: str) -> str:
    """Return the value of a field that holds an id."""
    if key == "task" and task.has_generated_id:
        return _("(none sent; generated: {id})").format(id=task.task_id)
    return BY_KEY[key].text(task) or "—"


def in_base(detail: Detail) -> str:
    """Return the rows from which everything is counted: `in 1,000 of 2,500 loaded`; empty if nothing is counted."""
    story = detail.story
    is_counted = detail.base and (story.server or story.key_pair or story.error)
    return _("in {base}").format(base=detail.base) if is_counted else ""


def task_in_short(detail: Detail) -> Iterator[str]:
    """Yield the id of the task, its time, and those of its other fields that are not shown elsewhere."""
    yield id_of(detail.task, "task")
    yield when(detail)
    yield from other_fields(detail)


def other_fields(detail: Detail) -> Iterator[str]:
    """Yield the fields of the task that are not shown elsewhere, with their labels."""
    for field in ERROR_FIRST:
        if field.group is Group.TASK and field.key not in ("op", "state", "time", "task"):
            yield f"{field.label} {field.text(detail.task) or '—'}"


def headline(detail: Detail, *, with_time: bool) -> list[str]:
    """Return what failed, when, and what the ledger knows of it: the parts of a line, the most important first."""
    task = detail.task
    known = task.milliseconds is not None
    return [
        what_failed(task),
        *([when(detail)] if with_time or not known else []),
        *([long_age(task.milliseconds, detail.now)] if task.milliseconds is not None else []),
        *standing_texts(detail.standing),
    ]


def under_way(operation: RunningOperation | None, now: datetime) -> str:
    """Return the operation under way on the server: `bind under way since 09:57`; empty if there is none."""
    if operation is None:
        return ""
    name = line(operation.name, 40) or "?"
    if operation.milliseconds is None:
        return _("{operation} under way").format(operation=name)
    since = since_time(local_time(operation.milliseconds, None), now)
    return _("{operation} under way since {time}").format(operation=name, time=since)


def standing_texts(standing: Standing) -> list[str]:
    """Return what the ledger knows of the task: `new`, `acknowledged`, `repeated`."""
    words = {
        Standing.NEW: _("new"),
        Standing.ACKED: _("acknowledged"),
        Standing.REPEAT: _("repeated since acknowledged"),
    }
    return [text for each, text in words.items() if each in standing]


def note(detail: Detail) -> str:
    """Return the acknowledgement of the task with its note."""
    made = detail.acknowledgement
    if made is None:
        return _("none · a acknowledges, with a note")
    at = near_time(made.at, detail)
    said = _("acknowledged {time}").format(time=at)
    if Standing.ACKED not in detail.standing:
        said = _("acknowledged {time}, but it failed again since").format(time=at)
    return f"{said}: {made.note}" if made.note else said


def near_time(then: int, detail: Detail) -> str:
    """Return a moment as `09:50` if it is today, else as `25 Nov 09:50`."""
    at, now = local_time(then, detail.zone), detail.now.astimezone(detail.zone)
    return f"{at:%H:%M}" if at.date() == now.date() else f"{day_label(at, years=at.year != now.year)} {at:%H:%M}"


def day_of_attempt(task: FailedTask, detail: Detail) -> str:
    """Return when an attempt was made: `09:50` if it is today, `Tue` in the last days, else `28 Aug`."""
    if task.milliseconds is None:
        return "?"
    at, now = local_time(task.milliseconds, detail.zone), detail.now.astimezone(detail.zone)
    if at.date() == now.date():
        return f"{at:%H:%M}"
    if 0 < now.toordinal() - at.toordinal() < 7:
        return _(WEEKDAYS[at.weekday()])
    return day_label(at, years=at.year != now.year)


def server_counts(detail: Detail) -> list[str]:
    """Return the failures on the server: `35 failures since 28 Aug`, `3 this week`."""
    summary = detail.story.server
    if summary is None:
        return []
    if summary.failures == 1:
        return [_("no other failure")]
    said = _failures(summary)
    if summary.first is not None:
        at = local_time(summary.first, detail.zone)
        day = day_label(at, years=at.year != detail.now.astimezone(detail.zone).year)
        said = _("{failures} since {day}").format(failures=said, day=day)
    return [said, *_this_week(summary)]


def server_counts_in_short(detail: Detail) -> list[str]:
    """Return the failures on the server for a narrow place: `35 failures, 3 this week`."""
    summary = detail.story.server
    if summary is None or summary.failures == 1:
        return server_counts(detail)
    return [listed([_failures(summary), *_this_week(summary)])]


def other_operations(detail: Detail) -> str:
    """Return the other operations that failed on the server: `also reset 2×, bind 1×`; empty if there are none."""
    summary, this = detail.story.server, BY_KEY["op"].text(detail.task)
    others = [each for each in summary.operations if each.value != this] if summary else []
    names = listed(f"{each.value or '?'} {number(each.count)}×" for each in others)
    return _("also {operations}").format(operations=names) if names else ""


def key_pair_counts(detail: Detail, *, is_short: bool = False) -> list[str]:
    """Return the failures with the key pair: `607 failures on 89 servers`, `26 of them today`."""
    summary = detail.story.key_pair
    if summary is None:
        return []
    if summary.failures == 1:
        return [_("no other failure")]
    if is_short:
        servers = _on_servers(summary.servers)
        said = counted(summary.failures, "{count} {servers}", "{count} {servers}", servers=servers)
        return [listed([said, *([counted(summary.today, "{count} today", "{count} today")] if summary.today else [])])]
    said = _failures_on_servers(summary)
    if not summary.today:
        return [said, *_this_week(summary)]
    return [said, counted(summary.today, "{count} of them today", "{count} of them today")]


def error_counts(detail: Detail) -> list[str]:
    """Return the failures with this error: `29 today on 29 servers`, `usually 1–4 a day`."""
    summary = detail.story.error
    if summary is None:
        return []
    said = [_("none today")]
    if summary.today:
        servers = _on_servers(summary.servers_today)
        said = [counted(summary.today, "{count} today {servers}", "{count} today {servers}", servers=servers)]
    usual = summary.usual(detail.story.today)
    if usual:
        low, high = usual
        many = number(high) if low == high else f"{number(low)}–{number(high)}"
        said.append(_("usually {count} a day").format(count=many) if high else _("usually none"))
    return said


def error_times(detail: Detail) -> list[str]:
    """Return when this error was first and last seen: `first 25 Nov 11:26`, `last 09:50`."""
    summary = detail.story.error
    if summary is None or summary.first is None or summary.last is None or summary.failures == 1:
        return []
    first = _("first {time}").format(time=near_time(summary.first, detail))
    return [first, _("last {time}").format(time=near_time(summary.last, detail))]


def error_total(detail: Detail) -> str:
    """Return how often this error occurs in all loaded rows: `178 failures on 60 servers`."""
    summary = detail.story.error
    if summary is None:
        return ""
    if summary.failures == 1:
        return _("no other failure")
    return _failures_on_servers(summary)


def _on_servers(count: int) -> str:
    return counted(count, "on 1 server", "on {count} servers")


def _failures_on_servers(summary: Summary) -> str:
    servers = _on_servers(summary.servers)
    return counted(summary.failures, "{count} failure {servers}", "{count} failures {servers}", servers=servers)


def _failures(summary: Summary) -> str:
    return counted(summary.failures, "{count} failure", "{count} failures")


def _this_week(summary: Summary) -> list[str]:
    return [counted(summary.this_week, "{count} this week", "{count} this week")] if summary.this_week else []


def span_of_days(summary: Summary, now: datetime, days: int) -> str:
    """Return the first and the last of the last `days` of a summary: `28 Oct – 26 Nov`."""
    first, last = (datetime.fromordinal(max(1, summary.last_day - ago)) for ago in (days - 1, 0))
    years = first.year != last.year or last.year != now.year
    return f"{day_label(first, years)} – {day_label(last, years)}"


def contradiction(detail: Detail) -> str:
    """Return what contradicts the operation, or an empty text.

    For example: `reset needs the server shut down; replace, tried 5 min before, needs the server running`.
    """
    found = detail.story.contradiction
    if found is None:
        return ""
    this = _needing(found.need, BY_KEY["op"].text(detail.task))
    return _("{needs}; {contrary}").format(needs=this, contrary=contrary(detail))


def contrary(detail: Detail) -> str:
    """Return the second half of `contradiction`: `replace, tried 5 min before, needs the server running`."""
    found = detail.story.contradiction
    if found is None:
        return ""
    seconds, other = found.before // 1000, BY_KEY["op"].text(found.other)
    time = _("{count} min").format(count=seconds // 60) if seconds >= 60 else _("{count} s").format(count=seconds)
    return _needing(found.other_need, _("{operation}, tried {time} before,").format(operation=other, time=time))


def _needing(need: Need, operation: str) -> str:
    needs = {
        Need.RUNNING: _("{operation} needs the server running"),
        Need.SHUT_DOWN: _("{operation} needs the server shut down"),
        Need.KEY_PAIR: _("{operation} needs a server with a key pair"),
        Need.NO_KEY_PAIR: _("{operation} needs a server without a key pair"),
    }
    return needs[need].format(operation=operation)


def operation_of(detail: Detail) -> str:
    """Return the operation of the task."""
    return BY_KEY["op"].text(detail.task)


def likely_of(detail: Detail) -> Cause | None:
    """Return the likely cause of the failure, or None if none is known."""
    explanation = detail.story.explanation
    return explanation.likely_for(detail.task.operation.name) if explanation else None


def steps_of(detail: Detail) -> tuple[Step, ...]:
    """Return the vendor's checks for the operation of the task."""
    explanation = detail.story.explanation
    return explanation.steps(detail.task.operation.name) if explanation else ()


def title_of_checks(detail: Detail) -> str:
    """Return the title of the vendor's checks; empty before the first lookup."""
    explanation = detail.story.explanation
    if explanation is None:
        return ""
    if not explanation.procedure:
        return _("The runbook has no checks for this operation")
    if explanation.procedure.is_own_order:
        return _("Checks for a failed {operation}, in your own order").format(operation=operation_of(detail))
    return _("Checks for a failed {operation}, by the vendor").format(operation=operation_of(detail))


def preconditions(detail: Detail, *, is_whole: bool) -> Iterator[str]:
    """Yield what the operation needs, and how long it takes; only the first precondition unless `is_whole`."""
    procedure = detail.story.explanation and detail.story.explanation.procedure
    if not procedure:
        return
    for text in procedure.preconditions if is_whole else procedure.preconditions[:1]:
        yield _("needs: {precondition}").format(precondition=_(text))
    if is_whole and procedure.takes:
        yield _("it takes {time}").format(time=_(procedure.takes))


def sources(detail: Detail, *, is_whole: bool) -> Iterator[str]:
    """Yield the pages of the vendor, and when they were read; only the name of the first one unless `is_whole`."""
    procedure = detail.story.explanation and detail.story.explanation.procedure
    if not procedure:
        return
    if not is_whole:
        yield source(procedure.order_page, procedure.read)
        return
    yield _("order of checks: {page}").format(page=source_in_words(procedure.order_page, procedure.read))
    yield _("preconditions: {page}").format(page=source_in_words(procedure.page, procedure.read))
    if likely := likely_of(detail):
        yield _("cause: {page}").format(page=source_in_words(likely.page, likely.read))


def page_of_order(detail: Detail) -> str:
    """Return where the order of checks was read, in parentheses; empty if that is not known."""
    return next((f"({page})" for page in sources(detail, is_whole=False) if page), "")


def meaning_of_code(code: Code) -> str:
    """Return an error code and its meaning: `Ecs.0001: the quota of servers is used up`."""
    return _("{code}: {meaning}").format(code=code.code, meaning=_(code.meaning))


def source(page: str, read: str) -> str:
    """Return the name of a page of the vendor, and when it was read: `dew_01_0066, read 2026-11-26`."""
    return source_in_words(page.rpartition("/")[2].removesuffix(".html") if page.startswith("https://") else page, read)
