"""The README and its translations agree with the program."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests import readme, screenshots

TEXT = readme.README.read_text(encoding="utf-8")


@pytest.mark.parametrize("language", readme.READMES)
def test_its_tables_are_the_programs(language: str) -> None:
    text = readme.READMES[language].read_text(encoding="utf-8")
    assert readme.written(text, language) == text, "run: python -m tests.readme"


@pytest.mark.parametrize("language", readme.READMES)
def test_the_two_commands_stand_alone_near_the_top(language: str) -> None:
    block = re.search(r"```sh\n(.*?)```", readme.READMES[language].read_text(encoding="utf-8")[:3000], re.DOTALL)
    assert block is not None
    assert block[1].splitlines() == ["pip install uv && uv run kps-tui --demo", "pip install uv && uv run pytest"]


@pytest.mark.parametrize("name", screenshots.FILES)
def test_every_picture_is_what_the_program_draws_now(name: str) -> None:
    kept = (screenshots.FOLDER / name).read_text(encoding="utf-8")
    assert screenshots.FILES[name]() == kept, "run: python -m tests.screenshots, and look"


def test_no_picture_is_left_from_before() -> None:
    assert {path.name for path in screenshots.FOLDER.iterdir()} == {*screenshots.FILES}


@pytest.mark.parametrize("path", readme.READMES.values(), ids=readme.READMES)
def test_every_link_leads_somewhere(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#:]+)\)", text):
        assert (path.parent / target).exists(), target
    # As GitHub makes them: punctuation goes, a blank becomes a hyphen.
    headings = [re.sub(r"[^\w -]", "", line).strip() for line in re.findall(r"^#+ (.*)$", text, re.MULTILINE)]
    anchors = {heading.lower().replace(" ", "-") for heading in headings}
    assert {anchor for anchor in re.findall(r"\]\(#([^)]+)\)", text) if anchor not in anchors} == set()


def test_a_translation_shows_the_same_code_and_files() -> None:
    for path in readme.READMES.values():
        text = path.read_text(encoding="utf-8")
        assert code_in(text) == code_in(TEXT), path


def code_in(text: str) -> list[str]:
    """Return the blocks of code of a document without their comments and, in a runbook, their sentences."""
    blocks = re.findall(r"^```\w+\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return [re.sub(r"\s*#.*|^(name|check|fix) = .*", "", block, flags=re.MULTILINE) for block in blocks]


@pytest.mark.parametrize(
    ("code", "found", "mailed"),
    [(10, "one failed", True), (0, "", False), (3, "", False), (4, "", False), (6, "", False), (10, "a\nb", True)],
)
def test_the_line_for_cron_mails_what_matched_and_nothing_while_something_else_fails(
    code: int, found: str, mailed: bool, tmp_path: Path
) -> None:
    (line,) = re.findall(r"^.*--fail-if-any.*mail.*$", TEXT, re.MULTILINE)
    assert "%" not in line, "a line break in a crontab"
    for name, script in (
        ("kps-tui", f"printf '%s' '{found}'; echo 'a word' >&2; exit {code}"),
        ("mail", 'cat > "$MAILED"'),
    ):
        (tmp_path / name).write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / name).chmod(0o755)
    letter = tmp_path / "letter"
    environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "MAILED": str(letter)}
    ended = subprocess.run(["/bin/sh", "-c", line], env=environment, capture_output=True, check=False, timeout=30)
    assert (ended.stdout, ended.stderr) == (b"", b""), "cron mails whatever a line prints"
    assert (letter.read_text() if letter.exists() else None) == (f"{found}\n" if mailed else None)
