"""Lays out help texts for the width of the terminal."""

from collections.abc import Iterable

import click

from kps_tui.terminal.width import cells, padded, wrapped

NARROWEST = 10
"""The smallest width of the right column, in cells."""


class Page(click.HelpFormatter):
    """A formatter that, unlike click's, counts cells, breaks Chinese text, and does not break at hyphens."""

    def write_text(self, text: str) -> None:
        """Write `text`, in which empty lines separate paragraphs."""
        indent = " " * self.current_indent
        paragraphs = (wrapped(each.replace("\n", " "), self.width - self.current_indent) for each in text.split("\n\n"))
        self.write("\n\n".join("\n".join(f"{indent}{line}" for line in lines) for lines in paragraphs))
        self.write("\n")

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Write names and their meanings in two columns; a meaning stands below a name wider than `col_max` cells."""
        rows = list(rows)
        column = min(max((cells(name) for name, _words in rows), default=0), col_max) + col_spacing
        indent, gap = " " * self.current_indent, " " * column
        for name, words in rows:
            lines = wrapped(words.replace("\n", " "), max(self.width - self.current_indent - column, NARROWEST))
            beside = cells(name) <= column - col_spacing
            first = padded(name, column) + lines.pop(0) if beside else name
            self.write(f"{indent}{first}".rstrip() + "\n")
            self.write("".join(f"{indent}{gap}{line}\n" for line in lines))
