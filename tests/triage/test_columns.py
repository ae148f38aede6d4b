"""Columns of many rows, and the index of their keys."""

from hypothesis import given
from hypothesis import strategies as st

from kps_tui.triage.columns import BLOCK, PackedTexts, Repeated
from kps_tui.triage.row_index import PARTS, RowIndex

TEXTS = st.lists(st.text(st.sampled_from("abAB-é密ſ\ud83d\x00\n"), max_size=4), max_size=12)


@given(st.lists(TEXTS, max_size=4), st.text(st.sampled_from("abé-"), max_size=2))
def test_packed_texts_are_those_that_were_added(pages: list[list[str]], wanted: str) -> None:
    texts = PackedTexts()
    for page in pages:
        texts.extend(page)
    rows = [text for page in pages for text in page]
    assert list(texts) == [texts[row] for row in range(len(texts))] == rows
    looked_at = {row for found in texts.may_contain(wanted) for row in found}
    assert looked_at >= {row for row, text in enumerate(rows) if wanted in text.casefold()}


def test_blocks_without_a_text_are_not_looked_at_row_by_row() -> None:
    texts = PackedTexts()
    texts.extend(f"{row:036}" for row in range(3 * BLOCK))
    texts.extend(["00Needle"])
    assert list(texts.may_contain("needle")) == [range(3 * BLOCK, 3 * BLOCK + 1)]
    assert texts[BLOCK] == f"{BLOCK:036}"


@given(st.lists(st.sampled_from(["a", "b", None, ("a", "b")]), max_size=20), st.integers(0, 30))
def test_repeated_values_are_kept_once(values: list[object], row: int) -> None:
    column: Repeated[object] = Repeated()
    column.extend(values)
    if row < len(values):
        column.replace(row, "other")
        values[row] = "other"
    assert [column[row] for row in range(len(column))] == values
    assert len(set(column.distinct)) == len(column.distinct)


@given(st.lists(st.tuples(st.sampled_from("abcdefgh"), st.integers(0, 40) | st.none()), max_size=200))
def test_the_index_finds_each_key_as_a_dictionary_does(keys: list[tuple[str, int | None]]) -> None:
    rows: list[tuple[str, int | None]] = []
    known: dict[tuple[str, int | None], int] = {}
    index = RowIndex()
    for key in keys:
        row = index.setdefault(key, len(rows), rows.__getitem__)
        assert row == known.setdefault(key, len(rows))
        if row == len(rows):
            rows.append(key)
    assert [index.get(key, rows.__getitem__) for key in known] == list(known.values())
    assert index.get(("i", 0), rows.__getitem__) is None


class Same:
    """Keys of which all have the same hash."""

    def __init__(self, number: int) -> None:
        self.number = number

    def __hash__(self) -> int:
        return -7

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and other.number == self.number


def test_keys_of_one_hash_are_told_apart() -> None:
    rows = [Same(number) for number in range(50)]
    index = RowIndex()
    assert [index.setdefault(key, row, rows.__getitem__) for row, key in enumerate(rows)] == list(range(50))
    assert [index.get(Same(number), rows.__getitem__) for number in range(51)] == [*range(50), None]


def test_a_growing_index_asks_for_no_key_again() -> None:
    asked: list[int] = []

    def key_of(row: int) -> int:
        asked.append(row)
        return row * 7919

    index = RowIndex()
    for row in range(20 * PARTS):
        index.setdefault(row * 7919, row, key_of)
    assert len(asked) < PARTS
