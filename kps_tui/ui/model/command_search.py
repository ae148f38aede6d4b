"""The list of commands without Textual: what it shows of each command, and the search for a text."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """A command in the list, in the language of the user."""

    id: str
    keys: str
    """Its keys as they are shown, after the user's configuration."""
    title: str
    group: str
    brief: str
    """A shorter title, for the overview."""
    synonyms: str = ""
    """Other words that find it."""
    obstacle: str = ""
    """Why it can't be run now; empty if it can."""


@dataclass(frozen=True, slots=True)
class Section:
    """Some commands under a title."""

    title: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class CommandIndex:
    """All commands: first the overview of the most important ones, then the rest. No command is listed twice."""

    overview: tuple[Section, ...]
    rest: tuple[Section, ...]

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All commands, in the order of the list."""
        return tuple(entry for section in (*self.overview, *self.rest) for entry in section.entries)


def search(entries: Sequence[Entry], typed: str) -> list[Entry]:
    """Return the commands that match `typed`, the best first: by key or id, title, synonym, then by parts of words.

    Every word of `typed` must match. A colon at its beginning, as it is shown for commands without a key, is ignored.
    """
    text = typed.strip()
    words = (text.removeprefix(":") or text).casefold().split()
    ranked = [(_rank(entry, text, words), entry) for entry in entries]
    return [entry for rank, entry in sorted(ranked, key=lambda pair: pair[0]) if rank < _NOT_FOUND]


_NOT_FOUND = 5


def _rank(entry: Entry, typed: str, words: Sequence[str]) -> int:
    title = entry.title.casefold()
    name = entry.id.partition(".")[2]
    names = f"{title} {entry.synonyms} {name}".casefold()
    everything = f"{names} {entry.id} {entry.group}".casefold()
    criteria = (
        typed in entry.keys.split() or name == "".join(words),
        title.startswith(" ".join(words)),
        _begins_words(title, words),
        _begins_words(names, words),
        all(word in everything for word in words),
    )
    return criteria.index(True) if True in criteria else _NOT_FOUND


def _begins_words(text: str, words: Sequence[str]) -> bool:
    """Return whether each of `words` begins a word of `text`."""
    begun = text.replace(":", " ").replace("(", " ").split()
    return all(any(one.startswith(word) for one in begun) for word in words)
