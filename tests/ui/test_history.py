"""The way back and forward through what was shown."""

from hypothesis import given
from hypothesis import strategies as st

from kps_tui.triage.query import Query, SortKey
from kps_tui.ui.history import LONGEST, History

A, B, C, D = (Query(sort=(SortKey(field),)) for field in ("op", "err", "server", "key"))


def test_at_the_beginning_there_is_no_way() -> None:
    assert History().back(A) is None
    assert History().forward(A) is None


def test_back_and_forward_again() -> None:
    history = History().left(A).left(B)
    step = history.back(C)
    assert step is not None
    assert step[0] == B
    again = step[1].back(B)
    assert again is not None
    assert again[0] == A
    assert again[1].back(A) is None
    forward = again[1].forward(A)
    assert forward is not None
    assert forward[0] == B
    assert forward[1] == step[1]


def test_a_new_way_forgets_the_one_forward() -> None:
    step = History().left(A).back(B)
    assert step is not None
    history = step[1].left(A)
    assert history.forward(C) is None
    assert history == History((A,))


def test_it_does_not_grow_without_end() -> None:
    history = History()
    for _ in range(3 * LONGEST):
        history = history.left(A).left(B)
    assert len(history.past) == LONGEST
    assert history.past[-1] == B


@given(st.lists(st.sampled_from(["back", "forward", A, B, C, D]), max_size=40))
def test_forward_undoes_back(steps: list[str | Query]) -> None:
    here, history = Query(), History()
    for step in steps:
        if isinstance(step, Query):
            history, here = history.left(here), step
        elif moved := (history.back if step == "back" else history.forward)(here):
            before = (here, history)
            here, history = moved
            assert (history.forward if step == "back" else history.back)(here) == before
