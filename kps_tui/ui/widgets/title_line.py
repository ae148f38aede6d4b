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
"""Cells of the id of a project that is cut in its middle: its end tells projects apart as well as its beginning."""

LOGIN_CELLS = 40
"""The fewest cells in which a login is shown cut; with less room it is left out."""


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
        """Render the line. The login is cut first, then the project in its middle; what is new stays whole."""
        right = Content.styled(f"  {self.new}", "bold") if self.new else Content("")
        room = max(0, self.content_size.width - right.cell_length)
        whole = self._place(64, with_login=True)
        if whole.cell_length > room:
            unnamed = self._place(64, with_login=False)
            if unnamed.cell_length > room:
                whole = self._place(PROJECT_CELLS, with_login=False)
            elif room - unnamed.cell_length < LOGIN_CELLS:
                whole = unnamed
        return whole.truncate(room, ellipsis=True, pad=bool(self.new)) + right

    def _place(self, project_cells: int, *, with_login: bool) -> Content:
        heading = self.heading
        badge = Content.styled(_(" DEMO "), "bold reverse") + Content("  ") if heading.demo else Content("")
        parts = [line(heading.place, 60)]
        if heading.project_id:
            project = line(heading.project_id, 64)
            shown = fit(project, min(project_cells, cell_len(project)), "middle")
            parts.append(_("project {project}").format(project=shown) if shown == project else shown)
        if heading.login and with_login:
            parts.append(_("login: {source}").format(source=line(heading.login, 80)))
        return Content.styled("kps-tui", "bold") + Content("  ") + badge + Content("  ·  ".join(filter(None, parts)))
