"""An input for one line of text, which sanitizes what is typed or pasted."""

from textual.widgets import Input

from kps_tui.sanitize import line

LONGEST = 4000
"""The most characters of one insertion."""


class LineInput(Input):
    """An input that passes every insertion through `sanitize.line`."""

    def insert(self, text: str, index: int) -> None:
        """Insert sanitized `text` at `index`."""
        super().insert(line(text, LONGEST), index)

    def replace(self, text: str, start: int, end: int) -> None:
        """Replace the characters from `start` to before `end` by sanitized `text`."""
        super().replace(line(text, LONGEST), start, end)
