"""What can be completed in a shell. Only files of this host are read: neither the service nor the keyring is asked.

Each function takes the context of click, the parameter, and the value so far, and returns every value that begins so.
"""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from click import Context, Parameter
from click.shell_completion import CompletionItem

from kps_tui.i18n import _

Candidates = list[CompletionItem[str]]
_DAYS = ("today", "yesterday")
_MOMENTS = {"since": (*_DAYS, "24h", "7d"), "until": (*_DAYS, "24h", "7d"), "on": _DAYS}
"""Values for the terms of a filter about the time."""


def _beginning(typed: str, values: Mapping[str, str] | Iterable[str], head: str = "", end: str = "") -> Candidates:
    """Return the `values` (with what they mean, if that is known) that begin as typed, between `head` and `end`."""
    words = values if isinstance(values, Mapping) else dict.fromkeys(values, "")
    return [
        CompletionItem(f"{head}{value}{end}", help=help or None)
        for value, help in words.items()
        if value.startswith(typed)
    ]


def files(_context: Context, _param: Parameter, typed: str) -> Candidates:
    """Let the shell complete the name of a file."""
    return [CompletionItem(typed, type="file")]


def profiles(context: Context, _param: Parameter, typed: str) -> Candidates:
    """Return the names of profiles, with their regions."""
    from kps_tui.identity.configuration import load

    found = load(_config_file(context)).profiles
    return _beginning(typed, {name: profile.region or profile.endpoint for name, profile in found.items()})


def views(context: Context, _param: Parameter, typed: str) -> Candidates:
    """Return the names of saved views, with their filters."""
    from kps_tui.identity.configuration import load

    return _beginning(typed, {view.name: view.where for view in load(_config_file(context)).views})


def _config_file(context: Context) -> Path:
    """Return the configuration file that the command line so far names, else the usual one."""
    from kps_tui.locations import config_file

    named = context.ensure_object(dict).get("config") or os.environ.get("KPS_TUI_CONFIG")
    return Path(named).expanduser() if named else config_file()


def regions(_context: Context, _param: Parameter, typed: str) -> Candidates:
    """Return the ids of regions, with their names."""
    from kps_tui.kps.regions import REGIONS

    return _beginning(typed, REGIONS)


def topics(context: Context, _param: Parameter, typed: str) -> Candidates:
    """Return the commands and topics that `help` explains, with what they are; after a command nothing."""
    from kps_tui.cli.commands import SUBCOMMANDS, TOPICS

    if context.params.get("topic"):
        return []
    summaries = {name: subcommand.summary for name, subcommand in SUBCOMMANDS.items()} | TOPICS
    return _beginning(typed, {name: _(summary) for name, summary in summaries.items()})


def languages(_context: Context, _param: Parameter, typed: str) -> Candidates:
    """Return the codes of the languages that texts can be shown in."""
    from kps_tui.i18n import languages

    return _beginning(typed, languages())


def facets(_context: Context, _param: Parameter, typed: str) -> Candidates:
    """Return what tasks can be counted by."""
    from kps_tui.triage.facets import FACETS, facet_title

    return _beginning(typed, {facet: facet_title(facet).lower() for facet in FACETS})


def sort_keys(_context: Context, _param: Parameter, typed: str) -> Candidates:
    """Return the fields that tasks can be sorted by, for the last one that is being typed."""
    from kps_tui.triage.fields import BY_KEY

    before, comma, field = typed.rpartition(",")
    sign = "-" if field.startswith("-") else ""
    labels = {key: spec.label for key, spec in BY_KEY.items()}
    return _beginning(field.removeprefix("-"), labels, f"{before}{comma}{sign}")


def columns(_context: Context, _param: Parameter, typed: str) -> Candidates:
    """Return the fields that can be printed and are not among those typed so far, for the last one of these."""
    from kps_tui.triage.fields import BY_KEY

    before, comma, field = typed.rpartition(",")
    others = {key: spec.label for key, spec in BY_KEY.items() if key not in before.split(",")}
    return _beginning(field, others, f"{before}{comma}")


def filters(context: Context, _param: Parameter, typed: str) -> Candidates:
    """Return the fields, or the values of a field, for the last term of a filter that is being typed."""
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
    """Return the values that a field of a filter is known to have."""
    if field in _MOMENTS:
        return _MOMENTS[field]
    if field == "is":
        from kps_tui.triage.filter import STANDINGS

        return STANDINGS
    if field == "op":
        from kps_tui.triage.runbook_parser import OPERATIONS

        return OPERATIONS
    if field in ("cause", "code"):
        return _causes(context) if field == "cause" else _codes()
    return ()


def _causes(context: Context) -> dict[str, str]:
    from kps_tui.triage.causes import runbook_in_use

    config = _config_file(context)
    if config.with_name("runbook.toml").exists():
        from kps_tui.identity.configuration import load
        from kps_tui.session.own_runbook import use_own_runbook

        use_own_runbook(load(config))
    return {cause.id: _(cause.name) for cause in runbook_in_use().causes}


def _codes() -> dict[str, str]:
    from kps_tui.triage.causes import runbook_in_use

    return {about.code: _(about.meaning) for about in runbook_in_use().codes.values()}


def codes(_context: Context, _param: Parameter, typed: str) -> Candidates:
    """Return the error codes that can be explained."""
    return _beginning(typed, _codes())
