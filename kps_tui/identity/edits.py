"""Changes to the files that the program writes: `profiles.toml` and `views.toml`, beside the user's `config.toml`.

A file is read, changed and replaced as a whole under a lock, so that no change of another process is lost. Keys of a
newer version are kept; comments are not, as the first line of the file says. The user's file is never written.
"""

import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kps_tui import files
from kps_tui.i18n import _
from kps_tui.identity.config_reader import Reader, where
from kps_tui.identity.configuration import load
from kps_tui.identity.profiles import (
    LONGEST_NAME,
    PROFILE_FIELDS,
    VIEW_FIELDS,
    Configuration,
    Profile,
    SavedView,
    check_name,
    check_view_name,
    no_such_profile,
    profiles_file,
    views_file,
)
from kps_tui.identity.toml_text import toml_of
from kps_tui.problems import ConfigError, NextStep
from kps_tui.sanitize import line

Tables = dict[str, Any]


class ViewExists(ConfigError):
    """There is a view of this name already."""


def save_profile(path: Path, profile: Profile) -> None:
    """Add `profile` to the program's file beside the user's file `path`, or replace the one with its name there.

    The first profile becomes the default, and remains it when others are added.

    Raises:
        ConfigError: its name is not allowed, or the file can't be read or written.
    """
    check_name(profile.name)
    with _editing(path, profiles_file) as (configuration, tables):
        _set(tables, "profiles", profile, PROFILE_FIELDS)
        if not configuration.default_profile and not configuration.profiles:
            tables["default_profile"] = profile.name


def remove_profile(path: Path, name: str) -> None:
    """Remove profile `name` from the program's file. If it was the default there, none is afterwards.

    Raises:
        ConfigError: see `check_change`, or the file can't be read or written.
    """
    with _editing(path, profiles_file) as (configuration, tables):
        check_change(configuration, name)
        del tables["profiles"][name]
        if tables.get("default_profile") == name:
            del tables["default_profile"]


def rename_profile(path: Path, name: str, new_name: str) -> None:
    """Rename profile `name` of the program's file. If it was the default there, it still is.

    The caller renames its item in the keyring.

    Raises:
        ConfigError: see `check_change` and `check_new_name`, or the file can't be read or written.
    """
    with _editing(path, profiles_file) as (configuration, tables):
        check_change(configuration, name)
        check_new_name(configuration, new_name)
        tables["profiles"] = {new_name if key == name else key: table for key, table in tables["profiles"].items()}
        if tables.get("default_profile") == name:
            tables["default_profile"] = new_name


def set_default(path: Path, name: str) -> None:
    """Make profile `name`, of either file, the default.

    Raises:
        ConfigError: there is no such profile, the user's file names another default, which takes precedence, or the
            file can't be read or written.
    """
    with _editing(path, profiles_file) as (configuration, tables):
        if name not in configuration.profiles:
            raise no_such_profile(configuration, name, _("the command"))
        if _has_users_default(configuration) and configuration.default_profile != name:
            raise ConfigError(
                _("{where}: default_profile = “{name}” takes precedence over this command").format(
                    where=where_written(configuration, "default_profile"),
                    name=line(configuration.default_profile, LONGEST_NAME),
                ),
                next_step=_("change or remove it there, then try again"),
            )
        tables["default_profile"] = name


def check_change(configuration: Configuration, name: str) -> None:
    """Check that profile `name` can be renamed or removed.

    Raises:
        ConfigError: it does not exist, it is in the user's file, or the user's file makes it the default. The error
            names file and line, and says what to do there.
    """
    if name not in configuration.profiles:
        raise no_such_profile(configuration, name, _("the command"))
    shown = line(name, LONGEST_NAME)
    if name not in configuration.saved:
        raise ConfigError(
            _("profile “{name}” is defined in {where}, which kps-tui does not edit").format(
                name=shown, where=where_written(configuration, "profiles", name)
            ),
            next_step=NextStep(
                _("edit it there; kps-tui logout --profile {name} forgets its login").format(name=shown),
                _("edit it there"),
            ),
        )
    if _has_users_default(configuration) and configuration.default_profile == name:
        raise ConfigError(
            _("profile “{name}” is the default_profile in {where}, which kps-tui does not edit").format(
                name=shown, where=where_written(configuration, "default_profile")
            ),
            next_step=_("remove that line or change it, then try again"),
        )


def check_new_name(configuration: Configuration, name: str) -> None:
    """Check that a profile may get this name.

    Raises:
        ConfigError: it is not allowed, or taken.
    """
    check_name(name)
    if name in configuration.profiles:
        raise ConfigError(
            _("profile “{name}” already exists").format(name=line(name, LONGEST_NAME)),
            next_step=_("choose another name, or remove that profile first"),
        )


def where_written(configuration: Configuration, *keys: str) -> str:
    """Return the user's file and the line in it that sets `keys`.

    Raises:
        ConfigError: the file can't be read.
    """
    return where(configuration.path, Reader.of_file(configuration.path).lines, keys)


def _has_users_default(configuration: Configuration) -> bool:
    return bool(configuration.default_profile) and not configuration.is_default_saved


def save_view(path: Path, view: SavedView, *, replace: bool) -> None:
    """Add `view` to the end of the program's file beside the user's file `path`, or `replace` the one with its name.

    Raises:
        ViewExists: either file has a view of its name, and `replace` is false.
        ConfigError: its name is not allowed, or the file can't be read or written.
    """
    check_view_name(view.name)
    with _editing(path, views_file) as (configuration, tables):
        if not replace and any(known.name == view.name for known in configuration.views):
            raise ViewExists(
                _("view “{name}” already exists").format(name=line(view.name, LONGEST_NAME)),
                next_step=_("replace it, or choose another name"),
            )
        _set(tables, "views", view, VIEW_FIELDS)


def _set(tables: Tables, section: str, value: Profile | SavedView, keys: tuple[str, ...]) -> None:
    """Set the `keys` of the table of `value` to its attributes, without those that are empty. Other keys stay."""
    table = tables.setdefault(section, {}).setdefault(value.name, {})
    for key in keys:
        table.pop(key, None)
    table |= {key: text for key in keys if (text := getattr(value, key))}


@contextmanager
def _editing(config: Path, file_beside: Callable[[Path], Path]) -> Iterator[tuple[Configuration, Tables]]:
    """Yield the configuration and the tables of one of the program's files, which are written when the block ends.

    Both are read while the file is locked, so that they include the changes of other processes.

    Raises:
        ConfigError: a file can't be read or written. The file is unchanged.
    """
    path = file_beside(config)
    try:
        with files.locked(path):
            configuration = load(config)
            tables = tomllib.loads(Reader.of_file(path, own=True).text_read)
            yield configuration, tables
            files.write(path, f"{_first_line()}\n\n{toml_of(tables)}")
    except (OSError, UnicodeEncodeError) as error:
        why = files.reason(error)
    else:
        return
    raise ConfigError(
        _("can't write {path}").format(path=line(str(path), 200)),
        why=line(why, 120),
        next_step=NextStep(
            _("nothing was changed; free some space or fix its permissions, or choose another file with --config"),
            _("nothing was changed; free some space or fix its permissions, then try again"),
        ),
    )


def _first_line() -> str:
    return _("# Written by kps-tui, which drops comments. Put your own settings into config.toml.")
