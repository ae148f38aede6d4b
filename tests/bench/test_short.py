"""The short form of the benchmark: what can be measured within seconds, against the stock table of Textual.

It compares processor time: the two tables are measured one after the other, while other tests use the cores.
`test_wire_bytes` counts the bytes of keys. The whole benchmark is `uv run python -m tests.bench`.
"""

from tests.bench.__main__ import TARGETS, ratio_of
from tests.bench.measures import loads

SLACK = 4 / 3
"""A ratio of times may be missed by a third."""


def test_ten_thousand_rows_come_much_faster_than_in_the_stock_table() -> None:
    values = loads(1, None)
    checked = 0
    for target in TARGETS:
        ratio = ratio_of(target, values) if target.measure.startswith("CPU") else None
        if ratio is not None:
            assert ratio <= target.most * SLACK, f"{target}: {ratio:.3f}"
            checked += 1
    assert checked
