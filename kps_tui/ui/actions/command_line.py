"""A view as a command line: from the screen to a script in one step."""

import shlex

from kps_tui.triage.query import Query
from kps_tui.ui.heading import Heading


def command_line(query: Query, heading: Heading) -> str:
    """Return the command that prints what `query` shows at the place of `heading`; it names no secret."""
    return shlex.join(["kps-tui", "list", *heading.arguments, *query.arguments()])
