"""The first line of the screen: the place, the login, a badge for the demo, and what is new since the last visit."""

from rich.cells import cell_len
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from kps_tui.clock import Clock, utc_now
from kps_tui.i18n import _
from kps_tui.sanitize import line
from kps_tui.triage.view import View
from kps_tui.ui.heading import Heading
from kps_tui.ui.model.load_state import LoadState
from kps_tui.ui.standing_words import since_words
from kps_tui.ui.widgets.task_table.render import fit

PROJECT_CELLS = 13
"""Cells of a project id that is cut. It is cut in its middle, because both ends help to tell projects apart."""

PLACE_CELLS, LEAST_PLACE = 60, 9
"""The most characters of the place, and the fewest cells to which it is cut, in its middle."""

LOGIN_CELLS = 40
"""The fewest cells to which the login is cut; with less room it is left out."""


class TitleLine(Widget):
    """`kps-tui  DEMO  cn-north-4 · project 0123… · login: keyring, profile “prod”     31 new since Wed 18:02`."""

    heading: reactive[Heading] = reactive(Heading)
    view: reactive[View] = reactive(View, repaint=False)
    load: reactive[LoadState] = reactive(LoadState, repaint=False)
    new: reactive[str] = reactive("")
    """What is new, at the right."""

    def __init__(self, now: Clock = utc_now) -> None:
        super().__init__()
        self._now = now

    def watch_view(self) -> None:
        """Say what is new."""
        self.new = since_words(self.view.standings, self.load.extent, self._now())

    def watch_load(self) -> None:
        """Say what is new."""
        self.new = since_words(self.view.standings, self.load.extent, self._now())

    def render(self) -> Content:
        """Render the line. What is new is always shown in full.

        If there is no room for the rest, first the login is left out, then the project is cut, then the name of the
        program is left out, then the place is cut.
        """
        right = Content.styled(f"  {self.new}", "bold") if self.new else Content("")
        room = max(0, self.content_size.width - right.cell_length)
        whole, unnamed = self._place(64, with_login=True), self._place(64)
        if whole.cell_length > room and room - unnamed.cell_length < LOGIN_CELLS:
            whole = unnamed
            if whole.cell_length > room:
                whole = self._place(PROJECT_CELLS)
            if whole.cell_length > room:
                whole = self._place(PROJECT_CELLS, with_name=False)
            if (missing := whole.cell_length - room) > 0:
                cells = cell_len(line(self.heading.place, PLACE_CELLS)) - missing
                whole = self._place(PROJECT_CELLS, max(LEAST_PLACE, cells), with_name=False)
        return whole.truncate(room, ellipsis=True, pad=bool(self.new)) + right

    def _place(
        self, project_cells: int, place_cells: int = PLACE_CELLS, *, with_login: bool = False, with_name: bool = True
    ) -> Content:
        heading = self.heading
        name = Content.styled("kps-tui", "bold") + Content("  ") if with_name else Content("")
        badge = Content.styled(_(" DEMO "), "bold reverse") + Content("  ") if heading.demo else Content("")
        parts = [_in_cells(line(heading.place, PLACE_CELLS), place_cells)]
        if heading.project_id:
            project = line(heading.project_id, 64)
            shown = _in_cells(project, project_cells)
            parts.append(_("project {project}").format(project=shown) if shown == project else shown)
        if heading.login and with_login:
            parts.append(_("login: {source}").format(source=line(heading.login, 80)))
        return name + badge + Content("  ·  ".join(filter(None, parts)))


def _in_cells(text: str, cells: int) -> str:
    """Return `text` in at most `cells` cells, cut in its middle."""
    return fit(text, min(cells, cell_len(text)), "middle")
