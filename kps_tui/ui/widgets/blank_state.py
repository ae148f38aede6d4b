"""What stands in place of the table while there are no rows: asking, nothing there, or nothing to be had."""

from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static

from kps_tui.i18n import _
from kps_tui.sanitize import line
from kps_tui.session.target import Target
from kps_tui.ui.load_state import LoadState


def words(load: LoadState, target: Target) -> tuple[str, str]:
    """Return a headline and what is known, for a list without rows."""
    host, project = target.endpoint.netloc, line(target.project_id, 64)
    where = f"{target.region} · {host}" if target.region else host
    place = _("project {project}\n{where}").format(project=project, where=where)
    if load.error is not None:
        why = "\n".join(part for part in (load.error.why, load.error.next_step) if part)
        return load.error.what, _("{why}\n\n{place}\n\nr tries again · q quits").format(why=why, place=place)
    if load.running:
        return _("Asking for the failed tasks…"), _("{place}\n\nEsc stops · q quits").format(place=place)
    if not load.pages:
        return _("Stopped"), _("{place}\n\nr asks again · q quits").format(place=place)
    at = f"{load.answered_at.astimezone():%H:%M:%S}" if load.answered_at else "?"
    return _("No failed tasks"), _(
        "{place}\nread at {time}\n\nNot what you expected? Check the region and the project.\nr reads again · q quits"
    ).format(place=place, time=at)


class BlankState(Static):
    """A few centred lines."""

    load: reactive[LoadState] = reactive(LoadState)

    def __init__(self, target: Target) -> None:
        super().__init__(markup=False)
        self._target = target

    def watch_load(self, load: LoadState) -> None:
        """Say what is the matter."""
        headline, text = words(load, self._target)
        style = "bold $text-error" if load.error else "bold"
        self.update(Content.styled(headline, style) + Content("\n\n") + Content(text))
