"""The user's keys and those of the registry: precedence and warnings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kps_tui.ui.commands import COMMANDS, Command
from kps_tui.ui.keys import FIXED, NEEDED, KeyMap, key_map
from kps_tui.ui.model.when import When


def run(_screen: object) -> None:
    """Do nothing, in place of a command."""


SOME = (
    Command("table.down", "Move", "j,down", "j ↓", "next", when=When.LIST),
    Command("table.first", "Move", "g,home", "g Home", "first", when=When.LIST),
    Command("look.detail", "Look", "enter,d", "Enter d", "detail", run, "Detail"),
    Command("look.next", "Look", "j", "j", "next", run, "Next", When.DETAIL),
    Command("look.previous", "Look", "k", "k", "previous", run, "", When.DETAIL),
    Command("order.sort", "Order", "s", "s", "sort", run, "Sort", When.LIST),
    Command("data.refresh", "Data", "r", "r", "refresh", run, "Refresh"),
    Command("app.doctor", "Program", "", ":doctor", "doctor", run),
    Command("app.back", "Program", "escape", "Esc", "back", run, "Back"),
    Command("app.palette", "Program", "colon,ctrl+p", ": Ctrl+P", "palette", run),
    Command("app.quit", "Program", "q", "q", "quit", run, "Quit"),
    Command("app.interrupt", "Program", "ctrl+c", "Ctrl+C", "interrupt", run),
)


def changed(found: KeyMap) -> dict[str, tuple[str, str]]:
    """Return the commands with changed keys: Textual's names, and the keys as shown."""
    before = {command.id: command.keys for command in SOME}
    return {id: (keys, found.shown[id]) for id, keys in found.keys.items() if keys != before[id]}


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ({}, {}),
        ({"data.refresh": "r"}, {}),
        ({"data.refresh": "F5"}, {"data.refresh": ("f5", "F5")}),
        ({"data.refresh": "Ctrl+R, PgDn,,"}, {"data.refresh": ("ctrl+r,pagedown", "Ctrl+R PgDn")}),
        ({"data.refresh": "comma,?"}, {"data.refresh": ("comma,question_mark", ", ?")}),
        ({"data.refresh": ","}, {"data.refresh": ("comma", ",")}),
        ({"data.refresh": "x,x"}, {"data.refresh": ("x", "x")}),
        ({"data.refresh": " "}, {"data.refresh": ("", ":refresh")}),
        ({"table.down": ""}, {"table.down": ("", "no key")}),
        ({"app.doctor": "o"}, {"app.doctor": ("o", "o")}),
        ({"app.palette": "x"}, {"app.palette": ("x,ctrl+p", "x Ctrl+P")}),
        ({"app.palette": ""}, {"app.palette": ("ctrl+p", "Ctrl+P")}),
        ({"app.interrupt": "x"}, {"app.interrupt": ("x,ctrl+c", "x Ctrl+C")}),
        ({"app.quit": "x", "data.refresh": "q"}, {"app.quit": ("x", "x"), "data.refresh": ("q", "q")}),
        ({"data.refresh": "q", "app.quit": "x"}, {"app.quit": ("x", "x"), "data.refresh": ("q", "q")}),
        ({"look.previous": "s"}, {"look.previous": ("s", "s")}),
        ({"order.sort": "k"}, {"order.sort": ("k", "k")}),
        ({"look.next": "n", "table.down": "n"}, {"look.next": ("n", "n"), "table.down": ("n", "n")}),
    ],
)
def test_what_the_user_wrote_is_what_the_command_has(
    written: dict[str, str], expected: dict[str, tuple[str, str]]
) -> None:
    found = key_map(SOME, written)
    assert changed(found) == expected
    assert found.warnings == ()


@pytest.mark.parametrize(
    ("written", "expected", "said"),
    [
        (
            {"data.refersh": "x"},
            {},
            ["keys: no command “data.refersh”; did you mean “data.refresh”?"],
        ),
        ({"\x1b[31m": "x"}, {}, ["keys: no command “␛[31m”"]),
        (
            {"data.refresh": "x, hyper+\x1b"},
            {},
            [
                "keys: data.refresh: “hyper+␛” is not a key that every terminal sends; use a character, Esc, Enter, "
                "Tab, Space, Home, End, PgUp, PgDn, Up …, F1 …, Ctrl+ or Alt+ a letter"
            ],
        ),
        ({"data.refresh": "ctrl+p"}, {}, ["keys: data.refresh: Ctrl+P always means app.palette; choose another key"]),
        ({"data.refresh": "Ctrl+C"}, {}, ["keys: data.refresh: Ctrl+C always means app.interrupt; choose another key"]),
        (
            {"data.refresh": "s"},
            {"data.refresh": "s", "order.sort": ""},
            ["keys: s now means data.refresh, and no longer order.sort"],
        ),
        (
            {"data.refresh": "j"},
            {"data.refresh": "j", "table.down": "down", "look.next": ""},
            [
                "keys: j now means data.refresh, and no longer table.down",
                "keys: j now means data.refresh, and no longer look.next",
            ],
        ),
        (
            {"order.sort": "j"},
            {"order.sort": "j", "table.down": "down"},
            ["keys: j now means order.sort, and no longer table.down"],
        ),
        (
            {"data.refresh": "x", "app.doctor": "y,x"},
            {"data.refresh": "x", "app.doctor": "y"},
            ["keys: x is bound to data.refresh and to app.doctor; data.refresh gets it"],
        ),
        ({"app.quit": ""}, {}, ["keys: app.quit needs a key; it keeps its default"]),
        ({"app.interrupt": ""}, {}, ["keys: app.interrupt needs a key; it keeps its default"]),
        (
            {"data.refresh": "q, x"},
            {},
            ["keys: data.refresh can't have q x: app.quit would be without a key; give that one another key first"],
        ),
        (
            {"data.refresh": "x", "app.quit": "x"},
            {"app.quit": "x"},
            ["keys: data.refresh can't have x: app.quit would be without a key; give that one another key first"],
        ),
        (
            {"app.quit": "escape"},
            {},
            ["keys: app.quit can't have Esc: app.back would be without a key; give that one another key first"],
        ),
    ],
)
def test_what_cannot_be_is_said_and_what_loses_a_key_is_named(
    written: dict[str, str], expected: dict[str, str], said: list[str]
) -> None:
    found = key_map(SOME, written)
    assert {id: keys for id, (keys, _shown) in changed(found).items()} == expected
    assert list(found.warnings) == said


def test_two_commands_of_the_registry_on_one_key_are_meant_so() -> None:
    stop = Command("data.stop", "Data", "r", "r", "stop", run)
    found = key_map((*SOME, stop), {"order.sort": "x"})
    assert found.keys["data.refresh"] == found.keys["data.stop"] == "r"
    assert found.warnings == ()


def test_without_changes_textual_is_told_nothing() -> None:
    assert key_map(COMMANDS, {}) == KeyMap(
        {command.id: command.keys for command in COMMANDS},
        {command.id: command.shown for command in COMMANDS},
        (),
        {},
    )


def test_the_keys_that_the_table_has_beside_those_of_the_registry_follow() -> None:
    assert key_map(SOME, {"table.first": "x"}).keymap["table.first"] == "x,ctrl+home"
    assert key_map(SOME, {"data.refresh": "ctrl+home"}).keymap["table.first"] == "g,home"
    assert key_map(SOME, {"table.first": ""}).keymap["table.first"] == "no-key-table.first"
    assert "table.first" not in key_map(SOME, {"data.refresh": "x"}).keymap
    assert "table.choose" not in key_map(SOME, {"look.detail": "enter,x"}).keymap
    for written in ({"look.detail": "x"}, {"data.refresh": "enter"}):
        assert key_map(SOME, written).keymap["table.choose"] == "no-key-table.choose"


ids = st.sampled_from([command.id for command in SOME])
texts = st.lists(st.sampled_from(["j", "q", "escape", "s", "ctrl+c", "ctrl+p", "enter", "x", "?", "oops"]), max_size=3)


@given(st.dictionaries(ids, texts.map(",".join), max_size=6))
def test_whatever_is_written_each_key_has_one_meaning_and_the_needed_commands_keep_one(written: dict[str, str]) -> None:
    found = key_map(SOME, written)
    assert all(found.keys[id] for id in NEEDED)
    assert all(key in found.keys[owner].split(",") for key, owner in FIXED.items())
    by_id = {command.id: command for command in SOME}
    lists = {id for id in by_id if id.startswith("table.") or id == "order.sort"}
    for place in (lists, {id for id, command in by_id.items() if command.when is When.DETAIL}):
        others = set(by_id) - lists - {id for id, command in by_id.items() if command.when is When.DETAIL}
        keys = [key for id in place | others for key in found.keys[id].split(",") if key]
        assert len(keys) == len(set(keys))
    asked = {id for id in written if found.keys[id] != by_id[id].keys}
    assert all(warning.startswith("keys: ") and warning.isprintable() for warning in found.warnings)
    assert bool(asked) <= bool(found.keymap)
