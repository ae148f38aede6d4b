"""What Textual must be told, so that commands have other keys than their bindings say.

Textual puts a key map over the bindings of each node anew for each key pressed. What has a new key goes to the end of
the node's bindings (and of the footer), and takes away whatever else lies on the keys that it had and gets. So more is
named than what changed; and not everything, because the time grows with the square of what is named.
"""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from kps_tui.ui.key_names import no_key
from kps_tui.ui.key_requests import Keys

if TYPE_CHECKING:
    from kps_tui.ui.commands import Command

HIDDEN = {"table.first": "ctrl+home", "table.last": "ctrl+end"}
"""Keys that the table has beside those of the registry."""
CHOOSE, DETAIL = "table.choose", "look.detail"
"""The table's own Enter does what the registry calls `look.detail`."""


def keys_of(command: "Command") -> tuple[str, ...]:
    """Return the keys that the registry gives it."""
    return tuple(key for key in command.keys.split(",") if key)


def overlay(commands: Mapping[str, "Command"], keys: Keys) -> dict[str, str]:
    """Return what `App.set_keymap` must get, so that each of `commands` has its `keys`; empty where nothing changes."""
    before = {id: keys_of(command) for id, command in commands.items()}
    changed = {id for id in commands if keys[id] != before[id]}
    if not changed:
        return {}
    new = {key for id in changed for key in keys[id] if key not in before[id]}
    hidden = {id: key for id, key in HIDDEN.items() if id in commands}
    named = changed | {id for id, command in commands.items() if command.footer}
    named |= {id for id, key in hidden.items() if key in new}
    while more := _beside(named, before, keys):
        named |= more
    beside = {id: (key,) for id, key in hidden.items() if key not in new and keys[id]}
    told = {id: ",".join((*keys[id], *beside.get(id, ()))) or no_key(id) for id in commands if id in named}
    if DETAIL in commands and "enter" not in keys[DETAIL]:
        told[CHOOSE] = no_key(CHOOSE)
    return told


def _beside(named: Iterable[str], before: Keys, keys: Keys) -> set[str]:
    """Return what shares a key with what is named."""
    touched = {key for id in named for key in (*before[id], *keys[id])}
    return {id for id, theirs in before.items() if touched.intersection(theirs)}.difference(named)
