"""The translations of `kps_tui/locale`: complete, and with the placeholders, blanks and colons of the source."""

import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from babel.messages.catalog import Message

from kps_tui.cli.doctor import NAME_CELLS
from kps_tui.doctor.finding import NAMES
from kps_tui.i18n import _
from kps_tui.terminal.width import cells
from kps_tui.triage.fields import FIELDS
from kps_tui.ui.commands import BRIEF_CELLS, COMMANDS, TITLE_CELLS, WIDGET_COMMANDS
from tests.catalogue import catalogue_of, translations, updated
from tests.readme import texts_in

pytestmark = pytest.mark.xdist_group("texts")
IN_PROGRESS: frozenset[str] = frozenset({"zh_CN"})
"""Languages whose translation has begun and may lack texts, which are then shown as the source has them."""
_KEPT = re.compile(r"\{[^{}]*\}|%\([a-z_]+\)[a-z]|`[^`]*`")
"""Placeholders, and commands and values in backquotes."""
_JOINT = re.compile(r"[,;] [a-z]+ | (and|or) ")
"""A text that stands between two others, such as `, then `. Chinese needs no blank there."""
_HAN = r"[\u4e00-\u9fff]"
_WRONG_IN_CHINESE = (
    (
        re.compile(rf"{_HAN}[,;?!]|{_HAN}:(?!\s*$)|{_HAN}\(|\){_HAN}|\([^()“”]*{_HAN}"),
        "a punctuation mark is not a full-width one",
    ),
    (re.compile(rf"{_HAN}[A-Za-z0-9]|[A-Za-z0-9]{_HAN}"), "no blank between Chinese and Latin characters"),
    (re.compile(r" [，。；：？！、）”]|[，。；：？！、（“] (?!$)"), "a blank beside a full-width mark"),
)


def mistakes(source: str, text: str) -> list[str]:
    """Return what a translation has not kept of its source."""
    found = []
    if sorted(_KEPT.findall(source)) != sorted(_KEPT.findall(text)):
        found.append("its placeholders, or the texts in backquotes, differ")
    for end, name in ((r"^\s*", "beginning"), (r"\s*$", "end")):
        if re.findall(end, source)[0] != re.findall(end, text)[0] and not _JOINT.fullmatch(source):
            found.append(f"the blanks at its {name} differ")
    if source.rstrip().endswith(":") != text.rstrip().endswith((":", "：")):
        found.append("a colon at its end differs")
    return found


def mistakes_in_chinese(text: str) -> list[str]:
    """Return which rules of Chinese typography a text breaks. A colon at the end may be an ASCII one."""
    # A quoted parenthesis is a sign that the user has typed.
    plain = _KEPT.sub("\N{OBJECT REPLACEMENT CHARACTER}", re.sub("“[()]”", "“”", text))
    return [why for pattern, why in _WRONG_IN_CHINESE if pattern.search(plain)]


def pairs(message: Message) -> list[tuple[str, str]]:
    """Return each text of a message beside its translation. Forms of a plural are compared with the last one."""
    if isinstance(message.id, str):
        return [(message.id, str(message.string))]
    # A form for one may leave the number out.
    return [(message.id[1], form) for form in message.string[-1:]]


def report(found: Sequence[tuple[str, str, str]]) -> str:
    return "\n".join(f"{why}: {source!r} → {text!r}" for source, text, why in found)


@pytest.fixture(params=translations(), ids=lambda path: path.parts[-3])
def path(request: pytest.FixtureRequest) -> Path:
    """The source catalogue of one translation."""
    assert isinstance(request.param, Path)
    return request.param


def test_a_translation_has_the_texts_of_the_program_and_no_others(path: Path) -> None:
    assert path.read_bytes() == updated(catalogue_of(path)), "run: uv run python -m tests.catalogue"


def test_every_text_is_translated(path: Path) -> None:
    entries = [message for message in catalogue_of(path) if message.id]
    assert [message.id for message in entries if message.fuzzy] == []
    missing = [message.id for message in entries if not message.string or not all(message.string)]
    assert path.parts[-3] in IN_PROGRESS or missing == []


def test_a_translation_keeps_placeholders_blanks_and_colons(path: Path) -> None:
    found = [
        (source, text, why)
        for message in catalogue_of(path)
        if message.id
        for source, text in pairs(message)
        if text
        for why in mistakes(source, text)
    ]
    assert found == [], report(found)


def test_chinese_has_full_width_punctuation_and_blanks_beside_latin_letters() -> None:
    [path] = [path for path in translations() if path.parts[-3] == "zh_CN"]
    found = [
        (source, text, why)
        for message in catalogue_of(path)
        if message.id
        for source, text in pairs(message)
        for why in mistakes_in_chinese(text)
    ]
    assert found == [], report(found)


def test_short_texts_fit_their_places(path: Path) -> None:
    with texts_in(path.parts[-3]):
        for command in (*COMMANDS, *(command for commands in WIDGET_COMMANDS.values() for command in commands)):
            # The names of all facets are cut.
            assert cells(command.words) <= TITLE_CELLS or command.id == "narrow.facets", command.id
            assert cells(_(command.brief)) <= BRIEF_CELLS, command.id
        for name in NAMES:
            assert cells(_(name)) <= NAME_CELLS, name
        for field in FIELDS:
            words, narrowest = field.words(), min(field.column.widths.values())
            assert cells(words.short_title or words.title) <= narrowest, field.key


@pytest.mark.parametrize(
    ("source", "text", "number"),
    [
        ("{a} of {b}: `list`", "{b} 个中的 {a} 个：`list`", 0),
        ("%(prog)s {a:>8}", "{a:>8} %(prog)s", 0),
        ("{a}", "{b}", 1),
        ("{a}", "{a}{a}", 1),
        ("{a:>8}", "{a}", 1),
        ("see `list`", "见 `show`", 1),
        (" a ", " 甲", 1),
        ("a ", "甲\n", 1),
        (", then ", "，其次", 0),
        ("a:", "甲：", 0),
        ("a: ", "甲: ", 0),
        ("a:", "甲", 1),
        ("a", "甲:", 1),
    ],
)
def test_what_a_translation_must_keep(source: str, text: str, number: int) -> None:
    assert len(mistakes(source, text)) == number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("按 Enter 键，继续：", 0),
        ("名称:", 0),
        ("共 {count} 个（已加载）· 继续", 0),
        ("“(”没有对应的“)”：{a}，`b`。", 0),
        ("继续吗?", 1),
        ("名称:甲", 1),
        ("名称 (甲)", 1),
        ("名称(甲)", 1),
        ("按Enter", 1),
        ("甲 ，乙", 1),
        ("甲， 乙", 1),
    ],
)
def test_what_is_wrong_in_chinese(text: str, number: int) -> None:
    assert len(mistakes_in_chinese(text)) == number
