"""The views that the user saved: a filter, an order and a facet under a name, opened by a digit."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from kps_tui.i18n import _
from kps_tui.identity.edits import ViewExists, save_view
from kps_tui.identity.profiles import SavedView
from kps_tui.problems import ConfigError, QueryError
from kps_tui.sanitize import line
from kps_tui.triage.facets import ALL, FACETS
from kps_tui.triage.filter import EVERYTHING, parsed_strictly
from kps_tui.triage.query import NEWEST_FIRST, Query, parse_sort


class SavedViews:
    """The views of the configuration, in its order; new ones are written to `views.toml` beside the file `path`."""

    def __init__(self, path: Path, views: Sequence[SavedView]) -> None:
        self._path = path
        self.views = tuple(views)

    def query(self, number: int) -> Query:
        """Return the query of view `number`, from 1.

        Raises:
            QueryError: there is none, or the file says something that is no query.
        """
        if not 1 <= number <= len(self.views):
            said = _("there is no view {number}").format(number=number)
            raise QueryError(said, next_step=_("V saves what is shown now as a view"))
        return query_of(self.views[number - 1])

    def save(self, name: str, query: Query, *, overwrite: bool) -> str:
        """Keep `query` as `name`; return what stands in the way, empty when it is done."""
        view = view_of(name, query)
        try:
            save_view(self._path, view, replace=overwrite)
        except ViewExists as problem:
            return _("{what} · Enter again replaces it").format(what=problem.what)
        except ConfigError as problem:
            return str(problem)
        if any(known.name == name for known in self.views):
            self.views = tuple(view if known.name == name else known for known in self.views)
        else:
            self.views = (*self.views, view)
        return ""

    def number_of(self, name: str) -> int:
        """Return the place of the view `name`, from 1."""
        return 1 + [view.name for view in self.views].index(name)


def view_of(name: str, query: Query) -> SavedView:
    """Return `query` as it is kept."""
    sort = "" if query.sort == NEWEST_FIRST else ",".join(map(str, query.sort))
    return SavedView(name, "" if query.filter == EVERYTHING else str(query.filter), sort, query.facet)


def query_of(view: SavedView) -> Query:
    """Return what a saved view means.

    Raises:
        QueryError: it can't be read; the sentence names view and key.
    """
    where = _("view “{name}”").format(name=line(view.name, 64))
    if view.facet not in ("", ALL, *FACETS):
        raise QueryError(
            _("{where}: “{facet}” is no facet").format(where=where, facet=line(view.facet, 40)),
            next_step=_("facets: {facets}").format(facets=", ".join((*FACETS, ALL))),
        )
    try:
        query = Query(sort=parse_sort(view.sort)) if view.sort else Query()
        return replace(query, filter=parsed_strictly(view.where, option="where"), facet=view.facet)
    except QueryError as problem:
        raise QueryError(f"{where}: {problem.what}", why=problem.why, next_step=problem.next_step) from None
