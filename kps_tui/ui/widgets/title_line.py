"""The first line of the screen: the region, the project, the login, and a badge for the demo."""

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from kps_tui.i18n import _
from kps_tui.sanitize import line
from kps_tui.ui.heading import Heading


class TitleLine(Widget):
    """`kps-tui  DEMO  cn-north-4 · project 0123… · login: keyring, profile “prod”`."""

    heading: reactive[Heading] = reactive(Heading)

    def render(self) -> Content:
        """Render the line."""
        heading = self.heading
        badge = Content.styled(_(" DEMO "), "bold reverse") + Content("  ") if heading.demo else Content("")
        parts = [line(heading.place, 60)]
        if heading.project_id:
            parts.append(_("project {project}").format(project=line(heading.project_id, 64)))
        if heading.login:
            parts.append(_("login: {source}").format(source=line(heading.login, 80)))
        return Content.styled("kps-tui", "bold") + Content("  ") + badge + Content("  ·  ".join(filter(None, parts)))
