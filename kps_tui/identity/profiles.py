"""The configuration as data: profiles, saved views, and the choice of a profile.

A profile holds no secret: that is in the keyring (`vault`). `configuration` reads the files, and `edits` writes those
of the program.
"""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import NamedTuple

from kps_tui.i18n import _
from kps_tui.identity.login_kinds import LOGIN_KINDS, TOKEN
from kps_tui.problems import ConfigError, NextStep
from kps_tui.sanitize import line
from kps_tui.settings import Sourced

LONGEST_NAME = 64
"""The most characters in the name of a profile or a view."""
ENVIRONMENT = "environment"
"""The kind of a profile that takes any login from the environment."""
KINDS = (*LOGIN_KINDS, ENVIRONMENT)
"""The values of `kind` in a profile."""
PROFILE_VARIABLE = "KPS_TUI_PROFILE"
PROFILE_SOURCE = "profiles."
"""The beginning of the source of each value from a profile."""


@dataclass(frozen=True, slots=True)
class Profile:
    """One way to log in, without its secret. An empty text is not set."""

    name: str
    region: str = ""
    project_id: str = ""
    endpoint: str = ""
    iam_endpoint: str = ""
    kind: str = TOKEN.name
    """One of `KINDS`."""
    user: str = ""
    user_id: str = ""
    account: str = ""
    access_key: str = ""
    keyring: str = ""
    """The title of the keyring with its login (`backends.ALLOWED`); empty if unknown, or if there is none."""

    def place(self, path: Path | None = None) -> dict[str, Sourced]:
        """Return its region, project and endpoints, each with the key that sets it, and the file if `path` is given."""
        where = _(" in {path}").format(path=line(str(path), 200)) if path else ""
        texts = {key: getattr(self, key) for key in ("region", "project_id", "endpoint", "iam_endpoint")}
        return {
            key: Sourced(text, f"{PROFILE_SOURCE}{line(self.name, LONGEST_NAME)}.{key}{where}")
            for key, text in texts.items()
            if text
        }


PROFILE_FIELDS = tuple(item.name for item in fields(Profile) if item.name != "name")
"""The keys of a profile, in the order of the file."""


@dataclass(frozen=True, slots=True)
class SavedView:
    """A named filter, order and facet, as texts that `triage` parses. An empty text is not set."""

    name: str
    where: str = ""
    """The filter."""
    sort: str = ""
    """The sort keys."""
    facet: str = ""
    file: Path | None = field(default=None, compare=False)
    """The file that it was read from; None for a new one."""


VIEW_FIELDS = tuple(item.name for item in fields(SavedView) if item.name not in ("name", "file"))
"""The keys of a view, in the order of the file."""


def profiles_file(config: Path) -> Path:
    """Return the program's own file of profiles, beside the configuration file `config`."""
    return config.with_name("profiles.toml")


def views_file(config: Path) -> Path:
    """Return the program's own file of saved views, beside the configuration file `config`."""
    return config.with_name("views.toml")


@dataclass(frozen=True, slots=True)
class Configuration:
    """The content of the user's configuration file and of the program's own files beside it."""

    path: Path
    """The user's file."""
    profiles: Mapping[str, Profile] = field(default_factory=dict)
    default_profile: str = ""
    theme: str = ""
    views: tuple[SavedView, ...] = ()
    """In the order of the files: the key `1` opens the first one."""
    keys: Mapping[str, str] = field(default_factory=dict)
    """The user's key bindings by the id of a command: comma-separated keys."""
    warnings: tuple[str, ...] = ()
    """Sentences about unknown keys, and tables that another file overrides."""
    snapshot: bool = True
    """Whether the last list may be saved for the next start."""
    saved: frozenset[str] = frozenset()
    """The names of the profiles in the program's own file; the others are in the user's."""
    is_default_saved: bool = False
    """Whether `default_profile` is from the program's own file."""
    zone: str = ""
    """The time zone of times on the screen, in commands and in filters (`Asia/Shanghai`); empty for the system's."""
    plain_output: bool = False
    """Whether to send Textual's own output to the terminal."""
    bell: bool = False
    """Whether the terminal rings when the watch finds new failures."""
    running: bool = True
    """Whether the screen may ask the service for running tasks."""
    columns: tuple[str, ...] | None = None
    """The columns of the table on the screen, not checked yet; None for the default."""
    columns_at: str = ""
    """File, line and key of `columns`, for warnings about them."""

    def file_of(self, name: str) -> Path:
        """Return the file that profile `name` was read from."""
        return profiles_file(self.path) if name in self.saved else self.path


class Chosen(NamedTuple):
    """A profile, and what chose it."""

    profile: Profile
    source: str


def choose(configuration: Configuration, flag: str | None, environ: Mapping[str, str]) -> Chosen | None:
    """Return the profile of `--profile`, `KPS_TUI_PROFILE` or `default_profile`, else the only one.

    None if there is no profile, or several without a choice.

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


def none_chosen(configuration: Configuration) -> ConfigError:
    """Return the error for several profiles without a choice."""
    return ConfigError(
        _("there are several profiles and no default"),
        why=line(", ".join(line(name, LONGEST_NAME) for name in configuration.profiles), 200),
        next_step=NextStep(
            _("give one with --profile, or choose a default with: kps-tui profiles default NAME"),
            _("choose one"),
        ),
    )


def no_such_profile(configuration: Configuration, name: str, source: str) -> ConfigError:
    """Return the error for a profile that does not exist. `source` is what names it, such as an option."""
    names = [line(known, LONGEST_NAME) for known in configuration.profiles]
    near = nearest(name, configuration.profiles)
    next_step: NextStep | str
    if near:
        next_step = _("did you mean “{name}”?").format(name=line(near, LONGEST_NAME))
    elif names:
        next_step = _("existing profiles: {names}").format(names=line(", ".join(names), 200))
    else:
        next_step = NextStep(
            _("create it with: kps-tui login --profile {name}").format(name=line(name, LONGEST_NAME)),
            _("log in to create it"),
        )
    return ConfigError(
        _("{source} names profile “{name}”").format(source=source, name=line(name, LONGEST_NAME)),
        why=_("it exists neither in {path} nor in {saved}").format(
            path=line(str(configuration.path), 200), saved=profiles_file(configuration.path).name
        ),
        next_step=next_step,
    )


def nearest(word: str, words: Iterable[str]) -> str:
    """Return the one of `words` that is most similar to `word`, or an empty text if none is."""
    return next(iter(difflib.get_close_matches(word[:200], [*words], 1, 0.6)), "")


def check_name(name: str) -> None:
    """Check that a profile may have this name.

    Raises:
        ConfigError: it may not.
    """
    _check(name, _("“{name}” is not a valid profile name"))


def check_view_name(name: str) -> None:
    """Check that a view may have this name.

    Raises:
        ConfigError: it may not.
    """
    _check(name, _("“{name}” is not a valid view name"))


def _check(name: str, refusal: str) -> None:
    if not name or len(name) > LONGEST_NAME or not name.isprintable() or name != name.strip() or name.startswith("-"):
        raise ConfigError(
            refusal.format(name=line(name, LONGEST_NAME)),
            next_step=_("use up to {longest} characters, without a dash or a space at the start").format(
                longest=LONGEST_NAME
            ),
        )
