"""A search for garbage blocks every thread, so each looks at few objects once the screen is there."""

import gc

from kps_tui.cli.screen import _tune_collector


def test_a_search_looks_at_few_objects_until_there_were_many() -> None:
    before = gc.get_threshold()
    try:
        _tune_collector()
        new, searches, all_searches = gc.get_threshold()
        assert new * searches <= 20_000
        assert new * searches * all_searches >= 10_000_000
        assert gc.get_freeze_count() > 0
    finally:
        gc.set_threshold(*before)
