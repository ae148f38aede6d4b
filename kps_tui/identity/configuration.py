"""Reads the configuration: the user's file, and the two files that the program writes beside it.

`config.toml` is the user's and is only read:

```toml
default_profile = "prod"
theme = "dark"
lang = "zh_CN"
zone = "Asia/Shanghai"
snapshot = false
plain_output = true
columns = ["time", "op", "server", "key", "err"]
bell = true
running = false

[keys]
data.refresh = "F5"
```

`profiles.toml` and `views.toml` are written by the program (`edits`). The user's file may hold the same tables:

```toml
[profiles.prod]
region = "cn-north-4"
project_id = "…"
kind = "password"
user = "ops"
account = "example"

[views.binds]
where = "op:bind since:24h"
sort = "server,-time"
```

If a profile or a view is in both, that of the program's file is used, with a warning. If `default_profile` is in both,
the user's is used.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

from kps_tui.i18n import _, known_language, languages
from kps_tui.identity.config_reader import Reader
from kps_tui.identity.profiles import (
    KINDS,
    LONGEST_NAME,
    PROFILE_FIELDS,
    VIEW_FIELDS,
    Configuration,
    Profile,
    SavedView,
    check_name,
    check_view_name,
    nearest,
    profiles_file,
    views_file,
)
from kps_tui.problems import ConfigError, NextStep
from kps_tui.sanitize import line
from kps_tui.settings import THEMES

_KNOWN = (
    "default_profile",
    "theme",
    "profiles",
    "views",
    "keys",
    "snapshot",
    "zone",
    "plain_output",
    "columns",
    "bell",
    "running",
    "lang",
)


def load(path: Path, *, must_exist: bool = False) -> Configuration:
    """Return the configuration in the user's file `path` and the program's files beside it.

    Missing files count as empty, unless `path` `must_exist`.

    Raises:
        ConfigError: a file can't be read, is not TOML, or holds a value that is not allowed; with file, line and key.
    """
    user = Reader.of_file(path, must_exist=must_exist)
    own = (profiles_file(path), views_file(path))
    if path.name in [file.name for file in own]:
        raise ConfigError(
            _("{path} can't be the configuration file").format(path=line(str(path), 200)),
            why=_("kps-tui writes a file of that name itself"),
            next_step=NextStep(_("choose another with --config"), _("restart with another")),
        )
    return combined(user, *(Reader.of_file(file, own=True) for file in own))


def combined(user: Reader, profiles: Reader, views: Reader) -> Configuration:
    """Return the configuration in the user's file and in the program's two files.

    Raises:
        ConfigError: as for `load`.
    """
    table, saved, saved_views = user.parsed(), profiles.parsed(), views.parsed()
    user.unknown((), table, _KNOWN)
    columns = _columns(user, table)
    profiles.unknown((), saved, ("default_profile", "profiles"))
    views.unknown((), saved_views, ("views",))
    theme = user.text((), table, "theme")
    if theme and theme not in THEMES:
        raise user.none_of(("theme",), theme, THEMES)
    _check_language(user, table)
    users, own = _profiles(user, table), _profiles(profiles, saved)
    users_views, own_views = _views(user, table), _views(views, saved_views)
    _warn_of_replaced(user, "profiles", users, own, profiles)
    _warn_of_replaced(user, "views", users_views, own_views, views)
    default = user.text((), table, "default_profile")
    saved_default = _saved_default(profiles, saved, users | own)
    return Configuration(
        user.path,
        users | own,
        default or saved_default,
        theme,
        tuple((users_views | own_views).values()),
        _keys(user, user.table((), table, "keys")),
        (*user.all_warnings, *profiles.all_warnings, *views.all_warnings),
        user.flag((), table, "snapshot", default=True),
        frozenset(own),
        bool(saved_default) and not default,
        _zone(user, table),
        plain_output=user.flag((), table, "plain_output", default=False),
        columns=columns,
        columns_at=user.where(("columns",)) if "columns" in table else "",
        bell=user.flag((), table, "bell", default=False),
        running=user.flag((), table, "running", default=True),
    )


def _warn_of_replaced(
    user: Reader, kind: str, users: Mapping[str, object], own: Mapping[str, object], file: Reader
) -> None:
    for name in users:
        if name in own:
            user.warnings.append(
                _("{where}: ignored, because {file} has one of that name; remove this one").format(
                    where=user.where((kind, name)), file=file.path.name
                )
            )


def _saved_default(reader: Reader, table: Mapping[str, object], profiles: Mapping[str, Profile]) -> str:
    """Return the default profile in the program's file; warn and return an empty text if there is no such profile."""
    name = reader.text((), table, "default_profile")
    if not name or name in profiles:
        return name
    reader.warnings.append(
        _("{where}: no profile “{name}”, so there is no default").format(
            where=reader.where(("default_profile",)), name=line(name, LONGEST_NAME)
        )
    )
    return ""


def _check_language(reader: Reader, table: Mapping[str, object]) -> None:
    """Warn of an unknown language. A known one is in use already: see `cli.language`."""
    name = reader.text((), table, "lang")
    if name and not known_language(name):
        reader.warnings.append(
            _("{where}: “{name}” is not a language of kps-tui; use one of: {codes}").format(
                where=reader.where(("lang",)), name=line(name, 40), codes=", ".join(languages())
            )
        )


def _zone(reader: Reader, table: Mapping[str, object]) -> str:
    name = reader.text((), table, "zone")
    if not name:
        return ""
    from zoneinfo import ZoneInfo, available_timezones

    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        # KeyError: not found. OSError: a folder. ValueError: not a file name, or not a zone file.
        zones = tuple(sorted(available_timezones())) or ("Asia/Shanghai",)
    else:
        return name
    why = _("“{value}” is not a time zone of this machine").format(value=line(name, 60))
    raise reader.wrong(("zone",), why, "", near=line(nearest(name, zones) or "Asia/Shanghai", 60))


def _columns(reader: Reader, table: Mapping[str, object]) -> tuple[str, ...] | None:
    """Return the names of the columns without checking them: the screen knows which there are."""
    value = table.get("columns")
    if value is None:
        return None
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(value)
    example = 'columns = ["time", "op", "server", "key", "err"]'
    reader.warnings.append(
        _("{where}: it is no list of texts; write {example}; the usual columns are shown").format(
            where=reader.where(("columns",)), example=example
        )
    )
    return None


def _profiles(reader: Reader, table: Mapping[str, object]) -> dict[str, Profile]:
    profiles = reader.table((), table, "profiles")
    return {name: _profile(reader, name, profiles) for name in profiles}


def _views(reader: Reader, table: Mapping[str, object]) -> dict[str, SavedView]:
    views = reader.table((), table, "views")
    return {name: _view(reader, name, views) for name in views}


def _profile(reader: Reader, name: str, profiles: Mapping[str, object]) -> Profile:
    above = ("profiles", name)
    _named(reader, above, check_name, _("not a valid profile name"))
    table = reader.table(("profiles",), profiles, name)
    reader.unknown(above, table, PROFILE_FIELDS)
    texts = {key: reader.text(above, table, key) for key in PROFILE_FIELDS if key != "kind"}
    return Profile(name, kind=_kind(reader, above, table), **texts)


def _kind(reader: Reader, above: tuple[str, ...], table: Mapping[str, object]) -> str:
    given = reader.text(above, table, "kind") or KINDS[0]
    for kind in KINDS:
        if kind == given:
            return kind
    raise reader.none_of((*above, "kind"), given, KINDS)


def _view(reader: Reader, name: str, views: Mapping[str, object]) -> SavedView:
    above = ("views", name)
    _named(reader, above, check_view_name, _("not a valid view name"))
    table = reader.table(("views",), views, name)
    reader.unknown(above, table, VIEW_FIELDS)
    return SavedView(name, **{key: reader.text(above, table, key) for key in VIEW_FIELDS}, file=reader.path)


def _named(reader: Reader, keys: tuple[str, ...], check: Callable[[str], None], why: str) -> None:
    try:
        check(keys[-1])
    except ConfigError as error:
        problem = reader.wrong(keys, why, str(error.next_step))
    else:
        return
    raise problem


def _keys(reader: Reader, table: Mapping[str, object]) -> dict[str, str]:
    """Return the key bindings by the id of the command. An id may be quoted, or dotted, which TOML reads as tables."""
    found: dict[str, str] = {}
    for key, value in table.items():
        if isinstance(value, dict):
            found |= {f"{key}.{name}": reader.key_list(("keys", key, name), inner) for name, inner in value.items()}
        else:
            found[key] = reader.key_list(("keys", key), value)
    return found
