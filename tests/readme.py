"""Generates the tables of the README and the manual page, in each language: `python -m tests.readme` updates them."""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from kps_tui.cli.commands import SUBCOMMANDS
from kps_tui.cli.manual import as_roff, manual
from kps_tui.cli.topics import EXIT_CODES, FILTERS
from kps_tui.i18n import SOURCE, _, use_language
from kps_tui.triage.fields import FIELDS, Match
from kps_tui.triage.filter import OF_LEDGER, STANDING_WORDS
from kps_tui.ui.commands import COMMANDS, WIDGET_COMMANDS, WIDGET_KEYS

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
READMES = {SOURCE: README, "zh_CN": ROOT / ".github" / "README.zh-CN.md"}
"""By language."""
MANUALS = {SOURCE: ROOT / "man" / "kps-tui.1", "zh_CN": ROOT / "man" / "zh_CN" / "kps-tui.1"}
"""By language."""
WORDS = {
    SOURCE: {
        "filters": "filter | tasks",
        "fields": "field | value of the API | a filter value matches",
        "exit codes": "exit code | meaning",
        "commands": "command | what it does",
        "keys": "keys | what they do",
        "opens": "Open the screen.",
        "where": "{where}: {words}",
        "of": "(of {source})",
        "runbook": "(of the runbook)",
        "ledger": "(of the ledger on this host)",
        ",": ", ",
    },
    "zh_CN": {
        "filters": "筛选条件 | 任务",
        "fields": "字段 | API 中的值 | 筛选条件如何匹配",
        "exit codes": "退出码 | 含义",
        "commands": "命令 | 作用",
        "keys": "按键 | 作用",
        "opens": "打开界面。",
        "where": "{where}：{words}",
        "of": "（由 {source} 得出）",
        "runbook": "（由排障手册得出）",
        "ledger": "（由本机的台账得出）",
        ",": "、",
    },
}
"""The texts of the tables that are not texts of the program."""


def table(titles: str, rows: Iterable[tuple[str, ...]]) -> str:
    """Return a table in Markdown."""
    lines = [f"| {titles} |", "|---" * (titles.count("|") + 1) + "|"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])


def keys(words: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the rows of the table of keys, from the registry."""
    for command in (*COMMANDS, *(command for commands in WIDGET_COMMANDS.values() for command in commands)):
        if command.shown:
            where = _(command.group)
            said = words["where"].format(where=where[:1].lower() + where[1:], words=command.words)
            shown = " ".join(f"`{key}`" for key in command.shown.split())
            yield shown, said if command.id in WIDGET_KEYS else command.words


def commands(words: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the rows of the table of commands."""
    yield "`kps-tui`", words["opens"]
    for name, each in SUBCOMMANDS.items():
        yield f"`kps-tui {name}`", _(each.summary)


def ids(words: dict[str, str]) -> str:
    """Return the list of command ids for the key configuration."""
    return words[","].join(f"`{command.id}`" for command in COMMANDS if command.id != "app.interrupt")


def fields(words: dict[str, str]) -> Iterator[tuple[str, str, str]]:
    """Yield the rows of the table of fields, from their specs."""
    for field in FIELDS:
        # What depends on several values is found by the runbook.
        is_derived = len(field.depends_on) == 1
        derived = words["of"].format(source=f"`{field.depends_on[0]}`") if is_derived else words["runbook"]
        yield f"`{field.key}`", f"`{field.api_name}`" if field.api_name else derived, field.match.words
    matched = {"is": words[","].join(f"`{standing}`" for standing in STANDING_WORDS), "note": Match.PART.words}
    for name in OF_LEDGER:
        yield f"`{name}`", words["ledger"], matched[name]


def written(text: str, language: str = SOURCE) -> str:
    """Return the README `text` with its tables replaced."""
    words = WORDS[language]
    with texts_in(language):
        parts = {
            "filters": table(words["filters"], ((f"`{filter}`", _(tasks)) for filter, tasks in FILTERS)),
            "fields": table(words["fields"], fields(words)),
            "exit codes": table(words["exit codes"], ((code, _(meaning)) for code, meaning in EXIT_CODES)),
            "commands": table(words["commands"], commands(words)),
            "keys": table(words["keys"], keys(words)),
            "ids": ids(words),
        }
    for name, part in parts.items():
        begin, end = f"<!-- {name}: written by `python -m tests.readme` -->\n", f"<!-- end of {name} -->"
        before, _begin, rest = text.partition(begin)
        _old, found, after = rest.partition(end)
        if not found:
            raise ValueError(f"the README has no place for the {name}")
        text = f"{before}{begin}{part}\n{end}{after}"
    return text


def manual_page(language: str) -> str:
    """Return the source of the manual page."""
    with texts_in(language):
        return as_roff(manual())


@contextmanager
def texts_in(language: str) -> Iterator[None]:
    """Show texts in `language` until the block ends, then as the source has them."""
    before = os.environ.get("LANGUAGE", "")
    assert use_language(language) or language == SOURCE
    try:
        yield
    finally:
        use_language("")
        os.environ["LANGUAGE"] = before


if __name__ == "__main__":
    for language, path in READMES.items():
        path.write_text(written(path.read_text(encoding="utf-8"), language), encoding="utf-8")
    for language, path in MANUALS.items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(manual_page(language), encoding="utf-8")
