"""Which keys typed before one that quits are handled at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.app import App

from kps_tui.ui.commands import BY_ID, COMMANDS, PASSING
from kps_tui.ui.key_queue import Handled, KeyQueue, QuitRule
from kps_tui.ui.keys import key_map, keys_that_quit, lasting_keys

MAP = key_map(COMMANDS, {})
RULE = QuitRule(keys_that_quit(MAP), lasting_keys(MAP), lambda: True)
KEYS = st.lists(st.sampled_from(["j", "space", "escape", "z", "q", "slash", "y", "Y", "V", "tab", ""]))


@given(KEYS)
def test_only_keys_right_before_one_that_quits_are_skipped_and_none_that_lasts(keys: list[str]) -> None:
    skipped = RULE.skipped(keys)
    assert not {*keys[:skipped]} & {*RULE.lasting, *RULE.quits, ""}
    assert not skipped or keys[skipped] == "q"


@given(KEYS)
def test_every_key_before_the_first_that_quits_is_skipped_if_none_lasts(keys: list[str]) -> None:
    passing = [key for key in keys if key and key not in RULE.lasting and key != "q"]
    assert RULE.skipped([*passing, "q", *keys]) == len(passing)
    assert RULE.skipped(passing) == 0
    for lasting in ("slash", "y", "Y", "e", "V", "asterisk", "colon", "C", "L", "tab", ""):
        assert RULE.skipped([*passing, lasting, *passing, "q"]) == 0


def test_a_key_that_the_user_has_moved_is_known() -> None:
    keys = key_map(COMMANDS, {"app.quit": "Q", "take.copy": "j"})
    rule = QuitRule(keys_that_quit(keys), lasting_keys(keys), lambda: True)
    assert rule.skipped(["k", "q", "Q"]) == 2
    assert rule.skipped(["j", "Q"]) == 0


@pytest.mark.parametrize("group", ["Take away", "Program"])
def test_what_takes_away_or_opens_a_dialog_lasts(group: str) -> None:
    passing = {id for id in PASSING if BY_ID[id].group == group}
    assert passing <= {"app.back", "app.redraw"}


def test_a_message_that_arrives_when_the_screens_are_closed_is_ignored() -> None:
    app: App[None] = App()
    queue = KeyQueue(app, RULE)
    queue.handled(Handled(0, 2))
    assert queue.handled_count == 0
