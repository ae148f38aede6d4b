"""The bytes of the configuration file: whether they are there, readable, a text, and the owner's alone."""

import stat
from pathlib import Path

from kps_tui import files
from kps_tui.i18n import _
from kps_tui.problems import ConfigError
from kps_tui.sanitize import line


def text_of(path: Path, *, must_exist: bool = False) -> str:
    """Return the text of the configuration file.

    Raises:
        ConfigError: it can't be read.
    """
    try:
        content = files.read(path)
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
    raise _unreadable(path, why)


def _unreadable(path: Path, why: str) -> ConfigError:
    return ConfigError(
        _("the configuration {path} can't be read").format(path=line(str(path), 200)),
        why=line(why, 120),
        next_step=_("mend it, or name another with --config"),
    )


def open_to_others(path: Path) -> tuple[str, ...]:
    """Say that others may change where the login goes."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return ()
    if not mode & (stat.S_IWGRP | stat.S_IWOTH):
        return ()
    where = line(str(path), 200)
    return (_("{path} can be changed by others: chmod 600 it").format(path=where),)
