"""Text from outside inside Markdown: shown as it is, never a link, a heading, an image, HTML or a mention.

Code is the one place where no renderer looks for any of these, so that is where such text goes. It is safe text
(`kps_tui.sanitize`) already.
"""

import re

_BACKTICKS = re.compile("`+")


def code(text: str) -> str:
    """Return one line as a code span; also for a table cell if it has no `|`."""
    if not text:
        return ""
    fence = "`" * (_longest_run(text) + 1)
    # One space at both ends is taken away again, and keeps backticks apart; text with spaces of its own needs it too.
    around = " " if text[0] in "` " or text[-1] in "` " else ""
    return f"{fence}{around}{text}{around}{fence}"


def cell(text: str) -> str:
    """Return one line as a code span for the cell of a table."""
    return code(text).replace("|", "\\|")


def code_block(text: str) -> str:
    """Return lines as a fenced block."""
    fence = "`" * max(3, _longest_run(text) + 1)
    return f"{fence}\n{text}\n{fence}"


def _longest_run(text: str) -> int:
    return max(map(len, _BACKTICKS.findall(text)), default=0)
