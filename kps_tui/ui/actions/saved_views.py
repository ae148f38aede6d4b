"""The commands that save filter, order and groups as a view, and open a saved view."""

from typing import TYPE_CHECKING

from kps_tui.i18n import _
from kps_tui.problems import QueryError
from kps_tui.sanitize import line
from kps_tui.triage.filter import EVERYTHING
from kps_tui.triage.query import words_of
from kps_tui.ui.model.saved_views import SavedViews
from kps_tui.ui.screens.dialogs.prompt import Prompt

if TYPE_CHECKING:
    from kps_tui.ui.screens.triage import TriageScreen

LAST_KEY = 9
"""Number of the last saved view with a key."""


def open_view(screen: "TriageScreen", views: SavedViews, number: int) -> None:
    """Show the tasks of saved view `number`, counted from 1, or say why that is not possible."""
    try:
        query = views.query(number)
    except QueryError as problem:
        screen.notify(problem.on_screen, severity="warning", markup=False)
    else:
        screen.bench = screen.bench.asking(query)


def ask_for_name(screen: "TriageScreen", views: SavedViews) -> None:
    """Ask for a name, and save the query under it in `views`."""
    query = screen.bench.query

    async def attempt(name: str, again: bool) -> str:
        problem = await views.save(name, query, overwrite=again)
        if not problem:
            number = views.number_of(name)
            has_key = number <= LAST_KEY
            key = _("{number} opens it").format(number=number) if has_key else _("digits open the first nine")
            screen.notify(_("Saved view “{name}” · {key}").format(name=line(name, 64), key=key), markup=False)
        return problem

    view = line(str(query.filter), 300) if query.filter != EVERYTHING else _("all tasks")
    saves = _("Saves the filter and the order ({order}).")
    if query.facet:
        saves = _("Saves the filter, the order ({order}) and the groups.")
    explanation = _("{saves}\nName:").format(saves=saves.format(order=words_of(query.sort)))
    title = _("Save view · {view}").format(view=view)
    screen.app.push_screen(Prompt(title, explanation, "", attempt, _("Enter saves")))
