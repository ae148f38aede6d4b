"""Reads one configuration file: takes values of the right type out of it, and names the line of each mistake."""

import os
import shlex
import tomllib
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Self

from kps_tui import files
from kps_tui.i18n import _, counted
from kps_tui.identity.profiles import nearest
from kps_tui.identity.toml_text import LineIndex, error_of
from kps_tui.problems import ConfigError, NextStep
from kps_tui.sanitize import line

MOST_UNKNOWN = 20
"""The most warnings about a file; unknown keys beyond it are only counted: the nearest known one takes long to find."""
_SECRETS = frozenset({"token", "password", "secret_key", "sk", "security_token", "passcode", "secret"})


def where(path: Path, lines: LineIndex, keys: tuple[str, ...]) -> str:
    """Return the file and the line that sets `keys`, or the file alone if no line does."""
    number = lines.line_of(keys)
    shown = line(str(path), 200)
    return _("{path}, line {number}").format(path=shown, number=number) if number else shown


class Reader:
    """One file, and the warnings about it."""

    def __init__(self, text: str, path: Path) -> None:
        self.text_read = text
        self.path = path
        self.warnings: list[str] = []
        self._unnamed = 0
        """Number of unknown keys that are only counted."""

    @cached_property
    def lines(self) -> LineIndex:
        """The lines by their keys."""
        return LineIndex(self.text_read)

    @classmethod
    def of_file(cls, path: Path, *, must_exist: bool = False, own: bool = False) -> Self:
        """Read `path`. Unless it `must_exist`, a missing file counts as empty.

        Raises:
            ConfigError: it can't be read, or another user could change it; if `own`, also if it is a symbolic link.
        """
        _refuse_what_others_may_change(path)
        return cls(_text_of(path, must_exist=must_exist, own=own), path)

    def parsed(self) -> dict[str, object]:
        """Return the file as tables.

        Raises:
            ConfigError: it is not TOML.
        """
        try:
            return tomllib.loads(self.text_read)
        except (ValueError, RecursionError) as error:
            number, why = error_of(error, self.text_read)
        raise ConfigError(
            _("{path}, line {number}: not valid TOML").format(path=line(str(self.path), 200), number=number),
            why=line(why, 120),
            next_step=NextStep(_("fix the line, or choose another file with --config"), _("fix the line")),
        )

    def table(self, above: tuple[str, ...], table: Mapping[str, object], key: str) -> dict[str, object]:
        """Return the table `key` of `table`, or an empty one. `above` are the keys of `table`, for errors."""
        value = table.get(key, {})
        if not isinstance(value, dict):
            raise self.wrong((*above, key), _("it is not a table"), f"[{'.'.join((*above, key))}]")
        return value

    def text(self, above: tuple[str, ...], table: Mapping[str, object], key: str) -> str:
        """Return the text `key` of `table`, or an empty one."""
        value = table.get(key, "")
        if not isinstance(value, str):
            raise self.wrong((*above, key), _("it is not a string"), f'{key} = "…"')
        return value

    def flag(self, above: tuple[str, ...], table: Mapping[str, object], key: str, *, default: bool) -> bool:
        """Return the boolean `key` of `table`."""
        value = table.get(key, default)
        if not isinstance(value, bool):
            raise self.wrong((*above, key), _("it is neither true nor false"), f"{key} = true")
        return value

    def key_list(self, keys: tuple[str, ...], value: object) -> str:
        """Return a key binding as comma-separated keys. In the file, it is such a text or a list."""
        if isinstance(value, str):
            return value
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.wrong(keys, _("it is not a key or a list of keys"), f'{line(keys[-1], 60)} = "F5"')
        # A comma in a list is the comma key.
        return ",".join("comma" if item.strip() == "," else item for item in value)

    def unknown(self, above: tuple[str, ...], table: Mapping[str, object], known: tuple[str, ...]) -> None:
        """Warn of each key of `table` that is not `known`: of the first few, and of every one that holds a secret."""
        for key in table:
            if key in known:
                continue
            if len(self.warnings) < MOST_UNKNOWN or key.lower() in _SECRETS:
                self.warnings.append(self._unknown((*above, key), known))
            else:
                self._unnamed += 1

    @property
    def all_warnings(self) -> tuple[str, ...]:
        """The warnings about the file; the last one has the number of unknown keys that are not named."""
        if not self._unnamed:
            return tuple(self.warnings)
        path = line(str(self.path), 200)
        more = counted(
            self._unnamed, "{path}: {count} more unknown key", "{path}: {count} more unknown keys", path=path
        )
        return (*self.warnings, more)

    def _unknown(self, keys: tuple[str, ...], known: tuple[str, ...]) -> str:
        said = _("{where}: unknown key").format(where=self.where(keys))
        if keys[-1].lower() in _SECRETS:
            return _("{said}; remove it: secrets belong in the keyring, not in a file").format(said=said)
        near = nearest(keys[-1], known)
        return _("{said}; did you mean “{near}”?").format(said=said, near=near) if near else said

    def none_of(self, keys: tuple[str, ...], given: str, allowed: tuple[str, ...]) -> ConfigError:
        """Return the error for a value that is not one of `allowed`."""
        why = _("“{value}” is not allowed").format(value=line(given, 40))
        return self.wrong(keys, why, ", ".join(allowed), near=nearest(given, allowed))

    def wrong(self, keys: tuple[str, ...], why: str, allowed: str, *, near: str = "") -> ConfigError:
        """Return the error for the value of a key. `near` is the allowed value that was probably meant, if any."""
        meant = _("did you mean “{near}”?").format(near=near) if near else ""
        return ConfigError(self.where(keys), why=why, next_step=meant or _("use {allowed}").format(allowed=allowed))

    def where(self, keys: tuple[str, ...]) -> str:
        """Return file, line and key."""
        return f"{where(self.path, self.lines, keys)}: {line('.'.join(keys), 120)}"


def _text_of(path: Path, *, must_exist: bool, own: bool) -> str:
    try:
        content = files.read(path, own=own)
    except FileNotFoundError:
        if not must_exist:
            return ""
        why = _("there is no such file")
    except (OSError, ValueError) as error:
        why = files.reason(error)
    else:
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            why = _("line {number} is not UTF-8").format(number=content.count(b"\n", 0, error.start) + 1)
    raise ConfigError(
        _("the configuration {path} can't be read").format(path=line(str(path), 200)),
        why=line(why, 120),
        next_step=NextStep(_("fix it, or choose another with --config"), _("fix it")),
    )


def _refuse_what_others_may_change(path: Path) -> None:
    """Refuse a file that another user could change: it decides where a login is sent.

    Raises:
        ConfigError: another user owns the file or its folder, or may write to it.
    """
    found = files.changeable_by_others(path)
    if found is None:
        return
    place, why = found
    shown = line(shlex.quote(str(place)), 200)
    mend = NextStep(_("use a file of your own: --config FILE"), _("restart with a file of your own"))
    raise ConfigError(
        _("the configuration {path} could have been changed by another user").format(path=line(str(place), 200)),
        why=why,
        next_step=_("run: chmod go-w {path}").format(path=shown) if _is_ours(place) else mend,
    )


def _is_ours(place: Path) -> bool:
    return {place.stat().st_uid, place.lstat().st_uid} <= {os.geteuid(), 0}
