"""The texts of the program, extracted from the source; its translations; and a made-up language for tests.

`uv run python -m tests.catalogue` adds new texts to every translation and removes those that are gone; with the code of
a language, such as `de`, it starts a new translation. A text that has changed counts as a new one.
"""

import re
import string
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from io import BytesIO
from itertools import chain
from pathlib import Path
from types import ModuleType

import click
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

import kps_tui
from kps_tui.i18n import DOMAIN, LOCALE
from kps_tui.triage.causes import program_runbook
from kps_tui.triage.runbook import Runbook

CODE = "xx"
KEYWORDS = {"_": None, "N_": None, "counted": (2, 3)}
CLICK_KEYWORDS = {"_": None, "ngettext": (1, 2)}
_LETTERS = str.maketrans(string.ascii_letters, "абвгдежзийклмнопрстуфхцчшщ" + "абвгдежзийклмнопрстуфхцчшщ".upper())
_PLACEHOLDER = re.compile(r"(\{[^{}]*\}|%\([a-z]+\)s)")

Msgid = str | tuple[str, str]


@cache
def template() -> Catalog:
    """Return every text of the program and of click that is marked for translation, with comments for translators.

    The texts are in the order of their files, which are named without lines, so that a translation changes little.
    """
    found = Catalog(domain=DOMAIN, fuzzy=False)
    for file, msgid, comments in chain(_marked(kps_tui, KEYWORDS), _of_the_runbook(), _marked(click, CLICK_KEYWORDS)):
        # Babel writes a location without a line as the file alone.
        found.add(msgid, locations=[(file, None)], auto_comments=comments)  # type: ignore[list-item]
    return found


def msgids() -> list[Msgid]:
    """Return the texts of the template. A pair is a text for one and for many."""
    return [_msgid(message.id) for message in template() if message.id]


def _msgid(found: str | list[str] | tuple[str, ...]) -> Msgid:
    return found if isinstance(found, str) else (found[0], found[1])


def _marked(
    module: ModuleType, keywords: Mapping[str, tuple[int, ...] | None]
) -> Iterator[tuple[str, Msgid, list[str]]]:
    folder = Path(str(module.__file__)).parent
    texts = extract_from_dir(folder, keywords=keywords, comment_tags=["Translators:"], strip_comment_tags=True)
    for file, _line, msgid, comments, _context in sorted(texts, key=lambda text: text[0]):
        yield f"{folder.name}/{file}", _msgid(msgid), comments


def _of_the_runbook() -> Iterator[tuple[str, Msgid, list[str]]]:
    for text in runbook_texts():
        yield "kps_tui/triage/runbook.toml", text, []


def runbook_texts() -> Iterator[str]:
    """Yield the texts of the program's runbook that are translated: all but Chinese names and bare URLs."""
    yield from (text for text in _words_of(program_runbook()) if not text.startswith("https://") or " " in text)


def _words_of(runbook: Runbook) -> Iterator[str]:
    for cause in runbook.causes:
        yield cause.name
        for check in (cause.check, *cause.checks.values()):
            yield from check
        yield cause.page
    for procedure in runbook.procedures.values():
        yield from (*procedure.preconditions, procedure.takes, procedure.page, procedure.order_page)
    for code in runbook.codes.values():
        yield from (code.meaning, code.handling, code.page)


def translated(text: str) -> str:
    """Return `text` in the made-up language: in Cyrillic letters that mean nothing; placeholders stay."""
    parts = _PLACEHOLDER.split(text)
    return "".join(part if number % 2 else part.translate(_LETTERS) for number, part in enumerate(parts))


def install(folder: Path, texts: Iterable[tuple[Msgid, str | tuple[str, ...]]] | None = None) -> None:
    """Write a catalogue of the made-up language to `folder`: of `texts`, or of every text.

    Its plural has the three forms of Polish.
    """
    catalog = Catalog(locale="pl", domain=DOMAIN, fuzzy=False)
    if texts is None:
        texts = [(msgid, translated(msgid) if isinstance(msgid, str) else _forms(*msgid)) for msgid in msgids()]
    for msgid, text in texts:
        catalog.add(msgid, text)
    path = folder / CODE / "LC_MESSAGES" / f"{DOMAIN}.mo"
    path.parent.mkdir(parents=True)
    with path.open("wb") as file:
        write_mo(file, catalog)


def _forms(one: str, many: str) -> tuple[str, ...]:
    return translated(one), translated(many), translated(many)


def translations() -> list[Path]:
    """Return the source catalogue of every translation."""
    return sorted(LOCALE.glob(f"*/LC_MESSAGES/{DOMAIN}.po"))


def catalogue_of(path: Path) -> Catalog:
    """Read a source catalogue."""
    with path.open("rb") as file:
        return read_po(file, abort_invalid=True)


def updated(catalogue: Catalog) -> bytes:
    """Return the text of a source catalogue with the texts that the program has now."""
    catalogue.update(template(), no_fuzzy_matching=True, update_creation_date=False)  # type: ignore[call-arg]
    for message in catalogue:
        if message.id and message.fuzzy:
            # Its plural is new or gone, and Babel keeps one of the forms.
            message.flags.discard("fuzzy")
            message.string = ("",) * catalogue.num_plurals if message.pluralizable else ""
    text = BytesIO()
    write_po(text, catalogue, width=0, ignore_obsolete=True, include_lineno=False)
    return text.getvalue()


def main() -> None:
    """Update every translation, and start one for each language named."""
    for path in translations():
        path.write_bytes(updated(catalogue_of(path)))
    for code in sys.argv[1:]:
        new = LOCALE / code / "LC_MESSAGES" / f"{DOMAIN}.po"
        new.parent.mkdir(parents=True)
        header = f"# {code} texts of {DOMAIN}."
        new.write_bytes(updated(Catalog(code, DOMAIN, header, DOMAIN, kps_tui.__version__, fuzzy=False)))


if __name__ == "__main__":
    main()
