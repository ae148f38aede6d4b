"""The texts of the program, extracted from the source, and a made-up language for tests.

`uv run python -m tests.catalogue` prints them as a template, from which `pybabel init` starts a catalogue.
"""

import re
import string
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import click
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import write_po

import kps_tui
from kps_tui.i18n import DOMAIN
from kps_tui.triage.causes import program_runbook

CODE = "xx"
KEYWORDS = {"_": None, "N_": None, "counted": (2, 3)}
CLICK_KEYWORDS = {"_": None, "ngettext": (1, 2)}
_LETTERS = str.maketrans(string.ascii_letters, "абвгдежзийклмнопрстуфхцчшщ" + "абвгдежзийклмнопрстуфхцчшщ".upper())
_PLACEHOLDER = re.compile(r"(\{[^{}]*\}|%\([a-z]+\)s)")

Msgid = str | tuple[str, str]


@cache
def msgids() -> dict[Msgid, list[str]]:
    """Return every text of the program and of click that is marked for translation, with comments for translators.

    A pair is a text for one and for many.
    """
    found: dict[Msgid, list[str]] = {}
    for module, keywords in ((kps_tui, KEYWORDS), (click, CLICK_KEYWORDS)):
        folder = Path(str(module.__file__)).parent
        texts = extract_from_dir(folder, keywords=keywords, comment_tags=["Translators:"], strip_comment_tags=True)
        for _file, _line, msgid, comments, _context in texts:
            found.setdefault(msgid if isinstance(msgid, str) else (msgid[0], msgid[1]), []).extend(comments)
    return found | {text: ["from runbook.toml"] for text in runbook_texts()}


def runbook_texts() -> Iterator[str]:
    """Yield the texts of the program's runbook that are shown; its Chinese names are shown in every language."""
    runbook = program_runbook()
    for cause in runbook.causes:
        yield cause.name
        for check in (cause.check, *cause.checks.values()):
            yield from check
    for procedure in runbook.procedures.values():
        yield from (*procedure.preconditions, procedure.takes)
    for code in runbook.codes.values():
        yield from (code.meaning, code.handling)


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


def main() -> None:
    """Print the template."""
    template = Catalog(domain=DOMAIN, project=DOMAIN, version=kps_tui.__version__, fuzzy=False)
    for msgid, comments in msgids().items():
        template.add(msgid, auto_comments=comments)
    write_po(sys.stdout.buffer, template, width=120)


if __name__ == "__main__":
    main()
