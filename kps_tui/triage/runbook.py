"""The runbook as data: known causes, the vendor's order of checks for each operation, and what error codes mean."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from enum import Enum
from typing import NamedTuple

from kps_tui.i18n import _


class Certainty(Enum):
    """How certainly a message or a code points to a cause, in descending order. The values are the keys of the file."""

    ATTESTED = "attested"
    LIKELY = "likely"
    GUESS = "guess"

    @property
    def words(self) -> str:
        """The meaning in words, for a cause of the program."""
        return {
            Certainty.ATTESTED: _("attested: the vendor, or a public report, names this cause for it"),
            Certainty.LIKELY: _("likely: the text or code names it, but no page lists it for such tasks"),
            Certainty.GUESS: _("a guess: other causes give the same text"),
        }[self]

    @property
    def own_words(self) -> str:
        """The meaning in words, for a cause of the user's own runbook."""
        return {
            Certainty.ATTESTED: _("attested, as your runbook.toml says"),
            Certainty.LIKELY: _("likely, as your runbook.toml says"),
            Certainty.GUESS: _("a guess, as your runbook.toml says"),
        }[self]


class Sign(NamedTuple):
    """A message or a code that points to a cause."""

    pieces: tuple[str, ...]
    """The parts between wildcards, casefolded; those of a message are also normalised."""
    certainty: Certainty

    def is_in(self, message: str) -> bool:
        """Return whether `message`, normalised and casefolded, contains the pieces in their order."""
        at = 0
        for piece in self.pieces:
            at = message.find(piece, at)
            if at < 0:
                return False
            at += len(piece)
        return True

    def is_code(self, code: str) -> bool:
        """Return whether the whole `code`, casefolded, is this one, in which wildcards match anything."""
        first, last = self.pieces[0], self.pieces[-1]
        if len(self.pieces) == 1:
            return code == first
        return (
            len(code) >= len(first) + len(last) and code.startswith(first) and code.endswith(last) and self.is_in(code)
        )


class Check(NamedTuple):
    """What to look at, and what to do if it is wrong."""

    look: str
    fix: str


@dataclass(frozen=True, slots=True)
class Cause:
    """One reason why operations fail."""

    id: str
    name: str
    """In English; translate it with `_` to show it."""
    name_zh: str
    check: Check
    operations: frozenset[str] = frozenset()
    """The operations that can fail because of it; empty: any."""
    messages: tuple[Sign, ...] = ()
    codes: tuple[Sign, ...] = ()
    checks: Mapping[str, Check] = field(default_factory=dict)
    """The checks of operations that need another one than `check`."""
    page: str = ""
    """The page that says so: an address, or a title."""
    read: str = ""
    """The day on which the page was read, such as `2026-11-26`."""

    def check_for(self, operation: str) -> Check:
        """Return what to check after `operation` failed."""
        return self.checks.get(operation, self.check)

    def certainty(self, message: str, codes: Sequence[str], operation: str) -> Certainty | None:
        """Return how certainly a failure has this cause, by the strongest sign that fits; `None` if none does.

        Args:
            message: normalised and casefolded.
            codes: casefolded.
            operation: empty if it is not known.
        """
        if self.operations and operation and operation not in self.operations:
            return None
        found = {sign.certainty for sign in self.messages if sign.is_in(message)}
        found |= {sign.certainty for sign in self.codes if any(map(sign.is_code, codes))}
        return next((certainty for certainty in Certainty if certainty in found), None)


def source_in_words(page: str, read: str) -> str:
    """Return a source and the day it was read: `DEW API reference, AssociateKeypair, read 2026-11-26`."""
    return _("{page}, read {date}").format(page=_(page), date=read) if page and read else _(page)


class Need(Enum):
    """A precondition of an operation that another operation contradicts. The values are those of the file."""

    RUNNING = "running"
    SHUT_DOWN = "shut down"
    KEY_PAIR = "key pair"
    NO_KEY_PAIR = "no key pair"

    @property
    def opposite(self) -> "Need":
        """The need that contradicts this one."""
        return {
            Need.RUNNING: Need.SHUT_DOWN,
            Need.SHUT_DOWN: Need.RUNNING,
            Need.KEY_PAIR: Need.NO_KEY_PAIR,
            Need.NO_KEY_PAIR: Need.KEY_PAIR,
        }[self]


@dataclass(frozen=True, slots=True)
class Procedure:
    """What the vendor says about one operation."""

    operation: str
    name_zh: str = ""
    preconditions: tuple[str, ...] = ()
    takes: str = ""
    """How long it takes, in words."""
    checks: tuple[str, ...] = ()
    """The ids of causes, in the vendor's order of checks."""
    page: str = ""
    """The page that the preconditions are from."""
    order_page: str = ""
    """The page that the order of checks is from."""
    read: str = ""
    needs: tuple[Need, ...] = ()
    """Those of `preconditions` that other operations contradict."""
    is_own_order: bool = False
    """Whether `checks` are in an order of the user's own, instead of the vendor's."""

    def over(self, other: "Procedure") -> "Procedure":
        """Return both merged: what this one does not say is that of `other`, except the page of another order."""
        said = {each.name: value for each in fields(self) if (value := getattr(self, each.name))}
        if self.checks:
            other = replace(other, order_page="", is_own_order=True)
        return replace(other, **said)


@dataclass(frozen=True, slots=True)
class Code:
    """An error code of the service, the gateway, IAM or ECS."""

    code: str
    meaning: str
    handling: str
    """What the vendor says to do."""
    http: str = ""
    """The HTTP status, or several."""
    page: str = ""


@dataclass(frozen=True, slots=True)
class Runbook:
    """Causes in the order in which they are tried, procedures by operation, and codes by their casefolded text."""

    causes: tuple[Cause, ...] = ()
    procedures: Mapping[str, Procedure] = field(default_factory=dict)
    codes: Mapping[str, Code] = field(default_factory=dict)

    def over(self, other: "Runbook") -> "Runbook":
        """Return both runbooks merged; where both say something, that of this one is used."""
        own = {name: each.over(other.procedures.get(name, each)) for name, each in self.procedures.items()}
        return Runbook(self.causes + other.causes, {**other.procedures, **own}, {**other.codes, **self.codes})

    def cause(self, id: str) -> Cause | None:
        """Return the first cause with this id, or `None`."""
        return next((cause for cause in self.causes if cause.id == id), None)
