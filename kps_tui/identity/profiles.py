"""Profiles: names for “who, where, with what kind of login”, and which of them is used.

A secret is never in one: that lies in the keyring (`vault`). `configuration` reads them, `profile_edits` writes them.
"""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Literal, NamedTuple, get_args

from kps_tui.i18n import _
from kps_tui.identity.names import LONGEST_NAME, check
from kps_tui.identity.views import SavedView
from kps_tui.problems import ConfigError
from kps_tui.sanitize import line
from kps_tui.settings import Sourced

Kind = Literal["token", "password", "access-key", "agency", "environment"]
KINDS: tuple[Kind, ...] = get_args(Kind)
PROFILE_VARIABLE = "KPS_TUI_PROFILE"
PROFILE_SOURCE = "profiles."
"""Begins the source of each value that a profile names."""


@dataclass(frozen=True, slots=True)
class Profile:
    """One way to log in; never a secret. An empty text is not set."""

    name: str
    region: str = ""
    project_id: str = ""
    endpoint: str = ""
    iam_endpoint: str = ""
    kind: Kind = "token"
    user: str = ""
    user_id: str = ""
    account: str = ""
    access_key: str = ""

    def place(self, path: Path | None = None) -> dict[str, Sourced]:
        """Return what it says of region, project and endpoints, with the key (and file) that says it."""
        where = _(" in {path}").format(path=line(str(path), 200)) if path else ""
        texts = {key: getattr(self, key) for key in ("region", "project_id", "endpoint", "iam_endpoint")}
        return {
            key: Sourced(text, f"{PROFILE_SOURCE}{line(self.name, LONGEST_NAME)}.{key}{where}")
            for key, text in texts.items()
            if text
        }


FIELDS = tuple(item.name for item in fields(Profile) if item.name != "name")
"""The keys of a profile, in the order in which they are written."""


@dataclass(frozen=True, slots=True)
class Configuration:
    """What the configuration file says."""

    path: Path
    profiles: Mapping[str, Profile] = field(default_factory=dict)
    default_profile: str = ""
    theme: str = ""
    views: tuple[SavedView, ...] = ()
    """In the order of the file: `1` opens the first."""
    keys: Mapping[str, str] = field(default_factory=dict)
    """What the user put commands on: comma-separated keys by the id of a command, as they were written."""
    warnings: tuple[str, ...] = ()
    """One sentence for each key that nothing reads."""
    snapshot: bool = True
    """Whether the last list may be kept for the next start."""


class Chosen(NamedTuple):
    """A profile, and what chose it."""

    profile: Profile
    source: str


def choose(configuration: Configuration, flag: str | None, environ: Mapping[str, str]) -> Chosen | None:
    """Return the profile to use: `--profile`, `KPS_TUI_PROFILE`, `default_profile`, else the only one.

    None where nothing chooses one: there is none, or there are several.

    Raises:
        ConfigError: the chosen one does not exist.
    """
    if flag is not None:
        wanted, source = flag, "--profile"
    elif environ.get(PROFILE_VARIABLE):
        wanted, source = environ[PROFILE_VARIABLE], PROFILE_VARIABLE
    elif configuration.default_profile:
        wanted, source = configuration.default_profile, "default_profile"
    elif len(configuration.profiles) == 1:
        return Chosen(next(iter(configuration.profiles.values())), _("the only profile"))
    else:
        return None
    if wanted not in configuration.profiles:
        raise no_such_profile(configuration, wanted, source)
    return Chosen(configuration.profiles[wanted], source)


def no_such_profile(configuration: Configuration, name: str, source: str) -> ConfigError:
    """Return the error for a profile that is not there, with the nearest name."""
    names = [line(known, LONGEST_NAME) for known in configuration.profiles]
    near = nearest(name, configuration.profiles)
    if near:
        next_step = _("did you mean “{name}”?").format(name=line(near, LONGEST_NAME))
    elif names:
        next_step = _("there are: {names}").format(names=line(", ".join(names), 200))
    else:
        next_step = _("make one with: kps-tui login --profile {name}").format(name=line(name, LONGEST_NAME))
    return ConfigError(
        _("{source} names profile “{name}”").format(source=source, name=line(name, LONGEST_NAME)),
        why=_("there is none of that name in {path}").format(path=line(str(configuration.path), 200)),
        next_step=next_step,
    )


def nearest(word: str, words: Iterable[str]) -> str:
    """Return the one of `words` that `word` was probably meant to be, or nothing."""
    return next(iter(difflib.get_close_matches(word[:200], [*words], 1, 0.6)), "")


def check_name(name: str) -> None:
    """Check that a profile may have this name.

    Raises:
        ConfigError: it may not.
    """
    check(name, _("“{name}” can't be the name of a profile"))
