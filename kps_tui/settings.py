"""The validated options of one run. A flag takes precedence over an environment variable."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from kps_tui.i18n import _
from kps_tui.locations import config_file, typed_path
from kps_tui.problems import ConfigError, Setting
from kps_tui.sanitize import line

DEFAULT_PAGE_SIZE = 1000
"""Default `limit` of the API. Its maximum is not documented; for the list of key pairs it is the same number."""
DEFAULT_DEMO_TASKS = 2500
LARGEST_DEMO = 10_000_000
"""The most tasks of the demo."""
THEMES = ("terminal", "dark", "light", "mono", "contrast")
"""Names of the themes, the default first. `terminal` uses the 16 colours that the user has set in the terminal."""


class Sourced(NamedTuple):
    """A value, and the flag, variable or key of a profile that it comes from."""

    value: str
    source: str


def layered(*places: Mapping[str, Sourced]) -> dict[str, Sourced]:
    """Merge `places`; a later one takes precedence.

    A project is named by `project_id` or by `project_name`: if a later place has one of them, the other is dropped.
    """
    found: dict[str, Sourced] = {}
    for place in places:
        if "project_id" in place or "project_name" in place:
            found.pop("project_id", None)
            found.pop("project_name", None)
        found |= place
    return found


@dataclass(frozen=True, slots=True)
class Settings:
    """The options of one run."""

    place: Mapping[str, Sourced] = field(default_factory=dict)
    """The values given by flags; its keys are those of `PLACE_OPTIONS`."""
    profile: str | None = None
    """The profile given by `--profile`."""
    config: Sourced | None = None
    ca_bundle: Sourced | None = None
    demo: bool = False
    demo_tasks: int = DEFAULT_DEMO_TASKS
    page_size: int = DEFAULT_PAGE_SIZE
    theme: str | None = None
    """The theme given by `--theme`."""
    mouse: bool = False
    plain_output: bool = False
    """Whether to send Textual's own output (`--plain-output`) instead of only the cells that change."""
    animation: bool = True
    """Whether to scroll smoothly; never over SSH, where every step would be sent."""
    color: bool = True
    debug: bool = False
    ask: bool = True
    """Whether the program may prompt for input."""
    offline: bool = False
    """Whether to show the cached list without sending any request."""

    @property
    def config_path(self) -> Path:
        """The user's configuration file: the one that `--config` or `KPS_TUI_CONFIG` names, else the default one."""
        return config_file(self.config.value if self.config else None)

    def theme_or(self, configured: str) -> str:
        """Return the theme of the flag, else the `configured` one, else the default."""
        return self.theme or configured or THEMES[0]


PLACE_OPTIONS = {
    "region": Setting.REGION.option,
    "project_id": Setting.PROJECT_ID.option,
    "endpoint": Setting.ENDPOINT.option,
    "iam_endpoint": Setting.IAM_ENDPOINT.option,
}
"""The flag for each part of the place."""


def settings_from(options: Mapping[str, object], environ: Mapping[str, str]) -> Settings:
    """Return the settings from parsed `options` and the environment. An empty variable counts as unset.

    Raises:
        ConfigError: `--demo` is combined with a flag that names another place.
    """
    place = {
        name: Sourced(value, flag)
        for name, flag in PLACE_OPTIONS.items()
        if isinstance(value := options.get(name), str)
    }
    profile, theme = options.get("profile"), options.get("theme")
    demo = bool(options.get("demo")) or options.get("demo_tasks") is not None
    if demo and (place or profile):
        flags = [given.source for given in place.values()] + (["--profile"] if profile else [])
        raise ConfigError(
            _("--demo shows tasks of its own service"),
            next_step=_("leave out {flags}, or --demo").format(flags=", ".join(flags)),
        )
    return Settings(
        place,
        profile if isinstance(profile, str) else None,
        _given(options, environ, "config", "--config", "KPS_TUI_CONFIG"),
        _given(options, environ, "ca_bundle", "--ca-bundle", "KPS_TUI_CA_BUNDLE"),
        demo=demo,
        demo_tasks=_number(options.get("demo_tasks"), DEFAULT_DEMO_TASKS),
        page_size=_number(options.get("page_size"), DEFAULT_PAGE_SIZE),
        theme=theme if isinstance(theme, str) else None,
        mouse=bool(options.get("mouse")),
        plain_output=bool(options.get("plain_output")),
        animation=not options.get("no_animation") and not environ.get("SSH_CONNECTION"),
        color=not options.get("no_color") and not environ.get("NO_COLOR"),
        debug=bool(options.get("debug")),
        ask=not options.get("no_input"),
        offline=bool(options.get("offline")),
    )


def _given(
    options: Mapping[str, object], environ: Mapping[str, str], name: str, flag: str, variable: str
) -> Sourced | None:
    if isinstance(value := options.get(name), str):
        return Sourced(value, flag)
    return Sourced(environ[variable], variable) if environ.get(variable) else None


def _number(value: object, default: int) -> int:
    return value if isinstance(value, int) else default


def readable_ca_bundle(given: Sourced) -> Path:
    """Return the path of the CA bundle that `given` names.

    Raises:
        ConfigError: it does not exist, or can't be read.
    """
    path = typed_path(given.value)
    try:
        with path.open("rb"):
            return path
    except OSError as error:
        from kps_tui.files import reason

        raise ConfigError(
            _("{name} “{path}” can't be read").format(name=given.source, path=line(given.value, 200)),
            why=line(reason(error), 120),
            next_step=_("use a readable file of PEM certificates"),
        ) from None
