"""Takes values out of the parsed configuration file, and says which line of it is wrong."""

import tomllib
from collections.abc import Mapping
from pathlib import Path

from kps_tui.i18n import _
from kps_tui.identity.profiles import nearest
from kps_tui.identity.toml_text import error_of, line_of
from kps_tui.problems import ConfigError
from kps_tui.sanitize import line

_SECRETS = frozenset({"token", "password", "secret_key", "sk", "security_token", "passcode", "secret"})


class Reader:
    """One file, and the warnings about it."""

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

    def flag(self, above: tuple[str, ...], table: Mapping[str, object], key: str, *, default: bool) -> bool:
        """Return the truth value of `key`."""
        value = table.get(key, default)
        if not isinstance(value, bool):
            raise self.wrong((*above, key), _("it is neither true nor false"), f"{key} = true")
        return value

    def key_list(self, keys: tuple[str, ...], value: object) -> str:
        """Return keys of the keyboard, comma-separated: they are written so, or as a list of texts."""
        if isinstance(value, str):
            return value
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.wrong(keys, _("it is no key, and no list of keys"), f'{line(keys[-1], 60)} = "F5"')
        # A comma in a list is the key itself, and no separator.
        return ",".join("comma" if item.strip() == "," else item for item in value)

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
