"""What the user wrote under `[keys]`, read: which command shall have which keys."""

import difflib
from collections.abc import Collection, Mapping

from kps_tui.i18n import _
from kps_tui.sanitize import line
from kps_tui.ui.key_names import allowed, shown, textual_key

NEEDED = frozenset({"app.quit", "app.back", "app.interrupt"})
"""Commands that always have a key."""
FIXED = {"ctrl+c": "app.interrupt", "ctrl+p": "app.palette"}
"""Keys that mean the same everywhere: the program takes them before a screen does, or after all of them."""

Keys = Mapping[str, tuple[str, ...]]
"""Keys, as Textual names them, by the id of a command."""


def asked_for(ids: Collection[str], written: Mapping[str, str], warnings: list[str]) -> dict[str, tuple[str, ...]]:
    """Return what was `written`, as far as there are such commands and such keys; the rest adds to `warnings`."""
    asked: dict[str, tuple[str, ...]] = {}
    for id, text in written.items():
        if id not in ids:
            warnings.append(_unknown(id, ids))
            continue
        texts = ["comma"] if text.strip() == "," else [part for part in text.split(",") if part.strip()]
        keys = [textual_key(part) for part in texts]
        if problem := _problem(id, texts, keys):
            warnings.append(problem)
        else:
            always = [key for key, owner in FIXED.items() if owner == id and (keys or id not in NEEDED)]
            asked[id] = tuple(dict.fromkeys(keys + always))
    return asked


def _unknown(id: str, ids: Collection[str]) -> str:
    said = _("keys: there is no command “{id}”").format(id=line(id, 60))
    near = next(iter(difflib.get_close_matches(id[:200], [*ids], 1, 0.6)), "")
    return _("{said}; did you mean “{near}”?").format(said=said, near=near) if near else said


def _problem(id: str, texts: list[str], keys: list[str]) -> str:
    """Say which of the keys can't be had; nothing where all can."""
    for text, key in zip(texts, keys, strict=True):
        if not key:
            return _("keys: {id}: “{key}” is no key that every terminal sends; write {allowed}").format(
                id=id, key=line(text.strip(), 40), allowed=allowed()
            )
        if FIXED.get(key, id) != id:
            return _("keys: {id}: {key} always means {other}; choose another key").format(
                id=id, key=shown(key), other=FIXED[key]
            )
    return ""
