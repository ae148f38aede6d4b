"""Changes to the configuration file: what the user wrote around them (comments, order, unknown keys) stays.

Each change is done on the text itself where that is enough (`toml_edits`), else by tomlkit, which moves a few things
and can't do some. It is checked before it is written: the new text says what the old one said, and the change, and
nothing else.
"""

import tomllib
from collections.abc import Callable, MutableMapping, Sequence
from pathlib import Path
from typing import Any

from kps_tui.i18n import _
from kps_tui.identity.config_text import text_of
from kps_tui.identity.configuration import configuration_in
from kps_tui.identity.profiles import FIELDS, Profile, check_name, no_such_profile
from kps_tui.identity.safe_file import change
from kps_tui.identity.toml_edits import appended, renamed, without
from kps_tui.problems import ConfigError
from kps_tui.sanitize import line

Tables = dict[str, Any]
Edit = Callable[[MutableMapping[str, Any]], None]
Attempt = tuple[Callable[[str], str], Edit]
"""A change to the text, and what is left to do on its tables."""


def save_profile(path: Path, profile: Profile, *, make_default: bool = False) -> None:
    """Write `profile`, new or in place of the one of its name.

    Raises:
        ConfigError: its name is not allowed, or the file can't be read or written.
    """
    check_name(profile.name)
    texts = {key: text for key in FIELDS if (text := getattr(profile, key))}

    def edit(tables: MutableMapping[str, Any]) -> None:
        table = tables.setdefault("profiles", {}).setdefault(profile.name, {})
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

    _edit(path, edit, attempts=[(lambda text: appended(text, profile.name, texts), make_it_default)])


def remove(path: Path, name: str) -> None:
    """Take profile `name` out; where it was the default one there is none afterwards.

    Raises:
        ConfigError: there is none of that name, or the file can't be read or written.
    """

    def edit(tables: MutableMapping[str, Any]) -> None:
        del tables["profiles"][name]
        no_default(tables)

    def no_default(tables: MutableMapping[str, Any]) -> None:
        if tables.get("default_profile") == name:
            del tables["default_profile"]

    _edit(path, edit, existing=name, attempts=[(lambda text: without(text, name), no_default)])


def rename(path: Path, name: str, new_name: str) -> None:
    """Give profile `name` another name; where it was the default one it stays so. Its secret is the caller's business.

    Raises:
        ConfigError: there is none of that name, the new one is taken or not allowed, or the file can't be read or
            written.
    """
    check_name(new_name)

    def edit(tables: MutableMapping[str, Any]) -> None:
        profiles = tables["profiles"]
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

    _edit(path, edit, existing=name, attempts=[(lambda text: renamed(text, name, new_name), keep_default)])


def set_default(path: Path, name: str) -> None:
    """Make profile `name` the one that is used where none is named.

    Raises:
        ConfigError: there is none of that name, or the file can't be read or written.
    """

    def edit(tables: MutableMapping[str, Any]) -> None:
        tables["default_profile"] = name

    _edit(path, edit, existing=name)


def _edit(path: Path, edit: Edit, *, existing: str | None = None, attempts: Sequence[Attempt] = ()) -> None:
    """Do `edit` on the file; by the first of `attempts` that says the same, else on its tables."""

    def changed() -> str:
        text = text_of(path)
        configuration = configuration_in(text, path)
        if existing is not None and existing not in configuration.profiles:
            raise no_such_profile(configuration, existing, _("the command"))
        wanted = tomllib.loads(text)
        edit(wanted)
        for prepared, rest in (*attempts, (lambda unchanged: unchanged, edit)):
            new = _edited(prepared(text), rest)
            if _says(new, wanted):
                return new
        raise ConfigError(
            _("{path} is written in a way that can't be changed safely").format(path=line(str(path), 200)),
            next_step=_("nothing was changed; write [profiles.NAME] tables, or change it with an editor"),
        )

    change(path, changed)


def _edited(text: str, edit: Edit) -> str:
    """Return `text` after `edit`, or nothing where tomlkit can't do it."""
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    try:
        document = tomlkit.parse(text)
        if "profiles" not in document:
            document["profiles"] = tomlkit.table(is_super_table=True)
        edit(document)
        return tomlkit.dumps(document)
    except (TOMLKitError, KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError):
        return ""


def _says(text: str, wanted: Tables) -> bool:
    try:
        tables = tomllib.loads(text)
    except (ValueError, RecursionError):
        return False
    return _without_empty(tables) == _without_empty(wanted)


def _without_empty(tables: Tables) -> Tables:
    """An empty `[profiles]` says nothing."""
    return {key: value for key, value in tables.items() if key != "profiles" or value}
