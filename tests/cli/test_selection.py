"""Which tasks the commands print: `--view`, `--where` and `--sort` together."""

from pathlib import Path

import pytest

from kps_tui.cli.selection import options_of_filter, query_asked_for
from kps_tui.problems import ConfigError, QueryError
from kps_tui.settings import Settings, Sourced
from kps_tui.triage.filter import parse
from kps_tui.triage.query import NEWEST_FIRST, Query, SortKey

VIEWS = """
[views.binds]
where = "op:bind"
sort = "server,-time"
facet = "err"
[views.all]
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings that name a configuration with two views."""
    return configured(tmp_path, VIEWS)


def configured(folder: Path, text: str) -> Settings:
    """Return settings that name a configuration of this text."""
    path = folder / "config.toml"
    path.write_text(text)
    return Settings(config=Sourced(str(path), "--config"))


BY_SERVER = (SortKey("server"), SortKey("time", descending=True))


@pytest.mark.parametrize(
    ("view", "where", "sort", "filter", "order", "facet"),
    [
        (None, "", None, "", NEWEST_FIRST, ""),
        (None, "op:bind", "server,-time", "op:bind", BY_SERVER, ""),
        ("all", "", None, "", NEWEST_FIRST, ""),
        ("all", "web or db", None, "web or db", NEWEST_FIRST, ""),
        ("binds", "", None, "op:bind", BY_SERVER, "err"),
        ("binds", "server:web -key:a", None, "op:bind server:web -key:a", BY_SERVER, "err"),
        ("binds", "web or db", "-time", "op:bind (web or db)", NEWEST_FIRST, "err"),
    ],
)
def test_where_narrows_the_view_and_sort_counts_in_place_of_its_order(
    view: str | None,
    where: str,
    sort: str | None,
    filter: str,
    order: tuple[SortKey, ...],
    facet: str,
    settings: Settings,
) -> None:
    expected = Query(order, parse(filter).expression, facet)
    assert query_asked_for(settings, view, where, sort) == expected


@pytest.mark.parametrize(
    ("view", "where", "options"),
    [(None, "a", "--where"), ("v", "", "--view"), ("v", "a", "--view, --where")],
)
def test_an_error_of_a_filter_names_the_options_it_comes_from(view: str | None, where: str, options: str) -> None:
    assert options_of_filter(view, where) == options


def test_a_view_that_the_program_saved_is_found_too(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "views.toml").write_text('[views.web]\nwhere = "server:web"\n')
    assert query_asked_for(settings, "web", "") == Query(filter=parse("server:web").expression)


@pytest.mark.parametrize(
    ("views", "said"),
    [
        ("", "--view: there is no view “bind” · save one on the screen, with V"),
        ("[views.x]", "--view: there is no view “bind” · views: x"),
        ("[views.x]\n[views.binds]", "--view: there is no view “bind”: did you mean “binds”? · views: x, binds"),
    ],
)
def test_an_unknown_name_says_which_views_there_are(views: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as raised:
        query_asked_for(configured(tmp_path, views), "bind", "")
    assert str(raised.value) == said


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ('where = "servr:web"', "where: “servr:web” at 1: no field “servr” · did you mean “server:”?"),
        ('sort = "nope"', "sort: “nope” is not a field"),
        ('facet = "nope"', "“nope” is not a facet"),
    ],
)
@pytest.mark.parametrize("name", ["config.toml", "views.toml"])
def test_a_view_that_can_not_be_read_names_its_file_and_key(name: str, written: str, said: str, tmp_path: Path) -> None:
    settings = configured(tmp_path, "")
    (tmp_path / name).write_text(f"[views.mine]\n{written}\n")
    with pytest.raises(QueryError) as raised:
        query_asked_for(settings, "mine", "")
    assert str(raised.value).startswith(f"{tmp_path / name}: views.mine: {said}")
