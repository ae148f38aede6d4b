"""The values that a shell completes. They come from local files: neither the service nor the keyring is asked.

Each public function is a `shell_complete` of click: it takes the context, the parameter and the word so far, and
returns the values that begin with that.
"""

import os
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from click import Context, Parameter
from click.shell_completion import CompletionItem

from kps_tui.i18n import _
from kps_tui.problems import Problem

Candidates = list[CompletionItem[str]]
_DAYS = ("today", "yesterday")
_MOMENTS = {"since": (*_DAYS, "24h", "7d"), "until": (*_DAYS, "24h", "7d"), "on": _DAYS}
"""Values of the filter terms for times."""
PLAIN_ID = r"[0-9A-Za-z][0-9A-Za-z._-]*"
"""The task ids that are offered: those that mean the same in every shell, quoted or not."""
MOST_IDS = 200
MOST_ROWS = 100_000
"""The most ids that are offered, and the most rows of a saved list that are looked at: a Tab must be quick."""


def _beginning(typed: str, values: Mapping[str, str] | Iterable[str], head: str = "", end: str = "") -> Candidates:
    """Return the `values` that begin with `typed`, each between `head` and `end`; a mapping has their meanings."""
    words = values if isinstance(values, Mapping) else dict.fromkeys(values, "")
    return [
        CompletionItem(f"{head}{value}{end}", help=help or None)
        for value, help in words.items()
        if value.startswith(typed)
    ]


def files(_context: Context, _param: Parameter, typed: str) -> Candidates:
    """Let the shell complete a file name."""
    return [CompletionItem(typed, type="file")]


def profiles(context: Context, _param: Parameter, typed: str) -> Candidates:
    """Return the names of the profiles, with their regions or endpoints."""
    from kps_tui.identity.configuration import load

    found = load(_config_file(context)).profiles
    return _beginning(typed, {name: profile.region or profile.endpoint for name, profile in found.items()})


def views(context: Context, _param: Parameter, typed: str) -> Candidates:
    """Return the names of the saved views, with their filters."""
    from kps_tui.identity.configuration import load

    return _beginning(typed, {view.name: view.where for view in load(_config_file(context)).views})


def _config_file(context: Context) -> Path:
    """Return the configuration file of the command line so far."""
    from kps_tui.locations import config_file

    return config_file(context.ensure_object(dict).get("config") or os.environ.get("KPS_TUI_CONFIG"))


def regions(_context: Context, _param: Parameter, typed: str) -> Candidates:
    """Return the ids of the regions, with their names."""
    from kps_tui.kps.regions import REGIONS

    return _beginning(typed, {region: _(name) for region, name in REGIONS.items()})


def topics(context: Context, _param: Parameter, typed: str) -> Candidates:
    """Return the commands and topics that `help` explains, with descriptions; nothing after the first word."""
    from kps_tui.cli.commands import SUBCOMMANDS, TOPICS

    if context.params.get("topic"):
        return []
    summaries = {name: subcommand.summary for name, subcommand in SUBCOMMANDS.items()} | TOPICS
    return _beginning(typed, {name: _(summary) for name, summary in summaries.items()})


def languages(_context: Context, _param: Parameter, typed: str) -> Candidates:
    """Return the codes of the available languages."""
    from kps_tui.i18n import languages

    return _beginning(typed, languages())


def facets(_context: Context, _param: Parameter, typed: str) -> Candidates:
    """Return the facets: what tasks can be counted by."""
    from kps_tui.triage.facets import FACETS, facet_title

    return _beginning(typed, {facet: facet_title(facet).lower() for facet in FACETS})


def sort_keys(_context: Context, _param: Parameter, typed: str) -> Candidates:
    """Return the fields that tasks can be sorted by, to complete the last one of the list."""
    from kps_tui.triage.fields import BY_KEY

    before, comma, field = typed.rpartition(",")
    sign = "-" if field.startswith("-") else ""
    labels = {key: spec.label for key, spec in BY_KEY.items()}
    return _beginning(field.removeprefix("-"), labels, f"{before}{comma}{sign}")


def columns(_context: Context, _param: Parameter, typed: str) -> Candidates:
    """Return the fields that can be printed and are not in the list yet, to complete its last one."""
    from kps_tui.triage.fields import BY_KEY

    before, comma, field = typed.rpartition(",")
    others = {key: spec.label for key, spec in BY_KEY.items() if key not in before.split(",")}
    return _beginning(field, others, f"{before}{comma}")


def filters(context: Context, _param: Parameter, typed: str) -> Candidates:
    """Return the fields, or the values of a field, to complete the last term of a filter."""
    at = max(typed.rfind(stop) for stop in " (") + 1
    at += len(typed[at:]) - len(typed[at:].lstrip("-!"))
    head, term = typed[:at], typed[at:]
    name, colon, value = term.partition(":")
    if not colon:
        return _beginning(term, _terms(), head, ":")
    before, comma, value = value.rpartition(",")
    return _beginning(value, _values(context, name.casefold()), f"{head}{name}:{before}{comma}")


def _terms() -> dict[str, str]:
    from kps_tui.triage.fields import BY_KEY

    return {key: field.label for key, field in BY_KEY.items()} | {
        "is": _("new, acknowledged, open or repeated"),
        "note": _("your note"),
        "since": _("from this time on"),
        "until": _("before this time"),
        "on": _("on this day"),
    }


def _values(context: Context, field: str) -> Mapping[str, str] | Iterable[str]:
    """Return the known values of a field of filters."""
    if field in _MOMENTS:
        return _MOMENTS[field]
    if field == "is":
        from kps_tui.triage.filter import STANDING_WORDS

        return STANDING_WORDS
    if field == "op":
        from kps_tui.triage.runbook_parser import OPERATIONS

        return OPERATIONS
    if field in ("cause", "code"):
        return _causes(context) if field == "cause" else _codes()
    return ()


def _causes(context: Context) -> dict[str, str]:
    from kps_tui.triage.causes import runbook_in_use

    config = _config_file(context)
    if os.access(config.with_name("runbook.toml"), os.R_OK):
        from kps_tui.identity.configuration import load
        from kps_tui.session.own_runbook import use_own_runbook

        use_own_runbook(load(config))
    return {cause.id: _(cause.name) for cause in runbook_in_use().causes}


def _codes() -> dict[str, str]:
    from kps_tui.triage.causes import runbook_in_use

    return {about.code: _(about.meaning) for about in runbook_in_use().codes.values()}


def task_ids(context: Context, _param: Parameter, typed: str) -> Candidates:
    """Return ids of tasks in the list that was saved last, with what failed."""
    return _beginning(typed, _saved_tasks(context, typed))


def subjects(context: Context, _param: Parameter, typed: str) -> Candidates:
    """Return the ids and the error codes that can be explained; after the first word nothing."""
    from kps_tui.triage.task_ids import TASK_ID

    if context.params.get("subject"):
        return []
    ids = {id: about for id, about in _saved_tasks(context, typed).items() if TASK_ID.fullmatch(id)}
    return _beginning(typed, ids | _codes())


def _saved_tasks(context: Context, typed: str) -> dict[str, str]:
    """Return what failed by the ids of the saved tasks that begin with `typed`; empty if no list can be read.

    The list is that of the profile and the place that the command line so far names.
    """
    from kps_tui.locations import database_file
    from kps_tui.session.resolve import load_context
    from kps_tui.settings import settings_from
    from kps_tui.storage.snapshot import ListKey
    from kps_tui.triage.fields import BY_KEY, portable_text

    with suppress(Problem, OSError, ValueError):
        settings = settings_from(context.ensure_object(dict), os.environ)
        path = database_file()
        if settings.demo or not path.exists():
            return {}
        found = load_context(settings, {**os.environ})
        place = found.place()
        if not found.configuration.snapshot or not place.project_id:
            return {}
        from kps_tui.storage.snapshot_store import Snapshots

        key = ListKey(found.profile_name, place.endpoint.netloc, place.project_id)
        tasks = Snapshots(path).tasks_beginning(key, typed, rows=MOST_ROWS, most=MOST_IDS)
        fields = [BY_KEY[name] for name in ("op", "server", "err")]
        return {
            task.task_id: " ".join(filter(None, (portable_text(field, task) for field in fields)))
            for task in tasks
            if re.fullmatch(PLAIN_ID, task.task_id, re.ASCII)
        }
    return {}
