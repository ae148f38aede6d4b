"""Saved views: names for a filter, a sort and a facet.

They are kept as texts: what they mean is known above, where tasks are known. `configuration` reads them, `view_edits`
writes them.
"""

from dataclasses import dataclass, fields

from kps_tui.i18n import _
from kps_tui.identity.names import check


@dataclass(frozen=True, slots=True)
class SavedView:
    """One way to look at the tasks. An empty text is not set."""

    name: str
    where: str = ""
    """The filter."""
    sort: str = ""
    """The sort keys."""
    facet: str = ""


VIEW_FIELDS = tuple(item.name for item in fields(SavedView) if item.name != "name")
"""The keys of a view, in the order in which they are written."""


def check_view_name(name: str) -> None:
    """Check that a view may have this name.

    Raises:
        ConfigError: it may not.
    """
    check(name, _("“{name}” can't be the name of a view"))
