"""Saved views on the screen: they are saved, and opened by their numbers."""

import asyncio
from pathlib import Path

import pytest

from kps_tui.identity.configuration import load
from kps_tui.identity.profiles import SavedView, views_file
from kps_tui.problems import QueryError
from kps_tui.triage.filter import parse
from kps_tui.triage.query import Query, SortKey
from kps_tui.ui.model.saved_views import SavedViews

WEB = Query(filter=parse("server:web -op:bind").expression, sort=(SortKey("server"), SortKey("time", True)))


def saved(views: SavedViews, name: str, query: Query, *, overwrite: bool) -> str:
    return asyncio.run(views.save(name, query, overwrite=overwrite))


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
