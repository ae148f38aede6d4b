"""The saved views: each has a name, a filter, an order and a facet. Digit keys open the first nine."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from kps_tui.blocking import run_async
from kps_tui.i18n import _
from kps_tui.identity.profiles import SavedView
from kps_tui.problems import ConfigError, QueryError
from kps_tui.triage.query import Query


class SavedViews:
    """The views of the configuration, in its order. New ones are written to `views.toml` beside the file `path`."""

    def __init__(self, path: Path, views: Sequence[SavedView]) -> None:
        self._path = path
        self.views = tuple(views)

    def query(self, number: int) -> Query:
        """Return the query of view `number`, counted from 1.

        Raises:
            QueryError: there is no such view, or it can't be parsed.
        """
        if not 1 <= number <= len(self.views):
            said = _("there is no view {number}").format(number=number)
            raise QueryError(said, next_step=_("V saves the current view"))
        from kps_tui.session.saved_views import query_of

        return query_of(self.views[number - 1])

    async def save(self, name: str, query: Query, *, overwrite: bool) -> str:
        """Save `query` under `name`. Return an error message, or an empty text on success.

        The file may be on a slow disk: cancel this to stop waiting; then the file stays as it was.
        """
        from kps_tui.identity.edits import ViewExists, save_view
        from kps_tui.session.saved_views import view_of

        view = view_of(name, query)
        try:
            await run_async(partial(save_view, self._path, view, replace=overwrite))
        except ViewExists as problem:
            return _("{what} · Enter overwrites it").format(what=problem.what)
        except ConfigError as problem:
            return problem.on_screen
        if any(known.name == name for known in self.views):
            self.views = tuple(view if known.name == name else known for known in self.views)
        else:
            self.views = (*self.views, view)
        return ""

    def number_of(self, name: str) -> int:
        """Return the number of the view `name`, counted from 1."""
        return 1 + [view.name for view in self.views].index(name)
