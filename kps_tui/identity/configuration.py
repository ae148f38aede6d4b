"""Reads the configuration file, and says where in it a mistake is.

```toml
default_profile = "prod"
theme = "dark"

[profiles.prod]
region = "cn-north-4"
project_id = "…"
kind = "password"
user = "ops"
account = "example"
```

The stdlib's parser is enough for that; tomlkit, which is slow to import, is left to `profile_edits`.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from kps_tui.i18n import _
from kps_tui.identity.config_text import open_to_others, text_of
from kps_tui.identity.profiles import FIELDS, KINDS, Configuration, Kind, Profile, check_name, nearest
from kps_tui.identity.toml_text import error_of, line_of
from kps_tui.problems import ConfigError
from kps_tui.sanitize import line
from kps_tui.settings import THEMES

_SECRETS = frozenset({"token", "password", "secret_key", "sk", "security_token", "passcode", "secret"})
_KNOWN = ("default_profile", "theme", "profiles", "views", "keys", "zone")
"""`views`, `keys` and `zone` are read elsewhere."""


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
    reader = _Reader(text, path)
    table = reader.parsed()
    reader.unknown((), table, _KNOWN)
    profiles = reader.table((), table, "profiles")
    theme = reader.text((), table, "theme")
    if theme and theme not in THEMES:
        raise reader.none_of(("theme",), theme, THEMES)
    return Configuration(
        path,
        {name: reader.profile(name, profiles) for name in profiles},
        reader.text((), table, "default_profile"),
        theme,
        tuple(reader.warnings),
    )


class _Reader:
    """Takes values out of the parsed file, and says which line is wrong."""

    def __init__(self, text: str, path: Path) -> None:
        self._text = text
        self._path = path
        self.warnings: list[str] = []

    def parsed(self) -> dict[str, object]:
        """Return the file as tables."""
        try:
            return tomllib.loads(self._text)
        except (ValueError, RecursionError) as error:
            number, why = error_of(error, self._text)
        raise ConfigError(
            _("{path}, line {number}: this is no TOML").format(path=line(str(self._path), 200), number=number),
            why=line(why, 120),
            next_step=_("mend the line, or name another file with --config"),
        )

    def table(self, above: tuple[str, ...], table: Mapping[str, object], key: str) -> dict[str, object]:
        """Return the table of `key`, an empty one where there is none."""
        value = table.get(key, {})
        if not isinstance(value, dict):
            raise self.wrong((*above, key), _("it is no table"), f"[{'.'.join((*above, key))}]")
        return value

    def text(self, above: tuple[str, ...], table: Mapping[str, object], key: str) -> str:
        """Return the text of `key`, an empty one where there is none."""
        value = table.get(key, "")
        if not isinstance(value, str):
            raise self.wrong((*above, key), _("it is no text"), f'{key} = "…"')
        return value

    def profile(self, name: str, profiles: Mapping[str, object]) -> Profile:
        """Return one profile."""
        above = ("profiles", name)
        try:
            check_name(name)
        except ConfigError as error:
            problem = self.wrong(above, _("this can't be the name of a profile"), error.next_step)
        else:
            table = self.table(("profiles",), profiles, name)
            self.unknown(above, table, FIELDS)
            texts = {key: self.text(above, table, key) for key in FIELDS if key != "kind"}
            return Profile(name, kind=self._kind(above, table), **texts)
        raise problem

    def _kind(self, above: tuple[str, ...], table: Mapping[str, object]) -> Kind:
        given = self.text(above, table, "kind") or KINDS[0]
        for kind in KINDS:
            if kind == given:
                return kind
        raise self.none_of((*above, "kind"), given, KINDS)

    def unknown(self, above: tuple[str, ...], table: Mapping[str, object], known: tuple[str, ...]) -> None:
        """Note the keys that nothing reads."""
        for key in table:
            if key not in known:
                self.warnings.append(self._unknown((*above, key), known))

    def _unknown(self, keys: tuple[str, ...], known: tuple[str, ...]) -> str:
        said = _("{where}: unknown key").format(where=self._where(keys))
        if keys[-1].lower() in _SECRETS:
            return _("{said}; take it out: a secret is kept in the keyring (kps-tui login), not in a file").format(
                said=said
            )
        near = nearest(keys[-1], known)
        return _("{said}; did you mean “{near}”?").format(said=said, near=near) if near else said

    def none_of(self, keys: tuple[str, ...], given: str, allowed: tuple[str, ...]) -> ConfigError:
        """Return the error for a word that is none of `allowed`."""
        near = nearest(given, allowed)
        problem = self.wrong(
            keys, _("“{value}” is not one of its values").format(value=line(given, 40)), ", ".join(allowed)
        )
        if near:
            problem.next_step = _("did you mean “{near}”?").format(near=near)
        return problem

    def wrong(self, keys: tuple[str, ...], why: str, allowed: str) -> ConfigError:
        """Return the error for the value of a key."""
        return ConfigError(self._where(keys), why=why, next_step=_("write {allowed}").format(allowed=allowed))

    def _where(self, keys: tuple[str, ...]) -> str:
        number = line_of(keys, self._text)
        path = line(str(self._path), 200)
        key = line(".".join(keys), 120)
        return (
            _("{path}, line {number}: {key}").format(path=path, number=number, key=key) if number else f"{path}: {key}"
        )
