"""Regular expressions of filters, and their time limit.

The `regex` module backtracks: on some texts a pattern such as `(a|aa)+$` runs practically for ever. So there is a time
limit for each text, and one for all texts of a filter together.
"""

import time
from collections.abc import Callable
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from kps_tui.i18n import _
from kps_tui.problems import not_loadable
from kps_tui.sanitize import line
from kps_tui.triage.filter.expression import Term

if TYPE_CHECKING:
    import regex

LONGEST = 500
"""The most characters of a pattern."""
SECONDS_A_TEXT = 0.05
"""How long one text may be searched, in seconds of CPU time, like all times here."""
SECONDS = 1.0
"""How long all texts may be searched together, plus `MORE_A_TEXT` seconds for each of them."""
MORE_A_TEXT = 5e-6
_REASON = 120
"""The most characters of the compiler's explanation that a message repeats."""


class TooSlow(Exception):
    """The regular expression of a term exceeded its time limit."""

    def __init__(self, term: Term) -> None:
        super().__init__(str(term))
        self.term = term


class TimeLimit:
    """The time that all patterns of one filter may take together."""

    def __init__(self) -> None:
        self._seconds = 0.0
        self._texts = 0

    @property
    def is_exceeded(self) -> bool:
        """Whether the texts searched so far took longer than they may."""
        return self._seconds > SECONDS + MORE_A_TEXT * self._texts

    def count(self, seconds: float) -> None:
        """Count one text, which was searched for `seconds`."""
        self._texts += 1
        self._seconds += seconds


class Pattern:
    """A regular expression, its time limit, and its results so far: no text is searched twice.

    Raises:
        regex.error: the pattern is invalid. The compiler may raise other errors too: check with `why_not` first.
    """

    def __init__(self, pattern: str, limit: TimeLimit) -> None:
        self._search = partial(_compiled(pattern).search, timeout=SECONDS_A_TEXT, concurrent=True)
        self._limit = limit
        self._found: dict[str, bool] = {}

    def is_in(self, term: Term, text: str) -> bool:
        """Return whether `text` contains a match.

        Raises:
            TooSlow: with `term`; this text, or all texts together, took too long.
        """
        is_found = self._found.get(text)
        if is_found is None:
            is_found = self._found[text] = self._search_in_time(term, text)
            if self._limit.is_exceeded:
                raise TooSlow(term)
        return is_found

    def _search_in_time(self, term: Term, text: str) -> bool:
        begin = time.thread_time()
        try:
            return _is_found(self._search, text)
        except (TimeoutError, MemoryError):
            raise TooSlow(term) from None
        finally:
            self._limit.count(time.thread_time() - begin)


@lru_cache(maxsize=256)
def why_not(pattern: str) -> str:
    """Return why `pattern` is not a regular expression that a filter accepts; empty if it is."""
    if not pattern:
        return _("the regular expression is empty")
    if len(pattern) > LONGEST:
        return _("a regular expression has at most {limit} characters").format(limit=LONGEST)
    try:
        _compiled(pattern)
    except ValueError as error:
        return _("not a valid regular expression: {reason}").format(reason=line(str(error), _REASON))
    except (RecursionError, MemoryError, OverflowError):
        return _("not a valid regular expression: {reason}").format(reason=_("too complicated"))
    except ImportError as error:
        return str(not_loadable(error))
    except Exception as error:
        # `regex.error` is not a ValueError. The message of any other error does not help the user.
        is_known = type(error).__module__.partition(".")[0] == "regex"
        reason = line(str(error), _REASON) if is_known else type(error).__name__
        return _("not a valid regular expression: {reason}").format(reason=reason)
    return ""


def _compiled(pattern: str) -> "regex.Pattern[str]":
    # Imported here because it loads slowly, and few filters need it.
    import regex

    return regex.compile(pattern, regex.VERSION0 | regex.IGNORECASE)


def _is_found(search: Callable[[str], object], text: str) -> bool:
    begin = time.thread_time()
    while True:
        try:
            return search(text) is not None
        except TimeoutError:
            # The limit of `search` is wall-clock time, which a busy machine may have spent on something else.
            if time.thread_time() - begin > SECONDS_A_TEXT / 2:
                raise
