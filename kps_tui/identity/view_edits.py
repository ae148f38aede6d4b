"""Changes to the saved views of the configuration file."""

from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

from kps_tui.i18n import _
from kps_tui.identity.config_edits import edit_configuration
from kps_tui.identity.names import LONGEST_NAME
from kps_tui.identity.profiles import Configuration, nearest
from kps_tui.identity.toml_edits import appended, without
from kps_tui.identity.views import VIEW_FIELDS, SavedView, check_view_name
from kps_tui.problems import ConfigError
from kps_tui.sanitize import line

_SECTION = "views"


class ViewExists(ConfigError):
    """There is a view of that name, and it was not said to replace it."""


def save_view(path: Path, view: SavedView, *, replace: bool) -> None:
    """Write `view`, new at the end of the file, or in place of the one of its name.

    Raises:
        ViewExists: there is one of its name, and it is not to `replace` it.
        ConfigError: its name is not allowed, or the file can't be read or written.
    """
    check_view_name(view.name)
    texts = {key: text for key in VIEW_FIELDS if (text := getattr(view, key))}

    def check(configuration: Configuration) -> None:
        if not replace and any(found.name == view.name for found in configuration.views):
            raise ViewExists(
                _("there is a view “{name}” already").format(name=line(view.name, LONGEST_NAME)),
                next_step=_("replace it, or choose another name"),
            )

    def edit(tables: MutableMapping[str, Any]) -> None:
        table = tables.setdefault(_SECTION, {}).setdefault(view.name, {})
        for key in VIEW_FIELDS:
            if key in texts:
                table[key] = texts[key]
            else:
                table.pop(key, None)

    attempt = (lambda text: appended(text, (_SECTION, view.name), texts), lambda _tables: None)
    edit_configuration(path, _SECTION, edit, check=check, attempts=[attempt])


def remove_view(path: Path, name: str) -> None:
    """Take view `name` out.

    Raises:
        ConfigError: there is none of that name, or the file can't be read or written.
    """

    def check(configuration: Configuration) -> None:
        names = [view.name for view in configuration.views]
        if name not in names:
            near = nearest(name, names)
            next_step = _("did you mean “{name}”?").format(name=near) if near else ""
            raise ConfigError(
                _("there is no view “{name}” in {path}").format(
                    name=line(name, LONGEST_NAME), path=line(str(path), 200)
                ),
                next_step=next_step or _("there are: {names}").format(names=", ".join(names) or _("none")),
            )

    def edit(tables: MutableMapping[str, Any]) -> None:
        del tables[_SECTION][name]

    attempt = (lambda text: without(text, (_SECTION, name)), lambda _tables: None)
    edit_configuration(path, _SECTION, edit, check=check, attempts=[attempt])
