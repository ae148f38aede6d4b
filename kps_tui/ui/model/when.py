"""What has the keys on the screen of the tasks: commands name where they mean something."""

from enum import Flag, auto


class When(Flag):
    """One part of the screen, or several."""

    LIST = auto()
    """The table."""
    DETAIL = auto()
    """The detail, while it has the whole width."""
    GROUPS = auto()
    """The counted values of one or all facets."""
    TIME_LINE = auto()
    """The time-line, while a stretch of time is chosen."""
    MAIN = LIST | DETAIL
    ANYWHERE = LIST | DETAIL | GROUPS | TIME_LINE


class Needs(Flag):
    """What must be there for a command to make sense."""

    NOTHING = 0
    TASK = auto()
    """A task is shown."""
    MARKS = auto()
    """A task is marked."""
    REST = auto()
    """There is more of the list to load, as far as is known."""
    LAYER = auto()
    """There is something that Esc takes away."""
