"""Compile the translations of kps_tui/locale, whenever a wheel or an editable install is built."""

from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Catalogs(BuildHookInterface):
    """Writes a compiled catalogue beside each source catalogue, and adds it to what is built."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile before files are collected. `version` is `standard`, or `editable` in a checkout."""
        root = Path(self.root)
        for source in sorted(root.glob("kps_tui/locale/*/LC_MESSAGES/*.po")):
            compiled = source.with_suffix(".mo")
            # Replaced at once, because a program of the checkout may be reading it.
            unfinished = source.with_suffix(".mo.new")
            with unfinished.open("wb") as file:
                write_mo(file, translated_part(source))
            unfinished.replace(compiled)
            build_data["artifacts"].append(f"/{compiled.relative_to(root).as_posix()}")


def translated_part(source: Path) -> Catalog:
    """Return a catalogue without plurals that are not translated: Babel would write them as empty texts."""
    with source.open("rb") as file:
        catalog = read_po(file, abort_invalid=True)
    for message in [*catalog]:
        if message.pluralizable and not all(message.string):
            catalog.delete(message.id)
    return catalog
