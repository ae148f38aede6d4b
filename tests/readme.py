"""The tables of the README that are made from the program: `python -m tests.readme` writes them anew."""

from pathlib import Path

from kps_tui.triage.fields import FIELDS
from kps_tui.ui.commands import COMMANDS

README = Path(__file__).parent.parent / "README.md"


def keys() -> str:
    """Return the table of keys, from the registry."""
    lines = ["| keys | what they do |", "|---|---|"]
    for command in COMMANDS:
        shown = " ".join(f"`{key}`" for key in command.shown.split())
        lines.append(f"| {shown} | {command.title} |")
    return "\n".join(lines)


def fields() -> str:
    """Return the table of fields, from their specs."""
    lines = ["| `--sort` field | value of the API |", "|---|---|"]
    lines += [f"| `{field.key}` | `{field.api_name}` |" for field in FIELDS]
    return "\n".join(lines)


def written(text: str) -> str:
    """Return the README `text` with its tables made anew."""
    for name, table in (("keys", keys()), ("fields", fields())):
        begin, end = f"<!-- {name}: written by `python -m tests.readme` -->\n", f"<!-- end of {name} -->"
        before, _, rest = text.partition(begin)
        _, found, after = rest.partition(end)
        if not found:
            raise ValueError(f"the README has no place for the {name}")
        text = f"{before}{begin}{table}\n{end}{after}"
    return text


if __name__ == "__main__":
    README.write_text(written(README.read_text(encoding="utf-8")), encoding="utf-8")
