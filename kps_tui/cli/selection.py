"""What the commands that print tasks share: which tasks match, and how much of the list was read."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from kps_tui.cli.loading import Loaded
from kps_tui.cli.messages import print_message
from kps_tui.i18n import _
from kps_tui.triage.filter import Expression, Matcher, refusal, uses_ledger
from kps_tui.triage.knowledge import NOTHING, Knowledge
from kps_tui.triage.standings import Standings

INCOMPLETE = 6


def matching_indices(
    where: Expression,
    loaded: Loaded,
    order: Sequence[int] | None = None,
    knowledge: Knowledge | None = None,
) -> Sequence[int]:
    """Return the indices of the tasks that match, in `order` or else in the order of the service.

    A filter that asks what is new or acknowledged looks into `knowledge`, by default that of the screen.

    Raises:
        QueryError: a regular expression takes too long, so that it is unknown which tasks match.
        StorageError: the ledger can't be read.
    """
    store = loaded.reading.store
    if knowledge is None:
        knowledge = known_to_screen(loaded) if uses_ledger(where) else NOTHING
    matching = Matcher(where, datetime.now(UTC), standings=Standings(knowledge))
    indices = matching.select(store, range(len(store)) if order is None else order)
    if matching.mistakes:
        raise refusal(matching.mistakes[0])
    return indices


def known_to_screen(loaded: Loaded) -> Knowledge:
    """Return what the ledger knows for the screen, and say so if that is nothing.

    Raises:
        StorageError: the ledger can't be read.
    """
    knowledge = loaded.ledger.knowledge()
    if knowledge.visit is None:
        print_message(_("without a reader nothing is new · give one with kps-tui list --as NAME"))
    return knowledge


def completeness(loaded: Loaded) -> dict[str, Any]:
    """Return the members of a JSON document that say how much of the list was read."""
    head: dict[str, Any] = {
        "total": loaded.reading.paging.total,
        "loaded": len(loaded.reading.store),
        "complete": loaded.complete,
    }
    return head | ({"demo": True} if loaded.demo else {})


def print_notes(loaded: Loaded) -> None:
    """Print on stderr whether the tasks are invented, and why the list is incomplete if it is."""
    if loaded.demo:
        print_message(_("DEMO: invented tasks"))
    if loaded.remark:
        print_message(loaded.remark)
    if not loaded.complete:
        print_message(_("incomplete: {why}").format(why=loaded.why_incomplete))
