"""What the user asked for on the command line and in the environment, checked; a flag wins over a variable."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from kps_tui.i18n import _
from kps_tui.problems import ConfigError
from kps_tui.sanitize import line

DEFAULT_PAGE_SIZE = 1000
"""The API's default `limit`; its largest is not documented, a sister call has the same number as its largest."""
DEFAULT_DEMO_TASKS = 2500
LARGEST_DEMO = 10_000_000
THEMES = ("terminal", "dark", "light", "mono")
"""`terminal` draws with the 16 colours that the terminal itself is set to."""


class Sourced(NamedTuple):
    """A value and the flag or variable that it came from."""

    value: str
    source: str


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that was asked for."""

    place: Mapping[str, Sourced] = field(default_factory=dict)
    """Of `region`, `project_id`, `endpoint`, `iam_endpoint` what flags named; the rest is looked for elsewhere."""
    profile: str | None = None
    """Named by flag."""
    config: Sourced | None = None
    ca_bundle: Sourced | None = None
    demo: bool = False
    demo_tasks: int = DEFAULT_DEMO_TASKS
    page_size: int = DEFAULT_PAGE_SIZE
    theme: str | None = None
    """Named by flag."""
    mouse: bool = False
    color: bool = True
    debug: bool = False
    ask: bool = True
    """Whether the user may be asked for something."""
    offline: bool = False
    """Whether to stay on the list that was kept, and ask nobody."""

    def theme_or(self, configured: str) -> str:
        """Return the theme to draw with: that of the flag, else the `configured` one, else the terminal's colours."""
        return self.theme or configured or THEMES[0]


PLACE_OPTIONS = {
    "region": "--region",
    "project_id": "--project-id",
    "endpoint": "--endpoint",
    "iam_endpoint": "--iam-endpoint",
}


def settings_from(options: Mapping[str, object], environ: Mapping[str, str]) -> Settings:
    """Return the settings of parsed `options` and the environment; an empty variable counts as not set.

    Raises:
        ConfigError: `--demo` stands beside a flag that names another place.
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
            _("--demo shows invented tasks of its own service"),
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


def existing_file(given: Sourced) -> Path:
    """Return the path of a file that is there and can be read.

    Raises:
        ConfigError: it is not, or can't.
    """
    path = Path(given.value).expanduser()
    try:
        with path.open("rb"):
            return path
    except OSError as error:
        raise ConfigError(
            _("{name} “{path}” can't be read").format(name=given.source, path=line(given.value, 200)),
            why=line(error.strerror or type(error).__name__, 120),
            next_step=_("name a readable file of PEM certificates"),
        ) from None
