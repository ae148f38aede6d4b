"""Saved views: their names, and the order in which the file has them."""

from pathlib import Path

import pytest

from kps_tui.identity.configuration import configuration_in
from kps_tui.identity.views import SavedView, check_view_name
from kps_tui.problems import ConfigError

PATH = Path("/home/ops/.config/kps-tui/config.toml")


@pytest.mark.parametrize(
    "text",
    [
        "[views.z]\nwhere = 'op:bind'\n[profiles.p]\n[views.a]\nsort = '-time'\nfacet = 'server'\n[views.'m n']\n",
        "views.z.where = 'op:bind'\nviews.a.facet = 'server'\nviews.a.sort = '-time'\nviews.'m n' = {}\n",
        "[views]\nz = {where = 'op:bind'}\na = {sort = '-time', facet = 'server'}\n'm n' = {}",
    ],
)
def test_views_are_read_in_the_order_of_the_file_however_they_are_written(text: str) -> None:
    found = configuration_in(text, PATH)
    assert found.views == (SavedView("z", "op:bind"), SavedView("a", sort="-time", facet="server"), SavedView("m n"))
    assert found.warnings == ()


def test_what_a_view_says_is_kept_as_it_was_written() -> None:
    (view,) = configuration_in("[views.a]\nwhere = ' err:/(/  or '", PATH).views
    assert view.where == " err:/(/  or "


@pytest.mark.parametrize("name", ["", "-x", " x", "x ", "a\nb", "a\x1b", "x" * 65, "\u202e"])
def test_a_name_that_no_view_may_have(name: str) -> None:
    with pytest.raises(ConfigError) as caught:
        check_view_name(name)
    assert "can't be the name of a view · use up to 64 characters" in str(caught.value)
    assert str(caught.value).isprintable()


def test_a_name_that_a_view_may_have() -> None:
    for name in ("a", "Über Nacht", "a.b", '"', "x" * 64):
        check_view_name(name)
