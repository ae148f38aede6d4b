"""Writes text from outside in Markdown so that it is shown literally, never as a link, heading, image, HTML or mention.

It is written as code, in which no renderer looks for any of these. The text must have passed `kps_tui.sanitize`.
"""

import re

_BACKTICKS = re.compile("`+")


def code(text: str) -> str:
    """Return one line as a code span. In a table, use `cell`."""
    if not text:
        return ""
    fence = "`" * (_longest_run(text) + 1)
    # Renderers strip one space at each end. It separates the fence from backticks, and keeps spaces of the text.
    around = " " if text[0] in "` " or text[-1] in "` " else ""
    return f"{fence}{around}{text}{around}{fence}"


def cell(text: str) -> str:
    """Return one line as a code span for a cell of a table."""
    return code(text).replace("|", "\\|")


def code_block(text: str) -> str:
    """Return lines as a fenced block."""
    fence = "`" * max(3, _longest_run(text) + 1)
    return f"{fence}\n{text}\n{fence}"


def _longest_run(text: str) -> int:
    return max(map(len, _BACKTICKS.findall(text)), default=0)
