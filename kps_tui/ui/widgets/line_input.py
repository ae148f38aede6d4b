"""An input for one line of text, which sanitizes what is typed or pasted."""

from textual import events
from textual.widgets import Input

from kps_tui.sanitize import line

LONGEST = 4000
"""The most characters of one insertion."""


def paste_lines(field: Input, event: events.Paste, between: str) -> None:
    """Insert every line of a paste, joined by `between`. A stock input would silently drop all but the first."""
    # Otherwise the handler of the stock input would also run.
    event.prevent_default()
    event.stop()
    text = between.join(part for part in map(str.strip, event.text.splitlines()) if part)
    field.replace(text, *field.selection)


class LineInput(Input):
    """An input that passes every insertion through `sanitize.line`, and accepts pastes of several lines.

    Its cursor does not blink, so that nothing is sent while nothing happens.
    """

    def on_mount(self) -> None:
        """Stop the blinking of the cursor."""
        self.cursor_blink = False

    def on_paste(self, event: events.Paste) -> None:
        """Insert every pasted line, with a blank between two."""
        paste_lines(self, event, " ")

    def insert(self, text: str, index: int) -> None:
        """Insert sanitized `text` at `index`."""
        super().insert(line(text, LONGEST), index)

    def replace(self, text: str, start: int, end: int) -> None:
        """Replace the characters from `start` to before `end` by sanitized `text`."""
        super().replace(line(text, LONGEST), start, end)
