"""Decodes what a terminal sends: bytes to text, and the Esc key apart from the start of an escape sequence."""

import re
from codecs import getincrementaldecoder
from collections.abc import Collection, Iterator

ESC = "\x1b"
_PASTE_BEGIN, _PASTE_END = f"{ESC}[200~", f"{ESC}[201~"
_SEQUENCES = "[Obf\x7f\t"
"""What follows ESC in a sequence: `[` and `O` begin longer ones, `b` and `f` are Option with an arrow on macOS.

Backspace and Tab after ESC are Alt with these keys.
"""
_UNDECIDED = re.compile(r"\x1b(?:O|\[(?:2(?:0[01]?)?)?)?\Z")
"""The end of a text that is an Esc key, or the start of a sequence, or of one around pasted text."""
_OLD_MOUSE = re.compile(rb"\x1b\[M[\x20-\xff]{3}", re.DOTALL)
"""A report of the mouse in three bytes, which are no text in any encoding. Newer terminals send numbers."""


class Keyboard:
    """The decoder of one terminal. Bytes that its encoding does not have become U+FFFD; no byte raises an error."""

    def __init__(self, encoding: str = "utf-8", alt: Collection[str] = ()) -> None:
        """Create a decoder.

        Args:
            encoding: Python's name of the terminal's encoding.
            alt: the characters that have a meaning together with Alt, which most terminals send as ESC before them.
                ESC before any other character is the Esc key.
        """
        self._decode = getincrementaldecoder(encoding)("replace").decode
        self._undecided = ""
        self._pastes = False
        sequences = re.escape(_SEQUENCES + "".join(alt))
        self._marks = re.compile(rf"(\x1b\[20[01]~|\x1b(?![{sequences}]))")

    @property
    def is_undecided(self) -> bool:
        """Whether what was read last ends with an Esc key, or with the start of a sequence; time tells which."""
        return bool(self._undecided)

    def read(self, data: bytes) -> Iterator[str]:
        """Yield the text of `data` in pieces, none of them empty. A piece that is `ESC` alone is the Esc key."""
        text = self._undecided + self._decode(_OLD_MOUSE.sub(b"", data))
        end = _UNDECIDED.search(text)
        self._undecided = end[0] if end else ""
        for part in self._marks.split(text[: end.start()] if end else text):
            if part in (_PASTE_BEGIN, _PASTE_END):
                self._pastes = part == _PASTE_BEGIN
                yield part
            elif self._pastes:
                # Inside pasted text ESC is neither a key nor a sequence.
                yield from filter(None, [part.replace(ESC, "")])
            elif part:
                yield part

    def pause(self) -> Iterator[str]:
        """Yield what was undecided, because nothing has followed it in time: it was the Esc key."""
        text, self._undecided = self._undecided, ""
        yield from filter(None, ["" if self._pastes else text[:1], text[1:]])
