"""Which commands a text finds, in which order."""

import pytest

from kps_tui.ui.commands import COMMANDS
from kps_tui.ui.model.command_search import Entry, search

ENTRIES = [
    Entry(c.id, c.shown, c.words, c.group, c.brief or c.words, c.synonyms) for c in COMMANDS if c.run and c.shown
]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("reload", ["data.refresh"]),
        ("update", ["data.refresh"]),
        ("refresh", ["data.refresh"]),
        ("quit", ["app.quit"]),
        ("copy", ["take.copy"]),
        ("help", ["app.help"]),
        ("mark", ["mark.toggle"]),
        ("theme", ["app.theme"]),
        ("colours", ["app.theme"]),
        ("switch", ["app.context", "app.previous"]),
        ("region", ["app.context"]),
        ("logout", ["app.logout"]),
        ("log out", ["app.logout"]),
        ("sign out", ["app.logout"]),
        ("login", ["app.login"]),
        ("columns", ["narrow.column"]),
        ("search", ["narrow.filter"]),
        ("find", ["app.palette", "narrow.filter"]),
        ("exclude", ["narrow.not"]),
        ("exit", ["app.quit", "app.interrupt"]),
        ("follow", ["data.watch"]),
        ("select", ["narrow.timeline", "mark.toggle", "mark.range", "mark.all"]),
        ("clipboard", ["take.copy", "app.doctor"]),
        ("report", ["take.ticket"]),
        ("csv", ["take.export"]),
        ("diagnose", ["app.doctor"]),
        (":doctor", ["app.doctor"]),
        (":doc", ["app.doctor"]),
        ("doctor", ["app.doctor"]),
        ("undo", ["view.back", "app.back"]),
        ("  LOAD   the ReSt ", ["data.rest"]),
        ("w", ["data.watch"]),
        ("Ctrl+L", ["app.redraw"]),
        (":", ["app.palette"]),
        ("?", ["app.help"]),
        ("no-such-command", []),
        ("refresh no-such-word", []),
    ],
)
def test_a_name_a_synonym_or_a_key_finds_a_command(typed: str, first: list[str]) -> None:
    assert [entry.id for entry in search(ENTRIES, typed)][: max(1, len(first))] == first


def test_keys_come_before_titles_titles_before_synonyms_and_these_before_parts_of_words() -> None:
    of = {
        "key": Entry("a.b", "e Enter", "x", "Group", "x"),
        "title": Entry("a.c", "", "enter a thing", "Group", ""),
        "word": Entry("a.d", "", "a thing to enter", "Group", ""),
        "synonym": Entry("a.e", "", "x", "Group", "", "enter"),
        "part": Entry("a.f", "", "centered", "Group", ""),
        "group": Entry("a.g", "", "x", "Center", ""),
    }
    assert search(list(reversed(of.values())), "Enter") == [
        *[of[name] for name in ("key", "title", "word", "synonym")],
        of["group"],
        of["part"],
    ]


def test_nothing_typed_finds_everything_in_its_order() -> None:
    assert search(ENTRIES, " ") == ENTRIES
