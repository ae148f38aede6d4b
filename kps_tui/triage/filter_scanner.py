"""Takes the text of a filter apart into words, quoted texts and regular expressions. Never raises."""

import re
from collections.abc import Callable

_STOPS = frozenset('"(),')
"""What ends a word, as white space does."""
_NAME = re.compile("([A-Za-z][A-Za-z_-]*)[:：]")
_KEYWORD = re.compile(r"(or|and)(?=[\s()]|$)", re.IGNORECASE)
_AFTER_PATTERN = frozenset("),")


class Scanner:
    """A text, and how far it was read."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def next(self) -> str:
        """Return the next character, or nothing at the end; white space of any kind as a space."""
        character = self.text[self.at : self.at + 1]
        return " " if character.isspace() else character

    def skip_spaces(self) -> None:
        """Go on to what is no white space."""
        while self.next() == " ":
            self.at += 1

    def name(self) -> str:
        """Return the word before a colon, if the text goes on with `letters:`; it stays unread."""
        match = _NAME.match(self.text, self.at)
        return match[1] if match else ""

    def keyword(self) -> str:
        """Return `or` or `and`, in any case, if it is the next word; it stays unread."""
        match = _KEYWORD.match(self.text, self.at)
        return match[1].lower() if match else ""

    def word(self) -> str:
        """Read up to a space, a quote, a parenthesis or a comma. A backslash is a character like any other."""
        return self._until(lambda at: self.text[at].isspace() or self.text[at] in _STOPS)

    def quoted(self) -> tuple[str, bool]:
        r"""Read a text in quotes, `\"` and `\\` being `"` and `\`; return also whether it is closed."""
        text, closed = self._enclosed(lambda at: self.text[at] == '"')
        return re.sub(r'\\(["\\])', r"\1", text), closed

    def pattern(self) -> tuple[str, bool]:
        r"""Read a regular expression, `\/` being `/`; return also whether it is closed.

        Only a slash at the end of a word closes it, so that a path can be pasted: `/etc/ssh/sshd_config`.
        """
        text, closed = self._enclosed(lambda at: self.text[at] == "/" and self._word_ends(at + 1))
        return re.sub(r"(\\.)", lambda pair: "/" if pair[1] == "\\/" else pair[1], text, flags=re.DOTALL), closed

    def _word_ends(self, at: int) -> bool:
        after = self.text[at : at + 1]
        return not after or after.isspace() or after in _AFTER_PATTERN

    def _enclosed(self, ends: Callable[[int], bool]) -> tuple[str, bool]:
        self.at += 1
        inside = self._until(ends, escapes=True)
        closed = self.at < len(self.text)
        self.at += closed
        return inside, closed

    def _until(self, ends: Callable[[int], bool], escapes: bool = False) -> str:
        begin = at = self.at
        while at < len(self.text) and not ends(at):
            at += 2 if escapes and self.text[at] == "\\" else 1
        self.at = min(at, len(self.text))
        return self.text[begin : self.at]
