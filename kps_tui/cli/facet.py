"""`facet`: prints how often each value of a field occurs."""

from collections.abc import Mapping
from difflib import get_close_matches

from kps_tui.cli.connection import task_settings_of
from kps_tui.cli.loading import load_list
from kps_tui.cli.output import open_output, table_width
from kps_tui.cli.selection import (
    completeness,
    known_to_screen,
    matching_indices,
    options_of_filter,
    print_notes,
    query_asked_for,
)
from kps_tui.i18n import _
from kps_tui.problems import ExitCode, QueryError
from kps_tui.sanitize import line
from kps_tui.triage import facet_export
from kps_tui.triage.facets import ALL, FACETS, count, facet_of_column
from kps_tui.triage.filter import uses_ledger
from kps_tui.triage.incidents import spread_by_value
from kps_tui.triage.knowledge import NOTHING
from kps_tui.triage.standings import OF_LEDGER, Standings

WITH_SPREAD = ("err", "cause")
"""The fields for which JSON also says when and where the tasks of each value failed."""


def print_facet(
    options: Mapping[str, object], field: str | None, view: str | None, where: str, output_format: str
) -> int:
    """Print how often each value of `field` occurs. By default, it is the facet of the saved view.

    Raises:
        ConfigError: there is no view of this name.
        QueryError: `field` is not one of `FACETS`, or there is none.
    """
    if field is not None and field not in FACETS:
        raise _unknown(field)
    settings = task_settings_of(options)
    query = query_asked_for(settings, view, where)
    field = field or query.facet
    if field in ("", ALL):
        raise QueryError(
            _("facet needs a field to count by"), next_step=_("fields: {fields}").format(fields=", ".join(FACETS))
        )
    expression = query.filter
    with load_list(settings) as loaded:
        store = loaded.reading.store
        needs_ledger = field in OF_LEDGER or uses_ledger(expression)
        knowledge = known_to_screen(loaded) if needs_ledger else NOTHING
        indices = matching_indices(expression, loaded, knowledge=knowledge, options=options_of_filter(view, where))
        counted = count(store, indices, field, standings=Standings(knowledge))
        spreads = list(spread_by_value(store, indices, counted)) if field in WITH_SPREAD else []
        with open_output(None, output_format) as out:
            facet_export.write(counted, completeness(loaded), output_format, out, table_width(None), spreads)
        print_notes(loaded)
    return 0 if loaded.complete else ExitCode.INCOMPLETE


def _unknown(field: str) -> QueryError:
    near = facet_of_column(field.casefold()) or next(iter(get_close_matches(field.casefold(), FACETS, n=1)), "")
    return QueryError(
        _("“{field}” is not a field that can be counted").format(field=line(field, 60)),
        why=_("did you mean “{near}”?").format(near=near) if near else "",
        next_step=_("fields: {fields}").format(fields=", ".join(FACETS)),
    )
