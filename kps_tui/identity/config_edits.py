"""Changes to the configuration file: what the user wrote around them (comments, order, unknown keys) stays.

Each change is done on the text itself where that is enough (`toml_edits`), else by tomlkit, which moves a few things
and can't do some. It is checked before it is written: the new text says what the old one said, and the change, and
nothing else.
"""

import os
import tomllib
from collections.abc import Callable, MutableMapping, Sequence
from pathlib import Path
from typing import Any

from kps_tui import files
from kps_tui.i18n import _
from kps_tui.identity.config_text import text_of
from kps_tui.identity.configuration import configuration_in
from kps_tui.identity.profiles import Configuration
from kps_tui.problems import ConfigError
from kps_tui.sanitize import line

Tables = dict[str, Any]
Edit = Callable[[MutableMapping[str, Any]], None]
Attempt = tuple[Callable[[str], str], Edit]
"""A change to the text, and what is left to do on its tables."""


def edit_configuration(
    path: Path, section: str, edit: Edit, *, check: Callable[[Configuration], None], attempts: Sequence[Attempt] = ()
) -> None:
    """Do `edit` on the tables `[section.NAME]`; by the first of `attempts` that says the same, else on the tables.

    `check` sees what the file says now, under its lock, and raises where the change can't be.

    Raises:
        ConfigError: the file can't be read, changed or written; it is as it was.
    """

    def changed() -> str:
        text = text_of(path)
        check(configuration_in(text, path))
        wanted = tomllib.loads(text)
        edit(wanted)
        for prepared, rest in (*attempts, (lambda unchanged: unchanged, edit)):
            new = _edited(prepared(text), section, rest)
            if _says(new, section, wanted):
                return new
        raise ConfigError(
            _("{path} is written in a way that can't be changed safely").format(path=line(str(path), 200)),
            next_step=_("nothing was changed; write [{section}.NAME] tables, or change it with an editor").format(
                section=section
            ),
        )

    path = Path(os.path.realpath(path))  # A link stays a link: dot-files often lie in another folder.
    try:
        with files.locked(path):
            files.write(path, changed())
    except OSError as error:
        why = files.reason(error)
    else:
        return
    raise ConfigError(
        _("{path} can't be written").format(path=line(str(path), 200)),
        why=line(why, 120),
        next_step=_("nothing was changed; make room or allow it, or name another file with --config"),
    )


def _edited(text: str, section: str, edit: Edit) -> str:
    """Return `text` after `edit`, or nothing where tomlkit can't do it."""
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    try:
        document = tomlkit.parse(text)
        if section not in document:
            document[section] = tomlkit.table(is_super_table=True)
        edit(document)
        return tomlkit.dumps(document)
    except (TOMLKitError, KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError):
        return ""


def _says(text: str, section: str, wanted: Tables) -> bool:
    try:
        tables = tomllib.loads(text)
    except (ValueError, RecursionError):
        return False
    return _without_empty(tables, section) == _without_empty(wanted, section)


def _without_empty(tables: Tables, section: str) -> Tables:
    """An empty `[section]` says nothing."""
    return {key: value for key, value in tables.items() if key != section or value}
