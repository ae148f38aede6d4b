"""Decodes the input from a terminal: turns bytes into text, and tells the Esc key from the start of a sequence."""

import re
from codecs import getincrementaldecoder
from collections.abc import Collection, Iterator

ESC = "\x1b"
_PASTE_BEGIN, _PASTE_END = f"{ESC}[200~", f"{ESC}[201~"
_SEQUENCES = "[Obf\x7f\t"
"""The characters that make a sequence of an ESC before them.

`[` and `O` begin longer ones. `b` and `f` are Option with an arrow key on macOS; Backspace and Tab are Alt with them.
"""
_UNDECIDED = re.compile(r"\x1b(?:O|\[(?:2(?:0[01]?)?)?)?\Z")
"""The end of a text that may be the Esc key, or the start of a sequence or of a mark around pasted text."""
_OLD_MOUSE = re.compile(rb"\x1b\[M[\x20-\xff]{3}", re.DOTALL)
"""A mouse report of three bytes that are not in the encoding of the terminal. Newer terminals send numbers."""


class Keyboard:
    """The decoder of one terminal. Invalid bytes become U+FFFD; no input raises an error."""

    def __init__(self, encoding: str = "utf-8", alt: Collection[str] = ()) -> None:
        """Create a decoder.

        Args:
            encoding: Python's name of the terminal's encoding.
            alt: the characters that are bound with Alt, which most terminals send as ESC before the character. ESC
                before any other character is the Esc key.
        """
        self._decode = getincrementaldecoder(encoding)("replace").decode
        self._undecided = ""
        self._pastes = False
        sequences = re.escape(_SEQUENCES + "".join(alt))
        self._marks = re.compile(rf"(\x1b\[20[01]~|\x1b(?![{sequences}]))")

    def read(self, data: bytes) -> Iterator[str]:
        """Yield the text of `data` in non-empty pieces. A piece that is `ESC` alone is the Esc key."""
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
        """Yield the text that was undecided: if nothing has followed for some time, it was the Esc key."""
        text, self._undecided = self._undecided, ""
        yield from filter(None, ["" if self._pastes else text[:1], text[1:]])
