"""Computes the keys of every command from the registry and the `[keys]` of the user's configuration.

If a key would have two meanings, a setting of the user wins over the registry, and the first setting over a later one.
Each clash causes one warning at the start.
"""

import difflib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from kps_tui.i18n import _
from kps_tui.sanitize import line
from kps_tui.ui.commands import PASSING, Command
from kps_tui.ui.key_names import allowed, no_key, shown, textual_key

NEEDED = frozenset({"app.quit", "app.back", "app.interrupt"})
"""Commands that must have a key."""
FIXED = {"ctrl+c": "app.interrupt", "ctrl+p": "app.palette"}
"""Keys that can't be given to another command: the app handles them on every screen."""
MOST_TOLD = 3
"""The most unbound keys that the user is told about in a run."""
HIDDEN = {"table.first": "ctrl+home", "table.last": "ctrl+end"}
"""Keys that the table also binds for these commands, and which are not in the registry."""
CHOOSE, DETAIL = "table.choose", "look.detail"
"""The table binds Enter itself, as `table.choose`; in the registry it belongs to `look.detail`."""

Keys = Mapping[str, tuple[str, ...]]
"""Textual's names of the keys, by the id of the command."""


@dataclass(frozen=True, slots=True)
class KeyMap:
    """The keys of all commands."""

    keys: Mapping[str, str]
    """Textual's names, comma-separated, by the id of the command; empty if it has no key."""
    shown: Mapping[str, str]
    """The keys as they are shown, by the id of the command."""
    warnings: tuple[str, ...]
    """One sentence for each setting that can't be applied, and for each command that loses a key."""
    keymap: Mapping[str, str]
    """The argument for `App.set_keymap`; empty if the user changed nothing."""


class _Clash(NamedTuple):
    key: str
    loser: str
    winner: str


def key_map(commands: Sequence[Command], written: Mapping[str, str]) -> KeyMap:
    """Return the keys of `commands` with the user's settings `written`: comma-separated keys by command id."""
    by_id = {command.id: command for command in commands}
    settings, warnings = _valid_settings(by_id, written)
    while True:
        keys, clashes = _distributed(commands, settings)
        refused = _refused(keys, clashes, settings)
        if not refused:
            break
        id, needed = refused
        warnings.append(_refusal(id, needed, settings))
        settings = {other: theirs for other, theirs in settings.items() if other != id}
    warnings += [_sentence(clash, settings) for clash in clashes]
    return KeyMap(
        {id: ",".join(theirs) for id, theirs in keys.items()},
        {id: _shown(by_id[id], theirs) for id, theirs in keys.items()},
        tuple(warnings),
        _textual_keymap(by_id, keys),
    )


def keys_that_quit(keys: KeyMap) -> frozenset[str]:
    """Return Textual's names of the keys that quit."""
    return frozenset(keys.keys["app.quit"].split(","))


def lasting_keys(keys: KeyMap) -> frozenset[str]:
    """Return the keys of the commands that are not `PASSING`, and those that move the focus."""
    lasting = {key for id, theirs in keys.keys.items() if id not in PASSING for key in theirs.split(",")}
    return frozenset(lasting | {"tab", "shift+tab"}) - keys_that_quit(keys)


def alt_characters(keys: KeyMap) -> str:
    """Return the characters that are bound together with Alt."""
    bound = (key for theirs in keys.keys.values() for key in theirs.split(",") if key.startswith("alt+"))
    return "".join(key[-1].upper() if "shift+" in key else key[-1] for key in bound)


class UnboundKeys:
    """Tells the user about keys that are not bound: about each once, and about at most `MOST_TOLD`.

    A terminal without bracketed paste sends pasted text as keys, which would cause many messages.
    """

    def __init__(self, keys: KeyMap) -> None:
        self._bound = frozenset(key for theirs in keys.keys.values() for key in theirs.split(","))
        self._help = keys.shown["app.help"].split()[0]
        self._told: set[str] = set()

    def should_tell(self, key: str) -> bool:
        """Return whether to tell about `key`, Textual's name of a key: it is not bound, and not told about yet."""
        return key not in self._bound and key not in self._told and len(self._told) < MOST_TOLD

    def message(self, key: str) -> str:
        """Return the message about `key`, which counts as told from now on."""
        self._told.add(key)
        return _("“{key}” is not bound · {help} shows the keys").format(key=shown(key), help=self._help)


def _valid_settings(ids: Collection[str], written: Mapping[str, str]) -> tuple[dict[str, tuple[str, ...]], list[str]]:
    """Return the settings that have a known command and valid keys, and a warning for each of the others."""
    settings: dict[str, tuple[str, ...]] = {}
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
            settings[id] = tuple(dict.fromkeys(keys + always))
    return settings, warnings


def _unknown(id: str, ids: Collection[str]) -> str:
    said = _("keys: no command “{id}”").format(id=line(id, 60))
    near = next(iter(difflib.get_close_matches(id[:200], [*ids], 1, 0.6)), "")
    return _("{said}; did you mean “{near}”?").format(said=said, near=near) if near else said


def _problem(id: str, texts: list[str], keys: list[str]) -> str:
    """Return a warning about the first key that can't be used; empty if all can be used."""
    for text, key in zip(texts, keys, strict=True):
        if not key:
            return _("keys: {id}: “{key}” is not a key that every terminal sends; use {allowed}").format(
                id=id, key=line(text.strip(), 40), allowed=allowed()
            )
        if FIXED.get(key, id) != id:
            return _("keys: {id}: {key} always means {other}; choose another key").format(
                id=id, key=shown(key), other=FIXED[key]
            )
    return ""


def _registry_keys(command: Command) -> tuple[str, ...]:
    return tuple(key for key in command.keys.split(",") if key)


def _distributed(commands: Sequence[Command], settings: Keys) -> tuple[dict[str, tuple[str, ...]], list[_Clash]]:
    """Return the keys of each command, and the clashes. The user's settings are applied first, in their order."""
    by_id = {command.id: command for command in commands}
    owners: dict[str, list[str]] = {}
    clashes: list[_Clash] = []
    given: dict[str, tuple[str, ...]] = {}
    for id in (*settings, *(id for id in by_id if id not in settings)):
        kept: list[str] = []
        for key in settings.get(id, _registry_keys(by_id[id])):
            # Commands of the registry may share a key on purpose: only a setting of the user can clash.
            rivals = [other for other in owners.get(key, ()) if other in settings]
            winner = next((other for other in rivals if by_id[id].when & by_id[other].when), None)
            if winner is None:
                owners.setdefault(key, []).append(id)
                kept.append(key)
            else:
                clashes.append(_Clash(key, id, winner))
        given[id] = tuple(kept)
    return {id: given[id] for id in by_id}, clashes


def _refused(keys: Keys, clashes: Sequence[_Clash], settings: Keys) -> tuple[str, str] | None:
    """Return a setting that leaves a needed command without a key, and that command; None if there is none."""
    for needed in sorted(NEEDED & keys.keys()):
        if keys[needed]:
            continue
        if not settings.get(needed, ("",)):
            return needed, needed
        winner = next((clash.winner for clash in clashes if clash.loser == needed), None)
        if winner is not None:
            return winner, needed
    return None


def _refusal(id: str, needed: str, settings: Keys) -> str:
    if id == needed:
        return _("keys: {id} needs a key; it keeps its default").format(id=id)
    keys = " ".join(map(shown, settings[id]))
    return _("keys: {id} can't have {keys}: {needed} would be without a key; give that one another key first").format(
        id=id, keys=keys, needed=needed
    )


def _sentence(clash: _Clash, settings: Keys) -> str:
    key, loser, winner = shown(clash.key), clash.loser, clash.winner
    if loser in settings:
        return _("keys: {key} is bound to {winner} and to {loser}; {winner} gets it").format(
            key=key, winner=winner, loser=loser
        )
    return _("keys: {key} now means {winner}, and no longer {loser}").format(key=key, winner=winner, loser=loser)


def _shown(command: Command, keys: tuple[str, ...]) -> str:
    if keys == _registry_keys(command):
        return _(command.shown)
    if keys:
        return " ".join(map(shown, keys))
    # What to type in the list of commands.
    return f":{command.id.partition('.')[2]}" if command.run else _("no key")


def _textual_keymap(commands: Mapping[str, Command], keys: Keys) -> dict[str, str]:
    """Return the argument for `App.set_keymap` that gives each of `commands` its `keys`; empty if nothing changes.

    At every key press, Textual applies the key map to the bindings of each node again. It moves each binding in the map
    to the end of the node's bindings (and of the footer), and removes all other bindings of its old and new keys. So
    the map must also contain the commands that share such a key, and those in the footer, to keep their order. It
    should not contain all commands, because the time grows with the square of its size.
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
    """Return the other commands that share an old or new key with `named`."""
    touched = {key for id in named for key in (*before[id], *keys[id])}
    return {id for id, theirs in before.items() if touched.intersection(theirs)}.difference(named)
