"""Finds out, by a few requests that change nothing, how a real service behaves where its documentation is silent.

The report is meant for a public issue, so it contains only what identifies nobody: the structure of the answers,
counts, operations, known error codes, messages of known words, and ids as hashes with a random salt. It is not
translated, so that reports can be compared.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from hashlib import blake2b
from itertools import pairwise
from secrets import token_bytes
from typing import NamedTuple, Protocol

from kps_tui.kps.answer import Page
from kps_tui.kps.errors import (
    DeadlinePassed,
    KpsError,
    LoginRefused,
    PermissionMissing,
    Throttled,
    Unreachable,
    UnreadableAnswer,
)
from kps_tui.kps.task import API_FIELDS, FailedTask
from kps_tui.sanitize import line
from kps_tui.triage.causes import program_runbook
from kps_tui.triage.normalise import normalise

PAGE = 1000
"""The default `limit` of the service."""
MOST_MESSAGES = 20
"""The most messages in the report."""
_FINAL = (LoginRefused, PermissionMissing, Throttled, Unreachable, DeadlinePassed)
"""No request is sent after one of these errors: IAM locks an access key after several refusals."""
_OPERATION = "(?:READY|RUNNING|FAILED|SUCCESS)_(?:BIND|RESET|REPLACE|UNBIND)"
_CODE = r"(?i:KPS|KMS|ECS|EVS|VPC|IMS|IAM|APIGW?|DEW)\.[0-9]{4}"
_UUID = "[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"
_PART = (
    "(?P<kept><(?:id|name|address|time|number)>|[ -/:-;=?@[-`{-~，。、；：（）！？]"
    "|(?<![0-9A-Za-z])(?:[0-9]{1,3}|0[0-7]{3})(?![0-9A-Za-z]))"
    "|(?P<han>[一-鿿]+)|[A-Za-z]+|[0-9]+|."
)
"""A part of a message. Kept are the masks of `normalise`, punctuation, and short numbers, such as a port."""
OTHER, WORD = "other", "<word>"
"""What replaces an unknown text, and an unknown word of a message."""


class PageOnce(Protocol):
    """Sends one request for a page of the failed tasks, without repeating it."""

    async def page_once(self, offset: int, limit: int) -> Page:
        """Return at most `limit` rows, starting at row `offset`."""


class Fact(NamedTuple):
    """A question about the service, and what the answers say."""

    question: str
    answer: str
    is_open: bool = False
    """Whether the question stays open."""


@dataclass
class Answers:
    """The answers of the service by the name of the request: a page or an error."""

    pages: dict[str, Page] = field(default_factory=dict)
    errors: dict[str, KpsError] = field(default_factory=dict)
    stopped_by: KpsError | None = None
    """The error after which no more requests were sent."""
    asked: int = 0
    """The number of requests."""

    async def ask(self, source: PageOnce, name: str, offset: int, limit: int) -> Page | None:
        """Send a request and record the answer, unless an earlier error forbids it."""
        if self.stopped_by is not None:
            return None
        self.asked += 1
        try:
            self.pages[name] = await source.page_once(offset, limit)
        except KpsError as error:
            self.errors[name] = error
            if isinstance(error, _FINAL):
                self.stopped_by = error
        return self.pages.get(name)

    def outcome(self, name: str) -> str:
        """Return the number of rows of an answer, or the kind of its error; never a text of the service."""
        if page := self.pages.get(name):
            return f"{page.rows:,} rows"
        return _kind(self.errors[name]) if name in self.errors else "not asked"


def _kind(error: KpsError) -> str:
    if error.refusal is not None:
        return f"HTTP {error.refusal.status}, code {_listed(_CODE, error.refusal.code) or 'none'}"
    return "unreadable answer" if isinstance(error, UnreadableAnswer) else "no answer"


async def ask(source: PageOnce) -> Answers:
    """Send at most seven requests, one after the other."""
    answers = Answers()
    whole = await answers.ask(source, "page", 0, PAGE)
    await answers.ask(source, "again", 0, PAGE)
    await answers.ask(source, "second row", 1, 1)
    await answers.ask(source, "limit 1001", 0, PAGE + 1)
    await answers.ask(source, "limit 0", 0, 0)
    if whole is not None and whole.total is not None:
        await answers.ask(source, "at total", whole.total, PAGE)
        await answers.ask(source, "past total", whole.total + PAGE, PAGE)
    return answers


def facts(answers: Answers, salt: bytes = b"") -> Iterator[Fact]:
    """Yield what the answers tell. `salt` is for the hashes of ids; by default, it is random."""
    stopped = f", ended by {_kind(answers.stopped_by)}" if answers.stopped_by else ""
    yield Fact("requests", f"{answers.asked} GET{stopped}")
    page = answers.pages.get("page")
    total = page.total if page else None
    yield Fact("total", "unknown" if total is None else f"{total:,}", is_open=total is None)
    yield Fact("limit 1000", answers.outcome("page"), is_open=page is None)
    yield from _limits(answers)
    yield from _offsets(answers)
    tasks = [task for task in page.tasks if task is not None] if page else []
    if not tasks:
        yield Fact("order, ids, codes, states and messages", "no rows to look at", is_open=True)
        return
    yield _repeats(answers)
    yield from _rows(tasks, salt or token_bytes(16))


def _limits(answers: Answers) -> Iterator[Fact]:
    larger, shown = answers.pages.get("limit 1001"), answers.outcome("limit 1001")
    if larger is None:
        yield Fact("limit 1001", shown, is_open=not _is_settled(answers, "limit 1001"))
    elif larger.rows > PAGE:
        yield Fact("limit 1001", f"{shown}: accepted")
    elif larger.total is not None and larger.total > PAGE:
        yield Fact("limit 1001", f"{shown} of more: cut to a smaller page")
    else:
        yield Fact("limit 1001", f"{shown}: accepted, but the list is too short to tell more", is_open=True)
    yield Fact("limit 0", answers.outcome("limit 0"), is_open=not _is_settled(answers, "limit 0"))


def _offsets(answers: Answers) -> Iterator[Fact]:
    page, second = answers.pages.get("page"), answers.pages.get("second row")
    if page is None or second is None or page.rows < 2 or not second.rows:
        yield Fact("offset 1, limit 1", answers.outcome("second row"), is_open=True)
    else:
        is_second = second.tasks[0] == page.tasks[1]
        rows = "the second row: offsets count rows" if is_second else "another row than the second"
        yield Fact("offset 1, limit 1", f"{answers.outcome('second row')}: {rows}", is_open=not is_second)
    for name in ("at total", "past total"):
        yield Fact(f"offset {name}", answers.outcome(name), is_open=not _is_settled(answers, name))
    yield Fact("retention, who sees a task, X-Language, status of a delete", "not asked", is_open=True)


def _is_refused(answers: Answers, name: str) -> bool:
    error = answers.errors.get(name)
    return error is not None and error.refusal is not None and error.refusal.status in (400, 404, 422)


def _is_settled(answers: Answers, name: str) -> bool:
    return name in answers.pages or _is_refused(answers, name)


def _repeats(answers: Answers) -> Fact:
    first, again = answers.pages.get("page"), answers.pages.get("again")
    if first is None or again is None:
        return Fact("the same page twice", answers.outcome("again"), is_open=True)
    if first.tasks == again.tasks:
        return Fact("the same page twice", "same rows in the same order")
    is_order = Counter(map(repr, first.tasks)) == Counter(map(repr, again.tasks))
    return Fact("the same page twice", "same rows in another order" if is_order else "other rows", is_open=not is_order)


def _rows(tasks: Sequence[FailedTask], salt: bytes) -> Iterator[Fact]:
    yield Fact("order", _order([task.milliseconds for task in tasks]))
    ids = [task.task_id for task in tasks]
    yield Fact(
        "task_id",
        f"{_forms(ids)}; {len(set(ids)):,} different; first {_hashed(ids[0], salt)}, last {_hashed(ids[-1], salt)}",
    )
    same = sum(bool(task.task_id) and task.task_id == task.server_id for task in tasks)
    yield Fact("task_id is the server_id", f"in {same:,} of {len(tasks):,} rows")
    yield Fact("server_id", _forms([task.server_id or "" for task in tasks]))
    yield Fact("task_time", _forms_of_time(tasks))
    yield Fact(
        "operate_type",
        _counted(_listed(_OPERATION, task.operate_type or "") or _lacking(task.operate_type) for task in tasks),
    )
    yield Fact(
        "task_error_code",
        _counted(_listed(_CODE, task.task_error_code or "") or _lacking(task.task_error_code) for task in tasks),
    )
    for name in API_FIELDS:
        yield Fact(f"type of {name}", _counted(_type(task, name) for task in tasks))
    others = sum(len(task.to_json().keys() - set(API_FIELDS)) for task in tasks)
    yield Fact("undocumented fields", f"{others:,} in all rows")
    messages = Counter(masked(task.task_error_msg) for task in tasks if task.task_error_msg)
    for text, count in messages.most_common(MOST_MESSAGES):
        yield Fact("task_error_msg", f"{count:,} × {text}")
    if len(messages) > MOST_MESSAGES:
        yield Fact("task_error_msg", f"{len(messages) - MOST_MESSAGES:,} more texts")


def _order(times: Sequence[int | None]) -> str:
    known = [time for time in times if time is not None]
    if len(set(known)) < 2:
        return "unknown: fewer than two times"
    falling = sum(earlier < later for later, earlier in pairwise(known))
    rising = sum(earlier > later for later, earlier in pairwise(known))
    if not rising or not falling:
        return "oldest first" if rising else "newest first"
    return f"not by time: {falling:,} steps back, {rising:,} forward"


def _forms(ids: Sequence[str]) -> str:
    return _counted(
        "empty"
        if not id
        else "UUID"
        if re.fullmatch(_UUID, id)
        else f"{len(id)} hex digits"
        if re.fullmatch("[0-9A-Fa-f]+", id)
        else OTHER
        for id in ids
    )


def _forms_of_time(tasks: Sequence[FailedTask]) -> str:
    times = [task.task_time or "" for task in tasks]
    return _counted(
        f"{len(time)} digits" if re.fullmatch("[0-9]+", time) else "empty" if not time else OTHER for time in times
    )


def _type(task: FailedTask, name: str) -> str:
    served = task.to_json()
    if name not in served:
        return "absent"
    value = served[name]
    names = {str: "text", type(None): "null", bool: "true or false", int: "number", float: "number", list: "list"}
    return "empty text" if value == "" else names.get(type(value), "object")


def _counted(values: Iterator[str]) -> str:
    return ", ".join(f"{count:,} × {value}" for value, count in Counter(values).most_common())


def _listed(pattern: str, text: str) -> str:
    return text if re.fullmatch(pattern, text, re.ASCII) else ""


def _lacking(value: str | None) -> str:
    return OTHER if value else "none"


def _hashed(id: str, salt: bytes) -> str:
    return blake2b(id.encode("utf-8", "surrogatepass"), key=salt, digest_size=4).hexdigest()


@cache
def _vocabulary() -> frozenset[str]:
    """Return the words and the pairs of Chinese characters in the program's own runbook."""
    runbook = program_runbook()
    texts = [piece for cause in runbook.causes for sign in cause.messages for piece in sign.pieces]
    texts += [text for cause in runbook.causes for text in (cause.name, cause.name_zh, *cause.check)]
    texts += [text for code in runbook.codes.values() for text in (code.meaning, code.handling)]
    words = {word.casefold() for text in texts for word in re.findall("[A-Za-z]+", text)}
    runs = [run for text in texts for run in re.findall("[一-鿿]+", text)]
    return frozenset(words | {run[at : at + 2] for run in runs for at in range(len(run) - 1)})


def masked(message: str) -> str:
    """Return a message of which only short numbers and the words of the program's own runbook are left."""
    shown = re.sub(_PART, _shown, normalise(line(message)))
    return line(re.sub(f"(?:{WORD}[-._/ ]?)+{WORD}", WORD, shown), 200)


def _shown(part: re.Match[str]) -> str:
    text, known = part[0], _vocabulary()
    if part.lastgroup == "kept" or text.casefold() in known:
        return text
    if part.lastgroup == "han":
        pairs = {at for at in range(len(text) - 1) if text[at : at + 2] in known}
        return "".join(each if {at, at - 1} & pairs else "?" for at, each in enumerate(text))
    return WORD
