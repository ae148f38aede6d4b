"""The first line: which project is looked at, and whether it is real."""

from textual.content import Content
from textual.widgets import Static

from kps_tui.i18n import _
from kps_tui.sanitize import line
from kps_tui.session.target import Target


class TitleLine(Static):
    """`kps-tui  DEMO  cn-north-4 · 0123…`."""

    def __init__(self, target: Target) -> None:
        super().__init__(markup=False)
        self._target = target

    def on_mount(self) -> None:
        """Write the line; it never changes while the screen is open."""
        target = self._target
        badge = Content.styled(_(" DEMO "), "bold reverse") + Content("  ") if target.demo else Content("")
        place = _("{place}  ·  project {project}").format(
            place=line(target.place, 60), project=line(target.project_id, 64)
        )
        self.update(Content.styled("kps-tui", "bold") + Content("  ") + badge + Content(place))
