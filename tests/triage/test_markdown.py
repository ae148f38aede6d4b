"""Text from outside in Markdown, as a renderer reads it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from kps_tui.sanitize import block, line
from kps_tui.triage.markdown import cell, code, code_block
from tests.payloads import PAYLOADS

SIGNS = "`|\\ <>[]()*_#!@&:~-$a"
HOSTILE = [
    *map(line, PAYLOADS.values()),
    "`",
    "``",
    "` `",
    "a`",
    "`a",
    "a``b`",
    " a",
    "a ",
    " a ",
    "\\",
    "a\\",
    "\\|",
    "a\\\\|b",
    "|",
    "`|`",
    "<script>alert(1)</script>",
    "![x](https://evil.example/x.png)",
    "[x](https://evil.example)",
    "https://evil.example www.evil.example mail@evil.example",
    "# heading",
    "- item",
    "&lt;&#96;",
    "@everyone",
    "\u00a0",
]


def inline(source: str, at: int = 0) -> list[tuple[str, str]]:
    """Return the tokens that a renderer makes of inline text number `at`: types and contents."""
    found = [token.children or [] for token in MarkdownIt("gfm-like").parse(source) if token.type == "inline"]
    return [(token.type, token.content) for token in found[at]]


def arrives(text: str) -> None:
    """Return whether a line is shown unchanged in a paragraph, in a heading and in a table."""
    assert inline(f"- server: {code(text)}") == [("text", "server: "), ("code_inline", text)]
    assert inline(f"# 2 × {code(text)} end") == [("text", "2 × "), ("code_inline", text), ("text", " end")]
    row = f"| one | two |\n|---|---|\n| {cell(text)} | {cell('b')} |"
    assert (inline(row, 2), inline(row, 3)) == ([("code_inline", text)], [("code_inline", "b")])


@pytest.mark.parametrize("text", [text for text in HOSTILE if text.strip(" ")])
def test_a_line_is_shown_as_it_is(text: str) -> None:
    arrives(text)


@given(st.text(st.sampled_from(SIGNS), min_size=1, max_size=12).filter(lambda text: text.strip(" ")))
def test_every_mix_of_signs_is_shown_as_it_is(text: str) -> None:
    arrives(text)


def test_nothing_is_no_code() -> None:
    assert (code(""), cell("")) == ("", "")
    assert inline(f"x {code('   ')} y")[1][0] == "code_inline"


@given(st.text(st.sampled_from(SIGNS + "\n"), max_size=30))
def test_lines_are_shown_as_they_are(text: str) -> None:
    tokens = MarkdownIt("gfm-like").parse(f"before\n\n{code_block(text)}\n\nafter")
    assert [token.type for token in tokens if token.type not in ("paragraph_open", "paragraph_close")] == [
        "inline",
        "fence",
        "inline",
    ]
    fence = next(token for token in tokens if token.type == "fence")
    assert fence.content == f"{text}\n"


@pytest.mark.parametrize("text", ["```\n# out\n```", "~~~\nx", "````", "<!--", "one\n\n\ntwo"])
def test_a_block_ends_where_it_should(text: str) -> None:
    tokens = MarkdownIt("gfm-like").parse(code_block(block(text)))
    assert [(token.type, token.content) for token in tokens] == [("fence", f"{text}\n")]
