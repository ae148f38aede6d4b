"""`profiles`: the ways to log in, without their secrets."""

from collections.abc import Mapping
from dataclasses import replace

import click

from kps_tui.cli import complain
from kps_tui.cli.connection import settings_of
from kps_tui.cli.options import shared_options
from kps_tui.i18n import _
from kps_tui.identity import profile_edits
from kps_tui.identity.profiles import check_name, no_such_profile
from kps_tui.identity.vault import Vault
from kps_tui.locations import database_file
from kps_tui.problems import Problem
from kps_tui.sanitize import line
from kps_tui.session.kept_lists import KeptLists
from kps_tui.session.resolve import Context, load_context
from kps_tui.terminal.width import cells, padded
from kps_tui.triage.export import as_json

_COLUMNS = ("name", "kind", "region", "project_id", "endpoint")


def _loaded(options: Mapping[str, object]) -> Context:
    return load_context(replace(settings_of(options), profile=None))


@click.group(invoke_without_command=True, short_help=_("List, rename or remove profiles."))
@click.option("--format", "kind", type=click.Choice(["table", "json"]), default="table", show_default=True)
@shared_options
@click.pass_context
def profiles(context: click.Context, kind: str) -> int | None:
    """List the profiles; `*` marks the one that is used where none is named."""
    if context.invoked_subcommand:
        return None
    loaded = _loaded(context.ensure_object(dict))
    rows = [
        {"default": profile.name == loaded.profile_name} | {name: getattr(profile, name) for name in _COLUMNS}
        for profile in loaded.configuration.profiles.values()
    ]
    if kind == "json":
        print(as_json(rows))
        return 0
    for warning in loaded.configuration.warnings:
        complain(warning)
    lines = [[" ", *_COLUMNS]] + [
        ["*" if row["default"] else " ", *(line(str(row[name])) for name in _COLUMNS)] for row in rows
    ]
    widths = [max(cells(text) for text in column) for column in zip(*lines, strict=True)]
    for texts in lines:
        print("  ".join(padded(text, width) for text, width in zip(texts, widths, strict=True)).rstrip())
    if not rows:
        complain(_("there is no profile yet · make one with kps-tui login"))
    return 0


def _existing(loaded: Context, name: str) -> None:
    if name not in loaded.configuration.profiles:
        raise no_such_profile(loaded.configuration, name, _("this"))


@profiles.command("remove", short_help=_("Remove a profile and its login."))
@click.argument("name")
@shared_options
@click.pass_obj
def remove(options: Mapping[str, object], name: str) -> int:
    """Remove the profile NAME, and its login from the keyring."""
    loaded = _loaded(options)
    _existing(loaded, name)
    if loaded.configuration.profiles[name].kind not in ("agency", "environment"):
        Vault().delete(name)
    profile_edits.remove(loaded.configuration.path, name)
    _forget_lists(name)
    complain(_("profile “{name}” is removed").format(name=line(name, 64)))
    return 0


@profiles.command("rename", short_help=_("Give a profile another name."))
@click.argument("name")
@click.argument("new_name")
@shared_options
@click.pass_obj
def rename(options: Mapping[str, object], name: str, new_name: str) -> int:
    """Rename the profile NAME, and its login in the keyring."""
    loaded = _loaded(options)
    _existing(loaded, name)
    check_name(new_name)
    vault = Vault()
    stored = None
    if loaded.configuration.profiles[name].kind not in ("agency", "environment"):
        stored = vault.read(name)
    if stored is not None:
        vault.write(new_name, stored)
    profile_edits.rename(loaded.configuration.path, name, new_name)
    if stored is not None:
        vault.delete(name)
    _forget_lists(name)
    complain(_("profile “{name}” is “{new}” now").format(name=line(name, 64), new=line(new_name, 64)))
    return 0


def _forget_lists(name: str) -> None:
    """A list that nobody can be shown any more is not left behind."""
    try:
        KeptLists(database_file()).forget(name)
    except Problem as problem:
        complain(str(problem))


@profiles.command("default", short_help=_("Choose the profile that is used where none is named."))
@click.argument("name")
@shared_options
@click.pass_obj
def default(options: Mapping[str, object], name: str) -> int:
    """Use the profile NAME where none is named."""
    loaded = _loaded(options)
    _existing(loaded, name)
    profile_edits.set_default(loaded.configuration.path, name)
    complain(_("profile “{name}” is the default").format(name=line(name, 64)))
    return 0
