"""Searches with regular expressions that can't freeze the program: each text, and all together, have a limit."""

import time
from collections.abc import Callable, Sequence
from functools import partial

from kps_tui.triage.expression import Term
from kps_tui.triage.filter_terms import compiled

SECONDS_A_TEXT = 0.05
"""How long one text may be searched."""
SECONDS = 1.0
"""How long all texts may be searched together, and for each text this much longer:"""
MORE_A_TEXT = 5e-6


class TooSlow(Exception):
    """The regular expression of a term ran out of time."""

    def __init__(self, term: Term) -> None:
        super().__init__(str(term))
        self.term = term


class Search:
    """What the regular expressions of one filter found, and the time they took."""

    def __init__(self) -> None:
        self._found: dict[str, dict[str, bool]] = {}
        self._seconds = 0.0
        self._texts = 0

    def select(self, term: Term, pattern: str, shown: list[str], indices: Sequence[int]) -> list[int]:
        """Return the indices in whose text `pattern` is found; no text is searched twice.

        Raises:
            TooSlow: of some text it is not known in time.
        """
        search = partial(compiled(pattern).search, timeout=SECONDS_A_TEXT, concurrent=True)
        known = self._found.setdefault(pattern, {})
        found: list[int] = []
        for index in indices:
            text = shown[index]
            is_found = known.get(text)
            if is_found is None:
                begin = time.monotonic()
                try:
                    is_found = known[text] = _is_found(search, text)
                except (TimeoutError, MemoryError):
                    raise TooSlow(term) from None
                finally:
                    self._texts += 1
                    self._seconds += time.monotonic() - begin
                if self._seconds > SECONDS + MORE_A_TEXT * self._texts:
                    raise TooSlow(term)
            if is_found:
                found.append(index)
        return found


def _is_found(search: Callable[[str], object], text: str) -> bool:
    try:
        return search(text) is not None
    except TimeoutError:
        # Once more: the clock runs on while a busy machine does something else.
        return search(text) is not None
