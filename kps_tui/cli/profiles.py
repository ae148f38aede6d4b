"""`profiles`: lists, removes and renames profiles, and chooses the default. No secret is printed."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from kps_tui.blocking import run
from kps_tui.cli.connection import settings_of
from kps_tui.cli.login import print_problems
from kps_tui.cli.messages import print_message
from kps_tui.cli.output import open_output
from kps_tui.i18n import _
from kps_tui.identity import edits
from kps_tui.identity.configuration import load
from kps_tui.identity.login_kinds import is_in_keyring
from kps_tui.identity.profiles import Configuration
from kps_tui.identity.vault import KeyringOutcomes, Vault
from kps_tui.locations import database_file
from kps_tui.problems import ConfigError, Problem
from kps_tui.sanitize import line
from kps_tui.session.cached_lists import CachedLists
from kps_tui.session.resolve import Context, load_context
from kps_tui.terminal.width import cells, padded
from kps_tui.triage.export import as_json

_COLUMNS = ("name", "kind", "region", "project_id", "endpoint")


def _context_of(options: Mapping[str, object]) -> Context:
    return load_context(replace(settings_of(options), profile=None))


def print_profiles(options: Mapping[str, object], output_format: str) -> int:
    """Print the profiles, with a mark at the default."""
    context = _context_of(options)
    rows = [
        {"default": profile.name == context.profile_name} | {name: getattr(profile, name) for name in _COLUMNS}
        for profile in context.configuration.profiles.values()
    ]
    for warning in context.configuration.warnings:
        print_message(warning)
    if output_format == "json":
        with open_output(None, output_format) as out:
            print(as_json(rows), file=out)
        return 0
    if not rows:
        print_message(_("there is no profile yet · create one with kps-tui login"))
        return 0
    lines = [[" ", *_COLUMNS]] + [
        ["*" if row["default"] else " ", *(line(str(row[name])) for name in _COLUMNS)] for row in rows
    ]
    widths = [max(cells(text) for text in column) for column in zip(*lines, strict=True)]
    for texts in lines:
        print("  ".join(padded(text, width) for text, width in zip(texts, widths, strict=True)).rstrip())
    return 0


def remove(options: Mapping[str, object], name: str) -> int:
    """Remove the login of the profile from the keyring, then the profile, then its saved lists."""
    configuration = _context_of(options).configuration
    edits.check_change(configuration, name)
    outcomes = KeyringOutcomes()
    if _has_item(configuration, name):
        outcomes = run(Vault().delete(name, configuration.profiles[name].keyring))
    stays = _("removed the login of profile “{name}”, the profile stays").format(name=line(name, 64))
    if outcomes.problems:
        if outcomes.done:
            print_message(stays)
        return print_problems(outcomes, name)
    try:
        edits.remove_profile(configuration.path, name)
    except ConfigError:
        if outcomes.done:
            print_message(stays)
        raise
    _forget_lists(name)
    print_message(_("removed profile “{name}”").format(name=line(name, 64)))
    _warn_of_namesake(configuration.path, name)
    return 0


def rename(options: Mapping[str, object], name: str, new_name: str) -> int:
    """Copy the login to the new name, rename the profile, then delete the old login.

    If a step fails, a message says what is left in the keyring.
    """
    configuration = _context_of(options).configuration
    edits.check_change(configuration, name)
    edits.check_new_name(configuration, new_name)
    vault = Vault()
    copied = _copied(vault, configuration, name, new_name)
    try:
        edits.rename_profile(configuration.path, name, new_name)
    except ConfigError:
        if copied:
            _forget(vault, new_name)
        raise
    _forget_lists(name)
    print_message(_("renamed profile “{name}” to “{new}”").format(name=line(name, 64), new=line(new_name, 64)))
    _warn_of_namesake(configuration.path, name)
    return _forget(vault, name) if copied else 0


def _has_item(configuration: Configuration, name: str) -> bool:
    """Return whether the login of the profile is stored in the keyring."""
    return is_in_keyring(configuration.profiles[name].kind)


def _copied(vault: Vault, configuration: Configuration, name: str, new_name: str) -> bool:
    """Copy the login of a profile to its new name in every keyring that has it; return whether any had it.

    Raises:
        CredentialError: it could not be copied in the keyring that the profile names, or in any keyring.
    """
    if not _has_item(configuration, name):
        return False
    kept_in = configuration.profiles[name].keyring
    copied = run(vault.copy(name, new_name))
    problems = [problem for title, problem in copied.problems.items() if title == kept_in or not copied.done]
    if problems:
        if copied.done:
            _forget(vault, new_name)
        raise problems[0]
    return bool(copied.done)


def _forget(vault: Vault, name: str) -> int:
    """Delete the logins of `name` that a rename no longer needs. Print which are left, and return the exit code."""
    outcomes = run(vault.delete(name))
    said = _("a copy of the login is still in the keyring under “{name}”: {problem}")
    for problem in outcomes.problems.values():
        print_message(said.format(name=line(name, 64), problem=problem))
    return outcomes.exit_code


def _forget_lists(name: str) -> None:
    """Delete the saved lists of a profile that no longer exists."""
    try:
        CachedLists(database_file()).forget(name)
    except Problem as problem:
        print_message(str(problem))


def _warn_of_namesake(path: Path, name: str) -> None:
    """Warn if the user's file has a profile `name` too, which takes effect again now that the program's is gone."""
    configuration = load(path)
    if name in configuration.profiles:
        said = _("the profile “{name}” in {where} is used again; remove it there if you don't want that")
        print_message(said.format(name=line(name, 64), where=edits.where_written(configuration, "profiles", name)))


def set_default(options: Mapping[str, object], name: str) -> int:
    """Write the default profile into the program's own file."""
    configuration = _context_of(options).configuration
    edits.set_default(configuration.path, name)
    said = _("profile “{name}” is the default")
    where = ""
    if name not in configuration.saved:
        said = _("profile “{name}” is the default; it is set in {where}, which kps-tui does not edit")
        where = edits.where_written(configuration, "profiles", name)
    print_message(said.format(name=line(name, 64), where=where))
    return 0
