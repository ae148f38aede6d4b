"""Sets help in lines that fit the terminal."""

from collections.abc import Iterable

import click

from kps_tui.terminal.width import cells, padded, pieces

NARROWEST = 10
"""The fewest cells for the words beside a name."""


class Page(click.HelpFormatter):
    """A formatter that counts cells, breaks lines between Chinese characters, and never inside `--project-id`."""

    def write_text(self, text: str) -> None:
        """Write paragraphs, which an empty line separates."""
        indent = " " * self.current_indent
        paragraphs = (_wrapped(each, self.width - self.current_indent) for each in text.split("\n\n"))
        self.write("\n\n".join("\n".join(f"{indent}{line}" for line in lines) for lines in paragraphs))
        self.write("\n")

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Write names with what they mean beside them, or below one that is wider than `col_max` cells."""
        rows = list(rows)
        column = min(max((cells(name) for name, _words in rows), default=0), col_max) + col_spacing
        indent, gap = " " * self.current_indent, " " * column
        for name, words in rows:
            lines = _wrapped(words, max(self.width - self.current_indent - column, NARROWEST))
            beside = lines and cells(name) <= column - col_spacing
            self.write(f"{indent}{padded(name, column) + lines.pop(0) if beside else name}\n")
            self.write("".join(f"{indent}{gap}{line}\n" for line in lines))


def _wrapped(text: str, width: int) -> list[str]:
    """Return `text` in lines of at most `width` cells, unless a word is wider."""
    lines = [""]
    for piece in pieces(text.replace("\n", " ")):
        if lines[-1] and cells(lines[-1] + piece.rstrip()) > width:
            lines.append("")
        lines[-1] += piece if lines[-1] else piece.lstrip()
    return [line.rstrip() for line in lines if line]
