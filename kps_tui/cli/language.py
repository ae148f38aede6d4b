"""Chooses the language of a run before its command line is parsed, which may already print help or an error."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from kps_tui import files
from kps_tui.i18n import _, known_language, languages, use_language
from kps_tui.locations import config_file
from kps_tui.sanitize import line


class Language(click.ParamType[str]):
    """The name of a language that texts can be shown in."""

    name = "language"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the code of the language, or fail with the codes that there are."""
        if code := known_language(value):
            return code
        why = _("“{name}” is not a language of kps-tui; use one of: {codes}")
        self.fail(why.format(name=line(value, 40), codes=", ".join(languages())), param, ctx)


def choose_language(arguments: Sequence[str], environ: Mapping[str, str]) -> None:
    """Show texts in the language that `--lang` names, else the configuration, else the locale.

    A name that is not known is passed over: where it may stand, it is reported when it is read there. A language that
    the encoding of the output can't show is that of the source instead.
    """
    flag = known_language(_last(arguments, "--lang"))
    use_language(flag or _configured(arguments, environ) or known_language(_locale(environ)))
    if not _can_be_shown(_("Show this message and exit.")):
        use_language("")


def _last(arguments: Sequence[str], flag: str) -> str:
    """Return the last value of a flag, before or after the command; empty if it is not there."""
    found = ""
    for at, argument in enumerate(arguments):
        if argument == "--":
            break
        if argument == flag and at + 1 < len(arguments):
            found = arguments[at + 1]
        elif argument.startswith(f"{flag}="):
            found = argument.partition("=")[2]
    return found


def _configured(arguments: Sequence[str], environ: Mapping[str, str]) -> str:
    """Return the language in the configuration. What is wrong with the file is said by the command that needs it."""
    named = _last(arguments, "--config") or environ.get("KPS_TUI_CONFIG")
    try:
        content = files.read(Path(named).expanduser() if named else config_file())
    except (OSError, ValueError, RuntimeError):
        return ""
    if b"lang" not in content:
        return ""
    import tomllib

    try:
        name = tomllib.loads(content.decode("utf-8-sig")).get("lang")
    except (ValueError, RecursionError):
        return ""
    return known_language(name) if isinstance(name, str) else ""


def _locale(environ: Mapping[str, str]) -> str:
    return next((value for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := environ.get(name))), "")


def _can_be_shown(text: str) -> bool:
    """Tell whether the locale of the terminal, stdout and stderr can encode `text`."""
    if text.isascii():
        return True
    from kps_tui.terminal.encoding import encoding_of, environment_given

    encodings = [encoding_of(environment_given())]
    encodings += [stream.encoding for stream in (sys.stdout, sys.stderr) if stream is not None]
    try:
        return all(text.encode(encoding or "utf-8") for encoding in encodings)
    except (UnicodeError, LookupError):
        return False
