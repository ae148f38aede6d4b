"""The keys of every command: those of the registry, changed by what the user wrote under `[keys]`.

A key means one thing at a time. What the user wrote wins over the registry, and of two that the user wrote the first
wins; each clash is named once, at the start.
"""

import difflib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from kps_tui.i18n import _
from kps_tui.sanitize import line
from kps_tui.ui.commands import Command
from kps_tui.ui.key_names import allowed, no_key, shown, textual_key

NEEDED = frozenset({"app.quit", "app.back", "app.interrupt"})
"""Commands that always have a key."""
FIXED = {"ctrl+c": "app.interrupt", "ctrl+p": "app.palette"}
"""Keys that mean the same everywhere: the program takes them before a screen does, or after all of them."""
HIDDEN = {"table.first": "ctrl+home", "table.last": "ctrl+end"}
"""Keys that the table has besides those of the registry."""
CHOOSE, DETAIL = "table.choose", "look.detail"
"""The table's own Enter does what the registry calls `look.detail`."""

Keys = Mapping[str, tuple[str, ...]]
"""Keys, as Textual names them, by the id of a command."""


@dataclass(frozen=True, slots=True)
class KeyMap:
    """The keys that every command has."""

    keys: Mapping[str, str]
    """As Textual names them, comma-separated, by the id of the command; empty: found by its name only."""
    shown: Mapping[str, str]
    """The keys as a person reads them, by the id of the command."""
    warnings: tuple[str, ...]
    """One sentence for each thing that can't be as it was written, or that lost a key by it."""
    keymap: Mapping[str, str]
    """What `App.set_keymap` gets; empty if nothing was changed."""


class _Clash(NamedTuple):
    key: str
    loser: str
    winner: str


def key_map(commands: Sequence[Command], written: Mapping[str, str]) -> KeyMap:
    """Return the keys of `commands` after what the user has `written`: keys, comma-separated, by id."""
    by_id = {command.id: command for command in commands}
    asked, warnings = _requests(by_id, written)
    while True:
        keys, clashes = _distributed(commands, asked)
        refused = _refused(keys, clashes, asked)
        if not refused:
            break
        id, needed = refused
        warnings.append(_refusal(id, needed, asked))
        asked = {other: theirs for other, theirs in asked.items() if other != id}
    warnings += [_sentence(clash, asked) for clash in clashes]
    return KeyMap(
        {id: ",".join(theirs) for id, theirs in keys.items()},
        {id: _shown(by_id[id], theirs) for id, theirs in keys.items()},
        tuple(warnings),
        _textual_keymap(by_id, keys),
    )


def _requests(ids: Collection[str], written: Mapping[str, str]) -> tuple[dict[str, tuple[str, ...]], list[str]]:
    """Return what was written of commands and keys that exist, and a warning for each thing that does not."""
    asked: dict[str, tuple[str, ...]] = {}
    warnings: list[str] = []
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
    return asked, warnings


def _unknown(id: str, ids: Collection[str]) -> str:
    said = _("keys: there is no command “{id}”").format(id=line(id, 60))
    near = next(iter(difflib.get_close_matches(id[:200], [*ids], 1, 0.6)), "")
    return _("{said}; did you mean “{near}”?").format(said=said, near=near) if near else said


def _problem(id: str, texts: list[str], keys: list[str]) -> str:
    """Return which of the keys can't be had; empty if all can."""
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


def _registry_keys(command: Command) -> tuple[str, ...]:
    return tuple(key for key in command.keys.split(",") if key)


def _distributed(commands: Sequence[Command], asked: Keys) -> tuple[dict[str, tuple[str, ...]], list[_Clash]]:
    """Give each command its keys: first what was asked for, in the order in which it was written."""
    by_id = {command.id: command for command in commands}
    owners: dict[str, list[str]] = {}
    clashes: list[_Clash] = []
    given: dict[str, tuple[str, ...]] = {}
    for id in (*asked, *(id for id in by_id if id not in asked)):
        kept: list[str] = []
        for key in asked.get(id, _registry_keys(by_id[id])):
            # Two commands of the registry share a key on purpose.
            rivals = [other for other in owners.get(key, ()) if other in asked]
            winner = next((other for other in rivals if by_id[id].when & by_id[other].when), None)
            if winner is None:
                owners.setdefault(key, []).append(id)
                kept.append(key)
            else:
                clashes.append(_Clash(key, id, winner))
        given[id] = tuple(kept)
    return {id: given[id] for id in by_id}, clashes


def _refused(keys: Keys, clashes: Sequence[_Clash], asked: Keys) -> tuple[str, str] | None:
    """Return the id whose request can't be met, and the needed command that it would leave without a key."""
    for needed in sorted(NEEDED & keys.keys()):
        if keys[needed]:
            continue
        if not asked.get(needed, ("",)):
            return needed, needed
        winner = next((clash.winner for clash in clashes if clash.loser == needed), None)
        if winner is not None:
            return winner, needed
    return None


def _refusal(id: str, needed: str, asked: Keys) -> str:
    if id == needed:
        return _("keys: {id} can't be without a key; it keeps its own").format(id=id)
    keys = " ".join(map(shown, asked[id]))
    return _("keys: {id} can't have {keys}: {needed} would be without a key; give that one another key first").format(
        id=id, keys=keys, needed=needed
    )


def _sentence(clash: _Clash, asked: Keys) -> str:
    key, loser, winner = shown(clash.key), clash.loser, clash.winner
    if loser in asked:
        return _("keys: {key} is written for {winner} and for {loser}; it means {winner}").format(
            key=key, winner=winner, loser=loser
        )
    return _("keys: {key} now means {winner}, and no longer {loser}").format(key=key, winner=winner, loser=loser)


def _shown(command: Command, keys: tuple[str, ...]) -> str:
    if keys == _registry_keys(command):
        return command.shown
    if keys:
        return " ".join(map(shown, keys))
    return _("palette") if command.run else _("no key")


def _textual_keymap(commands: Mapping[str, Command], keys: Keys) -> dict[str, str]:
    """Return what `App.set_keymap` must get, so that each of `commands` has its `keys`; empty if nothing changes.

    Textual lays a key map over the bindings of each node again for each key pressed. A command with a new key goes to
    the end of the node's bindings (and of the footer) and takes away whatever else lies on the keys that it had and
    gets. So more is named than what changed, but not everything: the time grows with the square of what is named.
    """
    before = {id: _registry_keys(command) for id, command in commands.items()}
    changed = {id for id in commands if keys[id] != before[id]}
    if not changed:
        return {}
    new = {key for id in changed for key in keys[id] if key not in before[id]}
    hidden = {id: key for id, key in HIDDEN.items() if id in commands}
    named = changed | {id for id, command in commands.items() if command.footer}
    named |= {id for id, key in hidden.items() if key in new}
    while more := _sharing(named, before, keys):
        named |= more
    beside = {id: (key,) for id, key in hidden.items() if key not in new and keys[id]}
    keymap = {id: ",".join((*keys[id], *beside.get(id, ()))) or no_key(id) for id in commands if id in named}
    if DETAIL in commands and "enter" not in keys[DETAIL]:
        keymap[CHOOSE] = no_key(CHOOSE)
    return keymap


def _sharing(named: Iterable[str], before: Keys, keys: Keys) -> set[str]:
    """Return the other commands that share a key, old or new, with those that are named."""
    touched = {key for id in named for key in (*before[id], *keys[id])}
    return {id for id, theirs in before.items() if touched.intersection(theirs)}.difference(named)
