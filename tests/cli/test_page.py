"""Help in lines that fit: Latin and Chinese text, names of any width, words that stay whole."""

import pytest

from kps_tui.cli.page import Page
from kps_tui.terminal.width import cells

CHINESE = "读者名称：“is:new”指该读者未读的任务；完整加载一次后，所加载的任务即为已读（参见 kps-tui help filter）。"
ENGLISH = "Only tasks that match; like --project-id and --ca-bundle, see kps-tui help filter.  [default: none]"
ROWS = [("--as NAME", CHINESE), ("-o, --output FILE", ENGLISH), ("--a-name-that-is-wide FILE", "x"), ("--none", "")]


@pytest.mark.parametrize("width", [30, 40, 60, 78])
@pytest.mark.parametrize("text", [CHINESE, ENGLISH, f"{ENGLISH}\n\n{CHINESE}"])
def test_no_line_is_wider_than_the_page_and_nothing_is_lost(text: str, width: int) -> None:
    page = Page(width=width)
    with page.section("Title"):
        page.write_text(text)
        page.write_dl([("--as NAME", text)])
    lines = page.getvalue().splitlines()
    assert max(map(cells, lines)) <= width
    said = "".join(page.getvalue().split())
    assert said == "".join(f"Title:{text}--as NAME{text}".split())
    for word in {"--project-id", "--ca-bundle", "kps-tui"} & {*text.split()}:
        assert page.getvalue().count(word) == 2 * text.count(word)


def test_words_stand_beside_their_name_or_below_a_wide_one() -> None:
    page = Page(width=60)
    page.write_dl(ROWS, col_max=20)
    lines = page.getvalue().splitlines()
    assert lines[0].startswith("--as NAME             读者名称")
    assert next(line for line in lines if line.startswith(" " * 22))[22:23] != " "
    assert lines[-3:] == ["--a-name-that-is-wide FILE", " " * 22 + "x", "--none"]
    assert "[default: none]" in page.getvalue()
