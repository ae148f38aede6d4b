"""The line that stays in the terminal after the screen has closed."""

from kps_tui.i18n import _, listed
from kps_tui.sanitize import line
from kps_tui.session.extent import Extent
from kps_tui.triage.standings import Standing, Standings
from kps_tui.ui.heading import Heading
from kps_tui.ui.standing_words import acknowledged_words, new_words, open_words


def parting_line(heading: Heading, extent: Extent, standings: Standings) -> str:
    """Return what was shown last: `kps-tui prod/cn-north-4 shop-prod: 2,500 failed, 31 new, …`; empty without a list.

    It leaves out what is new and acknowledged if the ledger could not be read.
    """
    if not extent.pages:
        return ""
    place = "/".join(line(part, 60) for part in (heading.profile, heading.place) if part)
    parts = [extent.failed]
    knowledge = standings.knowledge
    if knowledge.is_first_visit or knowledge.visit:
        is_first = knowledge.is_first_visit and not standings.count(Standing.NEW)
        parts.append(_("first visit") if is_first else new_words(standings, extent))
        parts += [acknowledged_words(standings, extent), open_words(standings, extent)]
    where = " ".join(filter(None, (_("DEMO") if heading.demo else "", place, line(heading.project, 64))))
    loaded = extent.progress or _("all loaded")
    return _("kps-tui {where}: {parts} ({loaded})").format(where=where, parts=listed(parts), loaded=loaded)
