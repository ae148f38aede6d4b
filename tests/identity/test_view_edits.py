"""Saving and removing views: what the user wrote around them stays."""

import stat
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kps_tui.identity.configuration import load
from kps_tui.identity.profile_edits import save_profile
from kps_tui.identity.profiles import Profile
from kps_tui.identity.view_edits import ViewExists, remove_view, save_view
from kps_tui.identity.views import SavedView
from kps_tui.problems import ConfigError

WRITTEN = """\
# Mine.
theme = "dark"  # at night

[views.binds]  # bee
# inside
where = "op:bind"  # here
future = 3

# about the profile
[profiles.a]
kind = "agency"

[views.old]
sort = "server"
# the end
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(WRITTEN)
    return path


def test_the_first_view_makes_the_file_for_the_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "new" / "config.toml"
    view = SavedView("night", "op:bind since:24h", "server,-time", "err")
    save_view(path, view, replace=False)
    assert load(path).views == (view,)
    assert [stat.S_IMODE(found.stat().st_mode) for found in (path, path.parent)] == [0o600, 0o700]
    assert path.read_text() == ('[views.night]\nwhere = "op:bind since:24h"\nsort = "server,-time"\nfacet = "err"\n')


def test_a_new_view_is_the_last_and_only_what_it_says_is_written(path: Path) -> None:
    save_view(path, SavedView("new one", facet="server"), replace=False)
    assert path.read_text() == WRITTEN + '\n[views."new one"]\nfacet = "server"\n'
    assert [view.name for view in load(path).views] == ["binds", "old", "new one"]


def test_a_view_is_not_replaced_unless_that_is_said(path: Path) -> None:
    with pytest.raises(ViewExists) as caught:
        save_view(path, SavedView("binds", "op:reset"), replace=False)
    assert str(caught.value) == "there is a view “binds” already · replace it, or choose another name"
    assert path.read_text() == WRITTEN


def test_a_replaced_view_keeps_its_place_and_what_is_around_it(path: Path) -> None:
    save_view(path, SavedView("binds", "op:reset", "-time"), replace=True)
    text = path.read_text()
    assert [view.name for view in load(path).views] == ["binds", "old"]
    assert load(path).views[0] == SavedView("binds", "op:reset", "-time")
    new = {'where = "op:reset"  # here', 'sort = "-time"'}
    assert {line for line in text.splitlines() if line not in WRITTEN} == new
    assert {line for line in WRITTEN.splitlines() if line not in text} == {'where = "op:bind"  # here'}
    save_view(path, SavedView("binds"), replace=True)
    assert load(path).views[0] == SavedView("binds")
    assert "future = 3" in path.read_text()


def test_a_remove_takes_the_view_and_leaves_the_comment_of_what_follows(path: Path) -> None:
    remove_view(path, "binds")
    start, end = WRITTEN.index("[views.binds]"), WRITTEN.index("# about the profile")
    assert path.read_text() == WRITTEN[:start] + WRITTEN[end:]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_view_and_a_profile_of_one_name_are_two_things(path: Path) -> None:
    save_profile(path, Profile("old", region="cn-north-4"))
    save_view(path, SavedView("a", "op:bind"), replace=False)
    remove_view(path, "old")
    found = load(path)
    assert [view.name for view in found.views] == ["binds", "a"]
    assert list(found.profiles) == ["a", "old"]


@pytest.mark.parametrize(
    "text",
    [
        'views = {a = {where = "x"}, b = {}}\n',
        'views.a.where = "x"\nviews.b.sort = "y"\n',
        '[views]\na.where = "x"\nb = {sort = "time"}\n',
        "[views]\n[views.a]\n[views.b]\n[views.a.deep]\nx = [\n  1,\n]\n",
        '[views.a]\r\nwhere = "x"\r\n[views.b]\r\n',
        '["views"."a"]\nwhere = """\n[views.b]\n"""\n[ views . b ]',
    ],
)
def test_however_it_is_written_a_change_is_right(path: Path, text: str) -> None:
    steps: list[tuple[Callable[[], None], set[str]]] = [
        (lambda: save_view(path, SavedView("new", "u"), replace=False), {"a", "b", "new"}),
        (lambda: save_view(path, SavedView("b", "v"), replace=True), {"a", "b", "new"}),
        (lambda: remove_view(path, "b"), {"a", "new"}),
        (lambda: remove_view(path, "a"), {"new"}),
        (lambda: remove_view(path, "new"), set()),
        (lambda: save_view(path, SavedView("c"), replace=True), {"c"}),
    ]
    path.write_text(text)
    for step, names in steps:
        step()
        assert {view.name for view in load(path).views} == names


def test_what_cannot_be_is_refused_and_nothing_is_written(path: Path) -> None:
    refused: list[tuple[Callable[[], None], str]] = [
        (lambda: remove_view(path, "bind"), f"there is no view “bind” in {path} · did you mean “binds”?"),
        (lambda: remove_view(path, "x\x1b"), f"there is no view “x␛” in {path} · there are: binds, old"),
        (lambda: save_view(path, SavedView("a\nb"), replace=True), "can't be the name of a view"),
        (lambda: save_view(path, SavedView(""), replace=True), "can't be the name of a view"),
    ]
    for change, said in refused:
        with pytest.raises(ConfigError) as caught:
            change()
        assert said in str(caught.value)
        assert str(caught.value).isprintable()
    assert path.read_text() == WRITTEN


def test_a_broken_file_is_not_written_over(path: Path) -> None:
    path.write_text("theme = \n# precious")
    with pytest.raises(ConfigError) as caught:
        save_view(path, SavedView("new"), replace=True)
    assert "line 1" in str(caught.value)
    assert path.read_text() == "theme = \n# precious"


characters = st.characters(exclude_categories=("C", "Z"))
names = st.builds("{}{}".format, characters.filter(lambda first: first != "-"), st.text(characters, max_size=11))
texts = st.text(max_size=20)


@given(st.builds(SavedView, names, texts, texts, texts), st.builds(SavedView, names, texts))
def test_any_view_comes_back_as_it_was(view: SavedView, other: SavedView) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "config.toml"
        save_view(path, view, replace=False)
        save_view(path, other, replace=True)
        assert load(path).views == ((view, other) if view.name != other.name else (other,))
        remove_view(path, other.name)
        assert load(path).views == ((view,) if view.name != other.name else ())
