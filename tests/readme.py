"""Generates the tables of the README and the manual page: `python -m tests.readme` updates them."""

from pathlib import Path

from kps_tui.cli.commands import SUBCOMMANDS
from kps_tui.cli.manual import as_roff, manual
from kps_tui.cli.topics import EXIT_CODES, FILTERS
from kps_tui.triage.fields import FIELDS, Match
from kps_tui.triage.filter import OF_LEDGER, STANDINGS
from kps_tui.ui.commands import COMMANDS, ELSEWHERE, SHOWN_ELSEWHERE

README = Path(__file__).parent.parent / "README.md"
OPENS = "Open the screen."
MANUAL = README.parent / "man" / "kps-tui.1"


def keys() -> str:
    """Return the table of keys, from the registry."""
    lines = ["| keys | what they do |", "|---|---|"]
    for command in (*COMMANDS, *(command for commands in ELSEWHERE.values() for command in commands)):
        shown = " ".join(f"`{key}`" for key in command.shown.split())
        if shown:
            where = f"{command.group.lower()}: " if command.id in SHOWN_ELSEWHERE else ""
            lines.append(f"| {shown} | {where}{command.words} |")
    return "\n".join(lines)


def commands() -> str:
    """Return the table of commands."""
    lines = ["| command | what it does |", "|---|---|", f"| `kps-tui` | {OPENS} |"]
    return "\n".join([*lines, *(f"| `kps-tui {name}` | {each.summary} |" for name, each in SUBCOMMANDS.items())])


def filters() -> str:
    """Return the table of filters, by example."""
    rows = [f"| `{filter}` | {words} |" for filter, words in FILTERS]
    return "\n".join(["| filter | tasks |", "|---|---|", *rows])


def exit_codes() -> str:
    """Return the table of exit codes."""
    return "\n".join(["| exit code | meaning |", "|---|---|", *(f"| {code} | {words} |" for code, words in EXIT_CODES)])


def ids() -> str:
    """Return the list of command ids for the key configuration."""
    return ", ".join(f"`{command.id}`" for command in COMMANDS if command.id != "app.interrupt")


def fields() -> str:
    """Return the table of fields, from their specs."""
    lines = ["| field | value of the API | a filter value matches |", "|---|---|---|"]
    for field in FIELDS:
        # What depends on several values is found by the runbook.
        derived = f"(of `{field.depends_on[0]}`)" if len(field.depends_on) == 1 else "(of the runbook)"
        value = f"`{field.api_name}`" if field.api_name else derived
        lines.append(f"| `{field.key}` | {value} | {field.match.words} |")
    matched = {"is": ", ".join(f"`{standing}`" for standing in STANDINGS), "note": Match.PART.words}
    lines += [f"| `{name}` | (of the ledger on this host) | {matched[name]} |" for name in OF_LEDGER]
    return "\n".join(lines)


def written(text: str) -> str:
    """Return the README `text` with its tables replaced."""
    tables = {
        "filters": filters(),
        "fields": fields(),
        "exit codes": exit_codes(),
        "commands": commands(),
        "keys": keys(),
        "ids": ids(),
    }
    for name, table in tables.items():
        begin, end = f"<!-- {name}: written by `python -m tests.readme` -->\n", f"<!-- end of {name} -->"
        before, _, rest = text.partition(begin)
        _, found, after = rest.partition(end)
        if not found:
            raise ValueError(f"the README has no place for the {name}")
        text = f"{before}{begin}{table}\n{end}{after}"
    return text


if __name__ == "__main__":
    README.write_text(written(README.read_text(encoding="utf-8")), encoding="utf-8")
    MANUAL.write_text(as_roff(manual()), encoding="utf-8")
