"""The user's own runbook: `runbook.toml` beside the configuration, in the same format as the program's."""

from pathlib import Path

from kps_tui import files
from kps_tui.i18n import counted
from kps_tui.identity.config_reader import Reader
from kps_tui.identity.profiles import Configuration
from kps_tui.problems import ConfigError
from kps_tui.sanitize import line
from kps_tui.triage.causes import program_runbook, use_own

MOST_MISTAKES = 20
"""The most mistakes that are named; further ones are only counted."""


def runbook_file(configuration: Configuration) -> Path:
    """Return the path of the user's runbook, which need not exist."""
    return configuration.path.with_name("runbook.toml")


def use_own_runbook(configuration: Configuration) -> tuple[str, ...]:
    """Put the user's runbook before that of the program, and return a sentence for each mistake in it.

    Only the entry with a mistake is left out; a file that can't be read, or is not TOML, counts as missing.

    Raises:
        ConfigError: another user could have changed the file.
    """
    path = runbook_file(configuration)
    is_refused = files.changeable_by_others(path) is not None
    try:
        reader = Reader.of_file(path)
        tables = reader.parsed() if reader.text_read else {}
    except ConfigError as error:
        if is_refused:
            raise
        use_own(None)
        return (str(error),)
    if not tables:
        use_own(None)
        return ()
    # Not imported for users without a runbook of their own.
    from kps_tui.triage.runbook_parser import parse

    known = frozenset(cause.id for cause in program_runbook().causes) if "operations" in tables else frozenset()
    runbook, mistakes = parse(tables, known)
    use_own(runbook)
    said = [str(reader.wrong(mistake.keys, mistake.why, mistake.allowed)) for mistake in mistakes[:MOST_MISTAKES]]
    if more := len(mistakes) - len(said):
        where = line(str(path), 200)
        said.append(counted(more, "{path}: {count} more mistake", "{path}: {count} more mistakes", path=where))
    return tuple(said)
