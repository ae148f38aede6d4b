"""Says how many tasks are new, acknowledged and open. Until all are loaded, the numbers are lower bounds."""

from datetime import UTC, datetime

from kps_tui.i18n import _, counted
from kps_tui.session.extent import Extent
from kps_tui.triage.standings import Standing, Standings
from kps_tui.ui.age import since_time


def new_words(standings: Standings, extent: Extent) -> str:
    """Return `31 new` or `≥ 31 new`."""
    count = standings.count(Standing.NEW)
    if extent.at_end:
        return counted(count, "{count} new", "{count} new")
    return counted(count, "≥ {count} new", "≥ {count} new")


def acknowledged_words(standings: Standings, extent: Extent) -> str:
    """Return `9 acknowledged` or `≥ 9 acknowledged`."""
    count = standings.count(Standing.ACKED)
    if extent.at_end:
        return counted(count, "{count} acknowledged", "{count} acknowledged")
    return counted(count, "≥ {count} acknowledged", "≥ {count} acknowledged")


def open_words(standings: Standings, extent: Extent) -> str:
    """Return `2,491 open` or `≥ 991 open`: the tasks that are not acknowledged."""
    count = len(standings.flags) - standings.count(Standing.ACKED)
    if extent.at_end:
        return counted(count, "{count} open", "{count} open")
    return counted(count, "≥ {count} open", "≥ {count} open")


def since_words(standings: Standings, extent: Extent, now: datetime) -> str:
    """Return how many tasks are new, and since when: `first visit`, `31 new since Wed 18:02`, `nothing new since …`.

    It is empty until there are rows and the ledger has been read. If the ledger can't be read, only the tasks that
    arrived during this visit count as new.
    """
    knowledge, is_any = standings.knowledge, standings.count(Standing.NEW) > 0
    new = new_words(standings, extent)
    if knowledge.is_first_visit:
        return _("first visit, {new}").format(new=new) if is_any else _("first visit")
    if knowledge.visit is None or not extent.loaded:
        return new if is_any else ""
    if not is_any and extent.at_end:
        new = _("nothing new")
    last = datetime.fromtimestamp(knowledge.visit.started / 1000, UTC)
    return _("{new} since {time}").format(new=new, time=since_time(last, now))
