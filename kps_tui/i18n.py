"""Translates the texts of the user interface with gettext catalogues.

A text is looked up when it is shown, because the language is not known yet while modules are imported:

- `_("text")` looks up a text now.
- `N_("text")` marks a text where it is defined; `_(name)` looks it up where it is shown.
- `counted(count, "{count} task", "{count} tasks")` chooses the plural form of the language.

A language is one file, `locale/LANGUAGE/LC_MESSAGES/kps-tui.mo` in this package, which `.ci/catalogs.py` compiles from
the `.po` beside it. It also translates click's texts.
"""

import gettext
import os
from collections.abc import Iterable
from functools import reduce
from pathlib import Path

DOMAIN = "kps-tui"
LOCALE = Path(__file__).parent / "locale"
SOURCE = "en"
"""The language of the texts in the source."""
_TRADITIONAL = {"hant", "tw", "hk", "mo"}
"""The subtags of a Chinese locale that mean the traditional script: the script itself, and territories that use it."""

_catalogue = gettext.NullTranslations()


def languages(folder: Path = LOCALE) -> list[str]:
    """Return the codes of the available languages: `en`, and those that have a catalogue in `folder`."""
    return [SOURCE, *sorted(path.parts[-3] for path in folder.glob(f"*/LC_MESSAGES/{DOMAIN}.mo"))]


def known_language(name: str, folder: Path = LOCALE) -> str:
    """Return the one of `languages` that `name` means, or an empty text if none matches.

    A name is a code or a locale: `zh_CN`, `zh-Hans`, `zh_CN.GB18030`. Chinese without a mark of the traditional script
    is `zh_CN`. A territory without a catalogue of its own gets that of its language.
    """
    words = name.partition(".")[0].partition("@")[0].replace("-", "_").casefold().split("_")
    if words[0] == "zh" and ("hans" in words or not _TRADITIONAL.intersection(words)):
        words = ["zh", "cn"]
    by_name = {code.casefold(): code for code in languages(folder)}
    return by_name.get("_".join(words), by_name.get(words[0], ""))


def use_language(code: str, folder: Path = LOCALE) -> bool:
    """Show texts in the language `code` from now on; without a catalogue of it, in that of the source.

    Args:
        code: one of `languages`, such as `zh_CN`; empty for the texts of the source.
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


def is_chinese() -> bool:
    """Whether texts are shown in Chinese."""
    return _catalogue.info().get("language", "").startswith("zh")


BETWEEN = " · "
"""Between the parts of a line that are not one sentence; the same in every language."""


def listed(texts: Iterable[str]) -> str:
    """Return `texts` joined as in a sentence: `a, b, c`; an empty text if there are none."""
    first, *rest = [*texts] or [""]
    return reduce(lambda before, text: _("{before}, {text}").format(before=before, text=text), rest, first)


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
