"""What the screen asks of the session: to find a login, to try one, to say where it will be kept."""

from dataclasses import dataclass, field
from typing import Protocol

from textual.message import Message

from kps_tui.i18n import _
from kps_tui.identity.profiles import Configuration, Profile
from kps_tui.identity.vendor import ImportableLogin
from kps_tui.locations import config_file
from kps_tui.session.kept_lists import KeptLists
from kps_tui.session.place import Place
from kps_tui.session.resolve import Context
from kps_tui.session.sign_in import LoginForm, LoginResult
from kps_tui.session.target import Target
from kps_tui.settings import Settings


class Session(Protocol):
    """Everything about logins, so that the screen need not know where they are kept."""

    def opening(self) -> Place | None:
        """Return where to look, as far as it is known without a login; `None`: the user must say it."""

    def find(self) -> Target:
        """Return place and login; blocks for the keyring's deadline at most.

        Raises:
            Problem: nothing usable is named.
        """

    def answers(self) -> LoginForm:
        """Return what is known before the user is asked."""

    def offers(self) -> list[ImportableLogin]:
        """Return the logins that files of the vendor's tools hold."""

    @property
    def context(self) -> Context:
        """What was known at the start, and which profile is used now."""

    def storage(self) -> str:
        """Say where a login will be kept; blocks for the keyring's deadline at most."""

    async def sign_in(self, answers: LoginForm) -> LoginResult:
        """Try a login, and keep it where that is possible.

        Raises:
            Problem: it is refused.
        """

    def profiles(self) -> tuple[Profile, ...]:
        """Return the profiles that can be switched to."""

    def use(self, name: str) -> Target:
        """Return the target of a profile; blocks for the keyring's deadline at most.

        Raises:
            Problem: its login can't be had.
        """

    def demo(self) -> Target:
        """Return the demo service, started."""

    @property
    def lists(self) -> KeptLists:
        """Where the last lists are kept, if they are."""


@dataclass
class LoginNeeded(Message):
    """There is no login to begin with, or the user wants another."""

    reason: str = ""


@dataclass
class PaletteAsked(Message):
    """The user looks for a command by its name."""


@dataclass
class HelpAsked(Message):
    """The user wants to see every key."""


@dataclass
class DoctorAsked(Message):
    """The user wants to know what stands in the way."""


@dataclass
class ContextAsked(Message):
    """The user wants another profile, or the place before."""

    previous: bool = False


@dataclass(frozen=True)
class Ready:
    """A session whose target is known: the demo, and tests."""

    target: Target
    configuration: Configuration = field(default_factory=lambda: Configuration(config_file()))
    """What the user set for the screen: theme, keys, views."""

    def opening(self) -> Place | None:
        """Return its place."""
        return self.target.at

    def find(self) -> Target:
        """Return it."""
        return self.target

    def answers(self) -> LoginForm:
        """Nothing is asked."""
        return LoginForm()

    def offers(self) -> list[ImportableLogin]:
        """There are none."""
        return []

    @property
    def context(self) -> Context:
        """Nothing was looked for."""
        return Context(Settings(demo=True), {}, self.configuration, None)

    def storage(self) -> str:
        """Nothing is kept."""
        return ""

    async def sign_in(self, answers: LoginForm) -> LoginResult:
        """Go on with the same."""
        return LoginResult(self.target)

    def profiles(self) -> tuple[Profile, ...]:
        """There are none."""
        return ()

    def use(self, name: str) -> Target:
        """Go on with the same."""
        return self.target

    def demo(self) -> Target:
        """Go on with the same."""
        return self.target

    @property
    def lists(self) -> KeptLists:
        """What is invented is not kept."""
        return KeptLists()


@dataclass(frozen=True, slots=True)
class Heading:
    """What the screen says of where it looks; every text is shown through `line`."""

    place: str = ""
    host: str = ""
    project_id: str = ""
    login: str = ""
    """Where the login is from; empty until it is found."""
    demo: bool = False
    region: str = ""
    """Empty where only an endpoint was named."""
    arguments: tuple[str, ...] = ()
    """How the command line names this place; never a secret."""


def heading_of(target: Target) -> Heading:
    """Return the heading for a target."""
    host = target.endpoint.netloc
    login = "" if target.demo else target.source
    return Heading(target.place, host, target.project_id, login, target.demo, target.region, target.arguments)


def heading_before(place: Place | None, profile: str = "", *, offline: bool = False) -> Heading:
    """Return the heading while the login is still looked for, or where none is needed."""
    if place is None:
        return Heading()
    login, more = (_("none, offline"), ("--offline",)) if offline else ("", ())
    arguments = (*place.arguments(profile), *more)
    return Heading(place.name, place.endpoint.netloc, place.project_id, login, False, place.region, arguments)
