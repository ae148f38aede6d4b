"""Parses a runbook from the tables of a TOML file. `runbook.toml` beside this module explains the format.

A user may have a file in the same format. A mistake in it only invalidates the entry that it is in. It is reported with
the keys of the entry, from which the reader of the file finds the line.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from typing import NamedTuple, TypeVar

from kps_tui.i18n import _
from kps_tui.sanitize import line
from kps_tui.triage.normalise import normalise
from kps_tui.triage.runbook import Cause, Certainty, Check, Code, Need, Procedure, Runbook, Sign

OPERATIONS = ("bind", "replace", "reset", "unbind")
"""The operations that can have a procedure, and a check of their own in a cause."""
LONGEST_ID = 40
"""The most characters of the id of a cause."""
WILDCARD = "*"
"""Stands for any characters, in a message or a code."""

_TOP = ("causes", "operations", "codes", "code_pages")
_CAUSE = ("name", "name_zh", "operations", "messages", "codes", "check", "fix", "page", "read", *OPERATIONS)
_PROCEDURE = ("name_zh", "preconditions", "takes", "checks", "page", "order_page", "read", "needs")
_CODE = ("http", "meaning", "handling")
_CERTAINTIES = tuple(certainty.value for certainty in Certainty)
_ID = re.compile(rf"[0-9A-Za-z][0-9A-Za-z_-]{{0,{LONGEST_ID - 1}}}")

Keys = tuple[str, ...]
Entry = TypeVar("Entry")


class RunbookMistake(NamedTuple):
    """A key or a value that is not allowed."""

    keys: Keys
    """The keys of the tables that it is in, the outermost first, then its own key."""
    why: str
    allowed: str


def parse(
    tables: Mapping[str, object], known: frozenset[str] = frozenset()
) -> tuple[Runbook, tuple[RunbookMistake, ...]]:
    """Return the runbook in a file, without the entries that have a wrong value, and the mistakes in the file.

    Args:
        tables: the file, as `tomllib` returns it.
        known: ids of causes in other files, which the order of checks may name.
    """
    mistakes: list[RunbookMistake] = []
    top = _Table((), tables, mistakes)
    top.report_unknown(_TOP)
    causes = tuple(top.entries("causes", _cause))
    ids = known | {cause.id for cause in causes}
    procedures = top.entries("operations", lambda table: _procedure(table, ids))
    pages = dict(top.entries_of_text("code_pages"))
    codes = top.entries("codes", lambda table: _code(table, pages))
    runbook = Runbook(
        causes,
        {procedure.operation: procedure for procedure in procedures},
        {code.code.casefold(): code for code in codes},
    )
    return runbook, tuple(mistakes)


class _WrongValue(Exception):
    """Raised after a mistake was reported, to skip its entry."""


class _Table:
    """A table of the file, whose methods return checked values. A wrong value is added to `mistakes`."""

    def __init__(self, keys: Keys, values: Mapping[str, object], mistakes: list[RunbookMistake]) -> None:
        self.keys = keys
        self._values = values
        self._mistakes = mistakes

    @property
    def name(self) -> str:
        """The last of its keys."""
        return self.keys[-1]

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def wrong(self, key: str, why: str, allowed: str) -> _WrongValue:
        """Report the value of `key`, and return the error to raise."""
        self._mistakes.append(RunbookMistake((*self.keys, key), why, allowed))
        return _WrongValue()

    def report_unknown(self, known: tuple[str, ...]) -> None:
        """Report unknown keys; they don't invalidate the entry."""
        for key in self._values:
            if key not in known:
                near = get_close_matches(key, known, n=1)
                allowed = near[0] if near else _("one of: {keys}").format(keys=", ".join(known))
                self._mistakes.append(RunbookMistake((*self.keys, key), _("unknown key"), allowed))

    def text(self, key: str, *, required: bool = False) -> str:
        """Return the text of `key` as one safe line, empty where there is none."""
        value = self._values.get(key, "")
        if not isinstance(value, str):
            raise self.wrong(key, _("it is not a string"), f'{key} = "…"')
        if required and not value.strip():
            raise self.wrong(key, _("it is missing"), f'{key} = "…"')
        return line(value)

    def texts(self, key: str) -> tuple[str, ...]:
        """Return the list of texts of `key`, each as one safe line, empty where there is none."""
        value = self._values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.wrong(key, _("it is not a list of strings"), f'{key} = ["…"]')
        return tuple(map(line, value))

    def table(self, key: str) -> "_Table":
        """Return the table of `key`, an empty one where there is none."""
        value = self._values.get(key, {})
        if not isinstance(value, dict):
            raise self.wrong(key, _("it is not a table"), f"[{'.'.join((*self.keys, key))}]")
        return _Table((*self.keys, key), value, self._mistakes)

    def entries(self, key: str, entry: Callable[["_Table"], Entry]) -> Iterator[Entry]:
        """Yield `entry` of each table in the table `key`, without those that have a wrong value."""
        try:
            table = self.table(key)
        except _WrongValue:
            return
        for name in table._values:
            try:
                yield entry(table.table(name))
            except _WrongValue:
                continue

    def entries_of_text(self, key: str) -> Iterator[tuple[str, str]]:
        """Yield the keys, casefolded, and the texts of the table `key`, without wrong values."""
        try:
            table = self.table(key)
        except _WrongValue:
            return
        for name in table._values:
            try:
                yield name.casefold(), table.text(name)
            except _WrongValue:
                continue


def _cause(table: _Table) -> Cause:
    table.report_unknown(_CAUSE)
    if not _ID.fullmatch(table.name):
        raise table.wrong("", _("not a valid cause ID"), _("letters, digits, - and _, at most 40"))
    operations = table.texts("operations")
    if unknown := [name for name in operations if name not in OPERATIONS]:
        why = _("“{value}” is not allowed").format(value=line(unknown[0], 40))
        raise table.wrong("operations", why, ", ".join(OPERATIONS))
    messages, codes = _signs(table.table("messages"), _message), _signs(table.table("codes"), _pieces)
    if not messages and not codes:
        raise table.wrong("messages", _("neither a message nor a code points to the cause"), 'messages.likely = ["…"]')
    check = Check(table.text("check", required=True), table.text("fix"))
    checks = {name: _check(table.table(name), check) for name in OPERATIONS if name in table}
    return Cause(
        table.name,
        table.text("name", required=True),
        table.text("name_zh"),
        check,
        frozenset(operations),
        messages,
        codes,
        checks,
        table.text("page"),
        table.text("read"),
    )


def _check(table: _Table, general: Check) -> Check:
    table.report_unknown(("check", "fix"))
    return Check(table.text("check") or general.look, table.text("fix") or general.fix)


def _signs(table: _Table, pieces: Callable[[str], tuple[str, ...]]) -> tuple[Sign, ...]:
    """Return the signs of a table whose keys are certainties, the most certain first."""
    table.report_unknown(_CERTAINTIES)
    signs: list[Sign] = []
    for certainty in Certainty:
        for text in table.texts(certainty.value):
            sign = Sign(pieces(text), certainty)
            if not any(sign.pieces):
                raise table.wrong(certainty.value, _("“{value}” matches everything").format(value=text), '["…"]')
            signs.append(sign)
    return tuple(signs)


def _message(text: str) -> tuple[str, ...]:
    return _pieces(normalise(text))


def _pieces(text: str) -> tuple[str, ...]:
    return tuple(piece.strip() for piece in text.casefold().split(WILDCARD))


def _procedure(table: _Table, causes: frozenset[str]) -> Procedure:
    table.report_unknown(_PROCEDURE)
    checks = table.texts("checks")
    if unknown := [id for id in checks if id not in causes]:
        why = _("there is no cause “{id}”").format(id=line(unknown[0], LONGEST_ID))
        raise table.wrong("checks", why, _("IDs of causes"))
    needs = table.texts("needs")
    known = [need.value for need in Need]
    if unknown := [need for need in needs if need not in known]:
        why = _("“{value}” is not allowed").format(value=line(unknown[0], 40))
        raise table.wrong("needs", why, ", ".join(known))
    return Procedure(
        table.name,
        table.text("name_zh"),
        table.texts("preconditions"),
        table.text("takes"),
        checks,
        table.text("page"),
        table.text("order_page"),
        table.text("read"),
        tuple(map(Need, needs)),
    )


def _code(table: _Table, pages: Mapping[str, str]) -> Code:
    table.report_unknown(_CODE)
    page = pages.get(table.name.partition(".")[0].casefold(), "")
    meaning, handling = table.text("meaning", required=True), table.text("handling")
    return Code(line(table.name), meaning, handling, table.text("http"), page)
