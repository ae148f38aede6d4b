"""TOML texts: the positions of keys, and that values survive writing and reading."""

import datetime
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kps_tui.identity.toml_text import LineIndex, toml_of


@pytest.mark.parametrize(
    ("keys", "number"),
    [
        (("profiles", "a", "kind"), 7),
        (("profiles", "a"), 6),
        (("profiles", "b", "kind"), 9),
        (("views", "a", "kind"), 3),
        (("profiles", "c", "kind"), 0),
    ],
)
def test_a_key_is_found_under_its_own_table(keys: tuple[str, ...], number: int) -> None:
    tables = [
        "[views.a]",
        "kind = 1",
        "[views.a.deep]",
        "kind = 2",
        "[profiles.a]",
        "kind = 3",
        "[profiles.b]",
        "kind = 4",
    ]
    text = "\n".join(["x = 1", *tables])
    assert LineIndex(text).line_of(keys) == number


scalars = (
    st.text()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False)
    | st.dates()
    | st.times()
    | st.datetimes()
    | st.datetimes(timezones=st.just(datetime.UTC))
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)


@given(st.dictionaries(st.text(max_size=5), values, max_size=4))
def test_any_tables_come_back_as_they_were(tables: dict[str, object]) -> None:
    assert tomllib.loads(toml_of(tables)) == tables


def test_tables_are_written_as_people_write_them() -> None:
    tables = {
        "a": {"b c": {"text": 'x"\n\x7f\x1b', "deep": {"on": True}}, "d": {}},
        "first": 1,
        "list": [0.5, {"x": "y", "z": {}}],
    }
    assert toml_of(tables) == (
        "first = 1\n"
        'list = [0.5, {x = "y", z = {}}]\n'
        "\n"
        '[a."b c"]\n'
        'text = "x\\"\\n\\u007f\\u001b"\n'
        "\n"
        '[a."b c".deep]\n'
        "on = true\n"
        "\n"
        "[a.d]\n"
    )
    assert toml_of({}) == "\n"
