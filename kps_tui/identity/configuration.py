"""Reads the configuration file, and says where in it a mistake is.

```toml
default_profile = "prod"
theme = "dark"
snapshot = false

[profiles.prod]
region = "cn-north-4"
project_id = "…"
kind = "password"
user = "ops"
account = "example"

[views.binds]
where = "op:bind since:24h"
sort = "server,-time"

[keys]
data.refresh = "F5"
```

The stdlib's parser is enough for that; tomlkit, which is slow to import, is left to `config_edits`.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from kps_tui.i18n import _
from kps_tui.identity.config_reader import Reader
from kps_tui.identity.config_text import open_to_others, text_of
from kps_tui.identity.profiles import FIELDS, KINDS, Configuration, Kind, Profile, check_name
from kps_tui.identity.views import VIEW_FIELDS, SavedView, check_view_name
from kps_tui.problems import ConfigError
from kps_tui.settings import THEMES

_KNOWN = ("default_profile", "theme", "profiles", "views", "keys", "snapshot", "zone")
"""`zone` is read elsewhere."""


def load(path: Path, *, must_exist: bool = False) -> Configuration:
    """Return the configuration in `path`. A file that is not there is an empty one, unless it `must_exist`.

    Raises:
        ConfigError: it can't be read, is no TOML, or holds a value that is not allowed; with file, line and key.
    """
    found = configuration_in(text_of(path, must_exist=must_exist), path)
    return replace(found, warnings=(*found.warnings, *open_to_others(path)))


def configuration_in(text: str, path: Path) -> Configuration:
    """Return what `text`, read from `path`, says.

    Raises:
        ConfigError: as for `load`.
    """
    reader = Reader(text, path)
    table = reader.parsed()
    reader.unknown((), table, _KNOWN)
    profiles = reader.table((), table, "profiles")
    views = reader.table((), table, "views")
    theme = reader.text((), table, "theme")
    if theme and theme not in THEMES:
        raise reader.none_of(("theme",), theme, THEMES)
    return Configuration(
        path,
        {name: _profile(reader, name, profiles) for name in profiles},
        reader.text((), table, "default_profile"),
        theme,
        tuple(_view(reader, name, views) for name in views),
        _keys(reader, reader.table((), table, "keys")),
        tuple(reader.warnings),
        reader.flag((), table, "snapshot", default=True),
    )


def _profile(reader: Reader, name: str, profiles: Mapping[str, object]) -> Profile:
    above = ("profiles", name)
    _named(reader, above, check_name, _("this can't be the name of a profile"))
    table = reader.table(("profiles",), profiles, name)
    reader.unknown(above, table, FIELDS)
    texts = {key: reader.text(above, table, key) for key in FIELDS if key != "kind"}
    return Profile(name, kind=_kind(reader, above, table), **texts)


def _kind(reader: Reader, above: tuple[str, ...], table: Mapping[str, object]) -> Kind:
    given = reader.text(above, table, "kind") or KINDS[0]
    for kind in KINDS:
        if kind == given:
            return kind
    raise reader.none_of((*above, "kind"), given, KINDS)


def _view(reader: Reader, name: str, views: Mapping[str, object]) -> SavedView:
    above = ("views", name)
    _named(reader, above, check_view_name, _("this can't be the name of a view"))
    table = reader.table(("views",), views, name)
    reader.unknown(above, table, VIEW_FIELDS)
    return SavedView(name, **{key: reader.text(above, table, key) for key in VIEW_FIELDS})


def _named(reader: Reader, keys: tuple[str, ...], check: Callable[[str], None], why: str) -> None:
    try:
        check(keys[-1])
    except ConfigError as error:
        problem = reader.wrong(keys, why, error.next_step)
    else:
        return
    raise problem


def _keys(reader: Reader, table: Mapping[str, object]) -> dict[str, str]:
    """An id may be quoted, or dotted: then TOML makes tables of it."""
    found: dict[str, str] = {}
    for key, value in table.items():
        if isinstance(value, dict):
            found |= {f"{key}.{name}": reader.key_list(("keys", key, name), inner) for name, inner in value.items()}
        else:
            found[key] = reader.key_list(("keys", key), value)
    return found
