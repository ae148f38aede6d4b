"""The README agrees with the program."""

import re
from pathlib import Path

from tests import readme, screenshots

TEXT = readme.README.read_text(encoding="utf-8")


def test_its_tables_are_the_programs() -> None:
    assert readme.written(TEXT) == TEXT, "run: python -m tests.readme"


def test_the_two_commands_stand_alone_near_the_top() -> None:
    block = re.search(r"```sh\n(.*?)```", TEXT[:3000], re.DOTALL)
    assert block is not None
    assert block[1].splitlines() == ["pip install uv && uv run kps-tui --demo", "pip install uv && uv run pytest"]


def test_every_picture_is_what_the_program_draws_now() -> None:
    drawn = dict(screenshots.drawn())
    kept = {path.stem: path.read_text(encoding="utf-8") for path in screenshots.FOLDER.glob("*.svg")}
    assert sorted(drawn) == sorted(kept)
    for name, picture in drawn.items():
        assert kept[name] == picture, f"screenshots/{name}.svg is old; run: python -m tests.screenshots, and look"


def test_every_link_leads_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", TEXT):
        assert (Path(readme.README).parent / target).exists(), target
