"""What the commands that print tasks share: the query of their options, the tasks that match, and remarks."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from kps_tui.cli.loading import Loaded
from kps_tui.cli.messages import print_message
from kps_tui.clock import utc_now
from kps_tui.i18n import _
from kps_tui.identity.profiles import LONGEST_NAME, Configuration, nearest
from kps_tui.problems import ConfigError
from kps_tui.sanitize import line
from kps_tui.session.resolve import configuration_of
from kps_tui.settings import Settings
from kps_tui.triage.filter import Expression, Matcher, both, parsed_strictly, refusal, uses_ledger
from kps_tui.triage.knowledge import NOTHING, Knowledge
from kps_tui.triage.query import Query, parse_sort
from kps_tui.triage.standings import Standings


def query_asked_for(settings: Settings, view: str | None, where: str, sort: str | None = None) -> Query:
    """Return the query of the options `--view`, `--where` and `--sort`.

    `where` narrows the filter of the view, and `sort` replaces its order.

    Raises:
        ConfigError: there is no view of this name.
        QueryError: an option or the view can't be parsed.
    """
    narrower = parsed_strictly(where)
    order = None if sort is None else parse_sort(sort)
    query = Query() if view is None else _query_of_view(configuration_of(settings), view)
    return replace(query, filter=both(query.filter, narrower), sort=order or query.sort)


def _query_of_view(configuration: Configuration, name: str) -> Query:
    """Return the query of the saved view that `--view` names.

    Raises:
        ConfigError: there is no such view; the message says which there are.
        QueryError: it can't be parsed; the message names the file and the key.
    """
    from kps_tui.session.saved_views import query_of

    views = {view.name: view for view in configuration.views}
    view = views.get(name)
    if view is None:
        near = line(nearest(name, views), LONGEST_NAME)
        names = line(", ".join(line(known, LONGEST_NAME) for known in views), 200)
        raise ConfigError(
            _("--view: there is no view “{name}”").format(name=line(name, LONGEST_NAME)),
            why=_("did you mean “{near}”?").format(near=near) if near else "",
            next_step=_("views: {names}").format(names=names) if names else _("save one on the screen, with V"),
        )
    return query_of(view, f"{line(str(view.file), 200)}: views.{line(name, LONGEST_NAME)}")


def options_of_filter(view: str | None, where: str) -> str:
    """Return the names of the options that a filter comes from, for error messages."""
    return ", ".join(name for name, is_given in (("--view", view is not None), ("--where", where)) if is_given)


def matching_indices(
    where: Expression,
    loaded: Loaded,
    order: Sequence[int] | None = None,
    knowledge: Knowledge | None = None,
    options: str = "--where",
) -> Sequence[int]:
    """Return the indices of the tasks that match.

    Args:
        where: the filter.
        loaded: the list.
        order: the indices to look at, in this order; by default all, in the order of the service.
        knowledge: what the ledger knows, for a filter by new or acknowledged tasks; by default, that of the screen.
        options: the options that the filter comes from, for error messages.

    Raises:
        QueryError: a regular expression takes too long, so that it is unknown which tasks match.
        StorageError: the ledger can't be read.
    """
    store = loaded.reading.store
    if knowledge is None:
        knowledge = known_to_screen(loaded) if uses_ledger(where) else NOTHING
    matching = Matcher(where, utc_now(), standings=Standings(knowledge))
    indices = matching.select(store, range(len(store)) if order is None else order)
    if matching.mistakes:
        raise refusal(matching.mistakes[0], options)
    return indices


def known_to_screen(loaded: Loaded) -> Knowledge:
    """Return what the ledger knows from visits of the screen. Print a hint if there was none.

    Raises:
        StorageError: the ledger can't be read.
    """
    knowledge = loaded.ledger.knowledge()
    if knowledge.visit is None:
        print_message(_("without a reader nothing is new · give one with kps-tui list --as NAME"))
    return knowledge


def completeness(loaded: Loaded) -> dict[str, Any]:
    """Return the members of a JSON document that say how much of the list was loaded."""
    head: dict[str, Any] = {
        "total": loaded.reading.paging.total,
        "loaded": len(loaded.reading.store),
        "complete": loaded.complete,
    }
    return head | ({"demo": True} if loaded.demo else {})


def print_notes(loaded: Loaded) -> None:
    """Print on stderr whether the tasks are invented, a remark about the list, and why it is incomplete."""
    if loaded.demo:
        print_message(_("DEMO: invented tasks"))
    if loaded.remark:
        print_message(loaded.remark)
    if not loaded.complete:
        print_message(_("incomplete: {why}").format(why=loaded.why_incomplete))
