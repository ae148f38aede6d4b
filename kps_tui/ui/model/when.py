"""The conditions under which a command is offered: the part of the screen in front, and what must exist."""

from enum import Enum, Flag, auto


class When(Flag):
    """One or several parts of the triage screen."""

    LIST = auto()
    """The table."""
    DETAIL = auto()
    """The detail in full width."""
    GROUPS = auto()
    """The values of one or all facets with their counts."""
    TIMELINE = auto()
    """The timeline, while the user chooses a time range."""
    COMPARISON = auto()
    """Two values of a facet, compared side by side."""
    MAIN = LIST | DETAIL
    ANYWHERE = LIST | DETAIL | GROUPS | TIMELINE | COMPARISON


class Needs(Enum):
    """What must exist for a command to make sense."""

    NOTHING = auto()
    TASK = auto()
    """A task is shown."""
    SHOWN = auto()
    """A task is shown, or may be once the pages that are being loaded have come."""
    LOADED = auto()
    """A task is loaded, or may be once the pages that are being loaded have come."""
    MARKS = auto()
    """A task is marked."""
    REST = auto()
    """The list may not be loaded completely."""
    LAYER = auto()
    """Esc has something to close or undo."""
