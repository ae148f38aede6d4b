"""A field for one line of text, which may be pasted from anywhere."""

from textual.widgets import Input

from kps_tui.sanitize import line

LONGEST = 4000
"""Characters of a text."""


class LineInput(Input):
    """What is put in is made safe."""

    def insert(self, text: str, index: int) -> None:
        """Insert `text`, made safe."""
        super().insert(line(text, LONGEST), index)

    def replace(self, text: str, start: int, end: int) -> None:
        """Replace a part, made safe."""
        super().replace(line(text, LONGEST), start, end)
