"""Generates the tables of the README and the manual page: `python -m tests.readme` updates them."""

from pathlib import Path

from kps_tui.cli.manual import as_roff, manual
from kps_tui.triage.fields import FIELDS, Match
from kps_tui.triage.filter import OF_LEDGER, STANDINGS
from kps_tui.ui.commands import COMMANDS, ELSEWHERE, SHOWN_ELSEWHERE

README = Path(__file__).parent.parent / "README.md"
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
    for name, table in (("keys", keys()), ("ids", ids()), ("fields", fields())):
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
