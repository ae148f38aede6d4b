"""Functions that filter, count and copy tasks with hostile strings."""

from collections.abc import Sequence

from kps_tui.triage.copies import copies
from kps_tui.triage.facets import TASK_FACETS, count
from kps_tui.triage.fields import BY_KEY
from kps_tui.triage.filter import Matcher, parse
from kps_tui.triage.store import TaskStore
from kps_tui.triage.ticket import TicketHeading, ticket
from kps_tui.ui.widgets.filter.chips import chips, fitted
from tests.fuzz.drawn import assert_safe
from tests.fuzz.places import BATCH, NOW
from tests.fuzz.tasks import batches, full_tasks, tasks_of

LOOKED_AT = 20
"""Number of tasks for each filter."""
PREFIXES = ("", "", *(f"{key}:" for key in BY_KEY), "since:", "-", "~", "err:/", "(", "a or ")


def filters(strings: Sequence[str]) -> int:
    """Every string as a filter: it never raises, survives printing and parsing, and is safe to show."""
    store = TaskStore(tasks_of(strings[:LOOKED_AT]))
    for at, text in enumerate(strings):
        typed = PREFIXES[at % len(PREFIXES)] + text
        parsed = parse(typed, NOW)
        again = parse(str(parsed.expression), NOW)
        assert again.expression == parsed.expression or len(str(parsed.expression)) > len(typed), ascii(typed)
        assert_safe(fitted(chips(parsed.expression), 120, parsed.mistakes).plain, typed)
        for mistake in parsed.mistakes:
            assert_safe(mistake.message, typed)
        Matcher(parsed.expression, NOW).select(store, range(len(store)))
    return len(strings)


def counted(strings: Sequence[str]) -> int:
    """The values of every facet."""
    for batch in batches(strings, BATCH):
        store = TaskStore(tasks_of(batch))
        for field in TASK_FACETS:
            facet = count(store, range(len(store)), field)
            assert sum(value.count for value in facet.values) == len(store)
            for value in facet.values:
                assert_safe(value.value, batch)
    return len(TASK_FACETS) * len(strings)


def taken_away(strings: Sequence[str]) -> int:
    """Copies and tickets."""
    offered = copies("region", "project")
    for batch in batches(strings, BATCH):
        tasks = [*full_tasks(batch)]
        for task in tasks:
            for copy in offered:
                assert_safe(copy.text(task), task, allowed="\n")
        for heading in (batch[0], batch[-1]):
            said = ticket(tasks, TicketHeading(heading, heading, heading, NOW))
            assert_safe(said, batch, allowed="\n")
    return (len(offered) + 1) * len(strings)


TRIAGE = (filters, counted, taken_away)
