"""Chooses the language before the command line is parsed, because parsing may already print help or an error."""

import sys
from collections.abc import Mapping, Sequence
from typing import Any

import click

from kps_tui import files
from kps_tui.i18n import _, known_language, languages, use_language
from kps_tui.locations import config_file
from kps_tui.sanitize import line


class Language(click.ParamType[str]):
    """The type of `--lang`: a code or a locale, see `known_language`."""

    name = "language"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the code of the language; the error for an unknown one lists those that are known."""
        if code := known_language(value):
            return code
        why = _("“{name}” is not a language of kps-tui; use one of: {codes}")
        self.fail(why.format(name=line(value, 40), codes=", ".join(languages())), param, ctx)


def choose_language(arguments: Sequence[str], environ: Mapping[str, str]) -> None:
    """Use the language of `--lang`, else that of the configuration, else that of the locale.

    An unknown name is skipped here, and reported when the command line or the configuration is parsed. If the encoding
    of the output can't show the language, it stays that of the source.
    """
    flag = known_language(_last(arguments, "--lang"))
    use_language(flag or _configured(arguments, environ) or known_language(_locale(environ)))
    if not _can_be_shown(_("Show this message and exit.")):
        use_language("")


def _last(arguments: Sequence[str], flag: str) -> str:
    """Return the last value of `flag` on the command line, or an empty text."""
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
    """Return the language of the configuration, or an empty text. Errors of the file are reported by the command."""
    named = _last(arguments, "--config") or environ.get("KPS_TUI_CONFIG")
    try:
        content = files.read(config_file(named))
    except (OSError, ValueError):
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
    """Return whether the locale of the terminal, stdout and stderr can encode `text`."""
    if text.isascii():
        return True
    from kps_tui.terminal.encoding import encoding_of, environment_given

    encodings = [encoding_of(environment_given())]
    encodings += [stream.encoding for stream in (sys.stdout, sys.stderr) if stream is not None]
    try:
        return all(text.encode(encoding or "utf-8") for encoding in encodings)
    except (UnicodeError, LookupError):
        return False
