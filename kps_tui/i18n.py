"""Translates the texts that people read, with the catalogues of gettext.

A text is looked up when it is shown, because the language is not known yet while modules are imported:

- `_("text")` looks up a text now.
- `N_("text")` marks a text where it is defined; `_(name)` looks it up where it is shown.
- `counted(count, "{count} task", "{count} tasks")` chooses the plural form of the language.

A language is one file, `locale/LANGUAGE/LC_MESSAGES/kps-tui.mo` in this package, which `.ci/catalogs.py` compiles from
the `.po` beside it. It also translates click's texts.
"""

import gettext
import os
from pathlib import Path

DOMAIN = "kps-tui"
LOCALE = Path(__file__).parent / "locale"

_catalogue = gettext.NullTranslations()


def use_language(code: str, folder: Path = LOCALE) -> bool:
    """Show texts in the language `code`, such as `zh_CN`, or as the source has them where no catalogue is found.

    Args:
        code: language, and territory if it matters; empty for the texts of the source.
        folder: holds the compiled catalogues.

    Returns:
        Whether `folder` has a catalogue of the language.
    """
    global _catalogue
    found = gettext.find(DOMAIN, str(folder), [code]) if code else None
    if found is None:
        _catalogue = gettext.NullTranslations()
        gettext.textdomain("messages")
        return False
    with Path(found).open("rb") as file:
        _catalogue = gettext.GNUTranslations(file)
    # click looks its own texts up in the domain of the process, in the language of the environment.
    gettext.bindtextdomain(DOMAIN, str(folder))
    gettext.textdomain(DOMAIN)
    os.environ["LANGUAGE"] = code
    return True


def _(text: str) -> str:
    """Return `text` in the language of the user."""
    # The translation of an empty text is the header of the catalogue.
    return _catalogue.gettext(text) if text else ""


def N_(text: str) -> str:  # noqa: N802
    """Mark `text` for translation and return it unchanged."""
    return text


def counted(count: int, one: str, many: str, /, **fields: object) -> str:
    """Return the text for `count` in the language of the user, with `{count}` and the other `fields` filled in.

    Args:
        count: chooses the plural form, and replaces `{count}` unless `fields` say otherwise.
        one: the source text for 1; it may leave `{count}` out.
        many: the source text for other counts.
        fields: values of other placeholders.
    """
    return _catalogue.ngettext(one, many, count).format(**{"count": number(count)} | fields)


def number(value: int) -> str:
    """Return `value` with the language's separator between thousands: `1,000`."""
    # Translators: the separator between thousands.
    return f"{value:,}".replace(",", _(","))
