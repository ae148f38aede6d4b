"""Saved views: they survive saving and opening, and mistakes in the file are named."""

import asyncio
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kps_tui.identity.configuration import load
from kps_tui.identity.profiles import SavedView, views_file
from kps_tui.problems import QueryError
from kps_tui.triage.facets import FACETS
from kps_tui.triage.filter import EVERYTHING, parse
from kps_tui.triage.query import Query, SortKey
from kps_tui.ui.model.saved_views import SavedViews, query_of, view_of
from tests.triage.filters import trees

KEYS = st.lists(
    st.builds(SortKey, st.sampled_from(["time", "op", "err", "server"]), st.booleans()),
    min_size=1,
    max_size=3,
    unique_by=lambda key: key.field,
).map(tuple)
QUERIES = st.builds(Query, KEYS, trees() | st.just(EVERYTHING), st.sampled_from(["", "all", *FACETS]))
WEB = Query(filter=parse("server:web -op:bind").expression, sort=(SortKey("server"), SortKey("time", True)))


def saved(views: SavedViews, name: str, query: Query, *, overwrite: bool) -> str:
    return asyncio.run(views.save(name, query, overwrite=overwrite))


@given(QUERIES)
def test_what_is_kept_is_what_comes_back(query: Query) -> None:
    assert query_of(view_of("a", query)) == query


def test_what_is_the_default_is_not_written() -> None:
    assert view_of("a", Query()) == SavedView("a")


def test_a_view_is_saved_and_opened_now_and_in_the_next_run(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    views = SavedViews(path, ())
    assert saved(views, "web", WEB, overwrite=False) == ""
    assert saved(views, "groups", Query(facet="err"), overwrite=False) == ""
    assert (views.number_of("web"), views.number_of("groups")) == (1, 2)
    assert views.query(1) == WEB
    later = SavedViews(path, load(path).views)
    assert (later.query(1), later.query(2)) == (WEB, Query(facet="err"))
    assert views_file(path).stat().st_mode & 0o777 == 0o600
    assert not path.exists()


def test_a_name_that_is_taken_is_asked_about_and_keeps_its_number(tmp_path: Path) -> None:
    views = SavedViews(tmp_path / "config.toml", ())
    for name in ("one", "two"):
        saved(views, name, Query(), overwrite=False)
    assert "Enter overwrites it" in saved(views, "one", WEB, overwrite=False)
    assert views.query(1) == Query()
    assert saved(views, "one", WEB, overwrite=True) == ""
    assert views.query(1) == WEB
    assert [view.name for view in load(tmp_path / "config.toml").views] == ["one", "two"]


@pytest.mark.parametrize("name", ["", "a\x1b[31mb", "x" * 500])
def test_a_name_that_can_not_be_is_refused_in_a_sentence(tmp_path: Path, name: str) -> None:
    said = saved(SavedViews(tmp_path / "config.toml", ()), name, Query(), overwrite=False)
    assert "is not a valid view name" in said
    assert "\x1b" not in said
    assert [*tmp_path.iterdir()] == []


@pytest.mark.parametrize("name", ["config.toml", "views.toml"])
def test_a_file_that_can_not_be_written_is_said(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    views = SavedViews(tmp_path / "config.toml", ())
    assert name in saved(views, "a", Query(), overwrite=False)
    assert views.views == ()


@pytest.mark.parametrize("number", [0, 2, 9])
def test_a_view_that_is_not_there_names_the_key_that_makes_one(tmp_path: Path, number: int) -> None:
    with pytest.raises(QueryError, match="there is no view") as raised:
        SavedViews(tmp_path / "config.toml", [SavedView("a")]).query(number)
    assert "V saves" in str(raised.value)


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
