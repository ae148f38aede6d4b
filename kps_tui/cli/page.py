"""Sets help in lines that fit the terminal."""

from collections.abc import Iterable

import click

from kps_tui.terminal.width import cells, padded, wrapped

NARROWEST = 10
"""The fewest cells for the words beside a name."""


class Page(click.HelpFormatter):
    """A formatter that counts cells, breaks lines between Chinese characters, and never inside `--project-id`."""

    def write_text(self, text: str) -> None:
        """Write paragraphs, which an empty line separates."""
        indent = " " * self.current_indent
        paragraphs = (wrapped(each.replace("\n", " "), self.width - self.current_indent) for each in text.split("\n\n"))
        self.write("\n\n".join("\n".join(f"{indent}{line}" for line in lines) for lines in paragraphs))
        self.write("\n")

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Write names with what they mean beside them, or below one that is wider than `col_max` cells."""
        rows = list(rows)
        column = min(max((cells(name) for name, _words in rows), default=0), col_max) + col_spacing
        indent, gap = " " * self.current_indent, " " * column
        for name, words in rows:
            lines = wrapped(words.replace("\n", " "), max(self.width - self.current_indent - column, NARROWEST))
            beside = cells(name) <= column - col_spacing
            first = padded(name, column) + lines.pop(0) if beside else name
            self.write(f"{indent}{first}".rstrip() + "\n")
            self.write("".join(f"{indent}{gap}{line}\n" for line in lines))
