"""The band above the table: what the tasks of the most important incident have in common."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from rich.cells import cell_len
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from kps_tui.clock import Clock, utc_now
from kps_tui.i18n import BETWEEN, _, counted, listed, number
from kps_tui.triage.filter import EVERYTHING
from kps_tui.ui.model.incident_finder import Incidents
from kps_tui.ui.model.load_state import LoadState
from kps_tui.ui.widgets.task_table.render import INCIDENT, fit

GAP = "  "
"""Blanks between the text and the keys."""


def incident_base(incidents: Incidents, load: LoadState) -> str:
    """Return what the numbers are based on: `31 new`, `40 shown`, `1,000 loaded`, `all 2,500`."""
    count = incidents.task_count
    if incidents.is_new:
        return counted(count, "{count} new", "{count} new")
    if incidents.view.query.filter != EVERYTHING:
        return counted(count, "{count} shown", "{count} shown")
    if load.extent.at_end:
        return counted(count, "all {count}", "all {count}")
    return counted(count, "{count} loaded", "{count} loaded")


def lines(incidents: Incidents, load: LoadState, width: int, height: int, now: datetime) -> list[Content]:
    """Return the lines of the band, at most `height`, each of at most `width` cells; none without an incident."""
    from kps_tui.triage import incident_words as words

    incident, spread = incidents.first, incidents.spread
    if incident is None or spread is None:
        return []
    tasks = _("{count} of {base}").format(count=number(len(incident.tasks)), base=incident_base(incidents, load))
    servers, times = words.servers(spread), words.times(incident, now)
    rest = [_("R loads the rest")] if not incidents.is_falling and not load.extent.at_end else []
    if height < 2:
        lead = _("{tasks}: {what}").format(tasks=tasks, what=words.in_short(incident))
        key_pair = words.key_pairs(spread, is_short=True)
        forms = [[lead, servers, key_pair, times], [lead, servers, key_pair], [lead, servers], [lead]]
        return [_line(forms, listed, [_("x why"), *rest], width).stylize("bold")]
    lead = _("{tasks} {share}").format(tasks=tasks, share=words.sharing(incident))
    key_pair, operation = words.key_pairs(spread), incident.operation
    forms = [
        [lead, operation, key_pair, words.servers(spread, families=4), times],
        [lead, operation, key_pair, words.servers(spread, families=2), times],
        [lead, key_pair, words.servers(spread, families=2), times],
        [lead, key_pair, servers, times],
        [lead, key_pair, servers],
        [lead, servers],
    ]
    keys = [_("x explains"), _("i only these")]
    said = [
        # The key that loads the rest stands beside the numbers that may change with it.
        _line(forms, BETWEEN.join, rest, width).stylize("bold"),
        _line([[words.cause(incident), words.first_check(incident)]], BETWEEN.join, keys, width),
    ]
    if height > 2 and incidents.task_count > len(incident.tasks):
        said.append(_others(incidents, width).stylize("dim"))
    return said


def _line(
    forms: Sequence[Sequence[str]], joined: Callable[[Iterable[str]], str], keys: Sequence[str], width: int
) -> Content:
    """Return the first of `forms` that fits beside `keys`, else the last one, cut."""
    right = BETWEEN.join(keys)
    room = width - (cell_len(right) + len(GAP) if right else 0)
    texts = [joined(filter(None, form)) for form in forms]
    text = next((text for text in texts if cell_len(text) <= room), texts[-1])
    return Content(fit(text, room) + (GAP + right if right else ""))


def _others(incidents: Incidents, width: int) -> Content:
    """Return why the other tasks failed, as many causes as fit."""
    from kps_tui.triage import incident_words as words

    assert incidents.first is not None
    count = incidents.task_count - len(incidents.first.tasks)
    lead = counted(count, "the other one: ", "the other {count}: ")
    causes = list(words.others(incidents.others))
    forms = [
        [BETWEEN.join([*causes[:end], *([] if end == len(causes) else ["…"])])] for end in range(len(causes), 0, -1)
    ]
    return Content(lead) + _line(forms, BETWEEN.join, [], width - cell_len(lead))


class WhyBand(Widget):
    """Shows the most important incident; without one it is hidden. Its height comes from the style sheet.

    It stays in sight while other rows are searched, so that the table does not jump.
    """

    incidents: reactive[Incidents] = reactive(Incidents)
    load: reactive[LoadState] = reactive(LoadState)

    def __init__(self, now: Clock = utc_now) -> None:
        super().__init__()
        self._now = now

    def watch_incidents(self, incidents: Incidents) -> None:
        """Show the band if there is an incident, or while one is searched for."""
        self.set_class(incidents.first is not None or incidents.is_searching, "-shown")

    def render(self) -> Content:
        """Render the lines."""
        width, height = self.content_size
        if self.incidents.is_searching:
            return Content.styled(_("looking for what the tasks share …"), "dim")
        sign = Content.styled(INCIDENT, "bold $text-warning")
        said = lines(self.incidents, self.load, width - 1, height, self._now())
        return Content("\n").join(sign + line for line in said)
