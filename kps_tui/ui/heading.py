"""The texts of the screen about the current place and login."""

from dataclasses import dataclass

from kps_tui.i18n import _
from kps_tui.sanitize import line
from kps_tui.session.place import Place
from kps_tui.session.target import Target


@dataclass(frozen=True, slots=True)
class Heading:
    """Texts about the place and the login. They are not sanitized: pass them through `line` before showing them."""

    place: str = ""
    host: str = ""
    project_id: str = ""
    login: str = ""
    """The source of the login; empty until it is found."""
    demo: bool = False
    region: str = ""
    """Empty if only an endpoint is known."""
    arguments: tuple[str, ...] = ()
    """The command-line options for this place; they contain no secret."""
    profile: str = ""
    """The profile that the login belongs to; empty if it belongs to none."""
    project: str = ""
    """The name of the project, or its id if no name is known."""

    @property
    def title(self) -> str:
        """What a dialog calls the place, safe to show: `demo`, `profile prod`, or without a profile the place."""
        if self.demo:
            return _("demo")
        return _("profile {name}").format(name=line(self.profile, 40)) if self.profile else line(self.place, 60)


def heading_of(target: Target) -> Heading:
    """Return the heading for a place and its login."""
    login = "" if target.demo else target.source
    return _heading(target.place, login, target.arguments, target.profile, demo=target.demo)


def heading_without_login(place: Place | None, profile: str, *, offline: bool) -> Heading:
    """Return the heading before the login is found, or of an `offline` run, which needs none."""
    if place is None:
        return Heading()
    login, more = (_("none, offline"), ("--offline",)) if offline else ("", ())
    return _heading(place, login, (*place.arguments(profile), *more), profile)


def _heading(place: Place, login: str, arguments: tuple[str, ...], profile: str, *, demo: bool = False) -> Heading:
    project = place.project_name or place.project_id
    host = place.endpoint.netloc
    return Heading(place.name, host, place.project_id, login, demo, place.region, arguments, profile, project)
