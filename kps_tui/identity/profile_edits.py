"""Changes to the profiles of the configuration file."""

from collections.abc import MutableMapping, Sequence
from pathlib import Path
from typing import Any

from kps_tui.i18n import _
from kps_tui.identity.config_edits import Attempt, Edit, edit_configuration
from kps_tui.identity.profiles import FIELDS, Configuration, Profile, check_name, no_such_profile
from kps_tui.identity.toml_edits import appended, renamed, without
from kps_tui.problems import ConfigError
from kps_tui.sanitize import line

_SECTION = "profiles"


def save_profile(path: Path, profile: Profile, *, make_default: bool = False) -> None:
    """Write `profile`, new or in place of the one of its name.

    Raises:
        ConfigError: its name is not allowed, or the file can't be read or written.
    """
    check_name(profile.name)
    texts = {key: text for key in FIELDS if (text := getattr(profile, key))}

    def edit(tables: MutableMapping[str, Any]) -> None:
        table = tables.setdefault(_SECTION, {}).setdefault(profile.name, {})
        for key in FIELDS:
            if key in texts:
                table[key] = texts[key]
            else:
                table.pop(key, None)
        if make_default:
            tables["default_profile"] = profile.name

    def make_it_default(tables: MutableMapping[str, Any]) -> None:
        if make_default:
            tables["default_profile"] = profile.name

    _edit(path, edit, attempts=[(lambda text: appended(text, (_SECTION, profile.name), texts), make_it_default)])


def remove(path: Path, name: str) -> None:
    """Take profile `name` out; where it was the default one there is none afterwards.

    Raises:
        ConfigError: there is none of that name, or the file can't be read or written.
    """

    def edit(tables: MutableMapping[str, Any]) -> None:
        del tables[_SECTION][name]
        no_default(tables)

    def no_default(tables: MutableMapping[str, Any]) -> None:
        if tables.get("default_profile") == name:
            del tables["default_profile"]

    _edit(path, edit, existing=name, attempts=[(lambda text: without(text, (_SECTION, name)), no_default)])


def rename(path: Path, name: str, new_name: str) -> None:
    """Give profile `name` another name; where it was the default one it stays so. Its secret is the caller's business.

    Raises:
        ConfigError: there is none of that name, the new one is taken or not allowed, or the file can't be read or
            written.
    """
    check_name(new_name)

    def edit(tables: MutableMapping[str, Any]) -> None:
        profiles = tables[_SECTION]
        if new_name in profiles:
            raise ConfigError(
                _("there is a profile “{name}” already").format(name=line(new_name, 80)),
                next_step=_("choose another name, or remove that one before"),
            )
        profiles[new_name] = profiles.pop(name)
        if tables.get("default_profile") == name:
            tables["default_profile"] = new_name

    def keep_default(tables: MutableMapping[str, Any]) -> None:
        if tables.get("default_profile") == name:
            tables["default_profile"] = new_name

    _edit(path, edit, existing=name, attempts=[(lambda text: renamed(text, (_SECTION, name), new_name), keep_default)])


def set_default(path: Path, name: str) -> None:
    """Make profile `name` the one that is used where none is named.

    Raises:
        ConfigError: there is none of that name, or the file can't be read or written.
    """

    def edit(tables: MutableMapping[str, Any]) -> None:
        tables["default_profile"] = name

    _edit(path, edit, existing=name)


def _edit(path: Path, edit: Edit, *, existing: str | None = None, attempts: Sequence[Attempt] = ()) -> None:
    def check(configuration: Configuration) -> None:
        if existing is not None and existing not in configuration.profiles:
            raise no_such_profile(configuration, existing, _("the command"))

    edit_configuration(path, _SECTION, edit, check=check, attempts=attempts)
