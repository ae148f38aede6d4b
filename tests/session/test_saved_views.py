"""Saved views as queries: they survive saving, and mistakes in them are named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kps_tui.identity.profiles import SavedView
from kps_tui.problems import QueryError
from kps_tui.session.saved_views import query_of, view_of
from kps_tui.triage.facets import FACETS
from kps_tui.triage.filter import EVERYTHING
from kps_tui.triage.query import Query, SortKey
from tests.triage.filters import trees

KEYS = st.lists(
    st.builds(SortKey, st.sampled_from(["time", "op", "err", "server"]), st.booleans()),
    min_size=1,
    max_size=3,
    unique_by=lambda key: key.field,
).map(tuple)
QUERIES = st.builds(Query, KEYS, trees() | st.just(EVERYTHING), st.sampled_from(["", "all", *FACETS]))


@given(QUERIES)
def test_what_is_kept_is_what_comes_back(query: Query) -> None:
    assert query_of(view_of("a", query)) == query


def test_what_is_the_default_is_not_written() -> None:
    assert view_of("a", Query()) == SavedView("a")


@pytest.mark.parametrize(
    ("view", "said"),
    [
        (SavedView("mine", where="servr:web"), "servr"),
        (SavedView("mine", sort="time,nope"), "nope"),
        (SavedView("mine", facet="nope"), "nope"),
    ],
)
def test_a_view_that_can_not_be_read_names_itself_and_the_mistake(view: SavedView, said: str) -> None:
    with pytest.raises(QueryError, match="view “mine”: ") as raised:
        query_of(view)
    assert said in str(raised.value)
