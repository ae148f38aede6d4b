"""Saved views as queries: the configuration keeps them as texts."""

from dataclasses import replace

from kps_tui.i18n import _
from kps_tui.identity.profiles import LONGEST_NAME, SavedView
from kps_tui.problems import QueryError
from kps_tui.sanitize import line
from kps_tui.triage.facets import ALL, FACETS
from kps_tui.triage.filter import EVERYTHING, parsed_strictly
from kps_tui.triage.query import NEWEST_FIRST, Query, parse_sort


def view_of(name: str, query: Query) -> SavedView:
    """Return `query` in the form that is stored."""
    sort = "" if query.sort == NEWEST_FIRST else ",".join(map(str, query.sort))
    return SavedView(name, "" if query.filter == EVERYTHING else str(query.filter), sort, query.facet)


def query_of(view: SavedView, place: str = "") -> Query:
    """Return the query of a saved view.

    Raises:
        QueryError: it can't be parsed; the message begins with `place`, by default the name of the view, and names
            the part.
    """
    place = place or _("view “{name}”").format(name=line(view.name, LONGEST_NAME))
    if view.facet not in ("", ALL, *FACETS):
        raise QueryError(
            _("{where}: “{facet}” is not a facet").format(where=place, facet=line(view.facet, 40)),
            next_step=_("facets: {facets}").format(facets=", ".join((*FACETS, ALL))),
        )
    try:
        query = Query(sort=parse_sort(view.sort, option="sort")) if view.sort else Query()
        return replace(query, filter=parsed_strictly(view.where, option="where"), facet=view.facet)
    except QueryError as problem:
        raise QueryError(f"{place}: {problem.what}", why=problem.why, next_step=problem.next_step) from None
