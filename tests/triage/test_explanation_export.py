"""Explanations in Markdown: text from outside adds no markup to them."""

import io
from datetime import UTC, datetime

import pytest
from markdown_it import MarkdownIt

from kps_tui.triage.explanation import explain_task
from kps_tui.triage.explanation_export import write
from kps_tui.triage.incidents import find_incidents
from kps_tui.triage.store import TaskStore
from kps_tui.triage.view import View
from tests.triage.tasks import task


@pytest.mark.parametrize("text", ["[x](https://evil.example)", "**x** ![](//evil.example/x.png)", "<b>x</b> @a ` `` x"])
def test_text_from_outside_adds_no_markup(text: str) -> None:
    store = TaskStore(
        task(
            task_id=text if not number else str(number),
            operate_type=text,
            task_error_code=text,
            task_error_msg=text,
            server_name=f"{text}-{number}-{text}" if number < 2 else text,
            server_id=f"{number} {text}",
            keypair_name=text,
        )
        for number in range(3)
    )
    [incident] = find_incidents(store, View().over(store).newest_first)
    out = io.StringIO()
    write([explain_task(store[0], store, incident)], {}, "md", out, datetime(2026, 11, 23, tzinfo=UTC))
    children = [child for token in MarkdownIt("gfm-like").parse(out.getvalue()) for child in token.children or []]
    assert {child.type for child in children} <= {"text", "code_inline", "strong_open", "strong_close"}
    assert [child.content for child in children if child.type == "code_inline"].count(text) > 5
