"""The keys of every command: those of the registry, changed by what the user wrote under `[keys]`.

A key means one thing at a time. What the user wrote wins over the registry, and of two that the user wrote the first
wins; each clash is named once, at the start.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from kps_tui.i18n import _
from kps_tui.ui.key_names import shown
from kps_tui.ui.key_overlay import keys_of, overlay
from kps_tui.ui.key_requests import NEEDED, Keys, asked_for

if TYPE_CHECKING:
    from kps_tui.ui.commands import Command


@dataclass(frozen=True, slots=True)
class KeyMap:
    """Which keys every command has."""

    keys: Mapping[str, str]
    """As Textual names them, comma-separated, by the id of the command; empty: found by its name only."""
    shown: Mapping[str, str]
    """The keys as a person reads them, by the id of the command."""
    warnings: tuple[str, ...]
    """One sentence for each thing that can't be as it was written, or that lost a key by it."""
    keymap: Mapping[str, str]
    """What `App.set_keymap` gets; empty where nothing was changed."""


class _Clash(NamedTuple):
    key: str
    loser: str
    winner: str


def key_map(commands: Sequence["Command"], written: Mapping[str, str]) -> KeyMap:
    """Return the keys of `commands`, with what the user has `written` (keys, comma-separated, by id)."""
    warnings: list[str] = []
    by_id = {command.id: command for command in commands}
    asked = asked_for(by_id, written, warnings)
    while True:
        keys, clashes = _shared_out(commands, asked)
        refused = _refused(keys, clashes, asked)
        if not refused:
            break
        id, needed = refused
        warnings.append(_needed(id, needed, asked))
        asked = {other: theirs for other, theirs in asked.items() if other != id}
    warnings += [_said(clash, asked) for clash in clashes]
    return KeyMap(
        {id: ",".join(theirs) for id, theirs in keys.items()},
        {id: _shown(by_id[id], theirs) for id, theirs in keys.items()},
        tuple(warnings),
        overlay(by_id, keys),
    )


def _shared_out(commands: Sequence["Command"], asked: Keys) -> tuple[dict[str, tuple[str, ...]], list[_Clash]]:
    """Give each command its keys: first what was asked for, in the order in which it was written."""
    by_id = {command.id: command for command in commands}
    owners: dict[str, list[str]] = {}
    clashes: list[_Clash] = []
    given: dict[str, tuple[str, ...]] = {}
    for id in (*asked, *(id for id in by_id if id not in asked)):
        kept: list[str] = []
        for key in asked.get(id, keys_of(by_id[id])):
            # Two commands of the registry on one key are meant so.
            rivals = [other for other in owners.get(key, ()) if other in asked]
            winner = next((other for other in rivals if _meet(by_id[id], by_id[other])), None)
            if winner is None:
                owners.setdefault(key, []).append(id)
                kept.append(key)
            else:
                clashes.append(_Clash(key, id, winner))
        given[id] = tuple(kept)
    return {id: given[id] for id in by_id}, clashes


def _meet(one: "Command", other: "Command") -> bool:
    """Whether there is a part of the screen where both can be meant."""
    return bool(one.when & other.when)


def _refused(keys: Keys, clashes: Sequence[_Clash], asked: Keys) -> tuple[str, str] | None:
    """Return what was asked for and can't be, and the command that would have no key by it."""
    for needed in sorted(NEEDED & keys.keys()):
        if keys[needed]:
            continue
        if not asked.get(needed, ("",)):
            return needed, needed
        winner = next((clash.winner for clash in clashes if clash.loser == needed), None)
        if winner is not None:
            return winner, needed
    return None


def _needed(id: str, needed: str, asked: Keys) -> str:
    if id == needed:
        return _("keys: {id} can't be without a key; it keeps its own").format(id=id)
    keys = " ".join(map(shown, asked[id]))
    return _("keys: {id} can't have {keys}: {needed} would be without a key; give that one another key first").format(
        id=id, keys=keys, needed=needed
    )


def _said(clash: _Clash, asked: Keys) -> str:
    key, loser, winner = shown(clash.key), clash.loser, clash.winner
    if loser in asked:
        return _("keys: {key} is written for {winner} and for {loser}; it means {winner}").format(
            key=key, winner=winner, loser=loser
        )
    return _("keys: {key} now means {winner}, and no longer {loser}").format(key=key, winner=winner, loser=loser)


def _shown(command: "Command", keys: tuple[str, ...]) -> str:
    if keys == keys_of(command):
        return command.shown
    if keys:
        return " ".join(map(shown, keys))
    return _("palette") if command.run else _("no key")
