"""Strategies for filters: trees as the parser makes them, and arbitrary text."""

from hypothesis import strategies as st

from kps_tui.triage.fields import BY_KEY
from kps_tui.triage.filter import MOMENTS, Either, Every, Expression, Form, Not, Term, Value

ANYTHING = st.text(st.characters(exclude_categories=()), max_size=8)
WORDS = st.text(st.sampled_from('abwor01nd "\\/-!=~():,：*.\n\x00\ud83d密É'), min_size=1, max_size=6) | st.sampled_from(
    ["or", "AND", "web", "db", "server:web", "-x", "~", "a b", "=", "/x/", "10.1.2.3:22", "bind", "failed", "*"]
)
PATTERNS = st.sampled_from(["^web", "web-[0-9]+$", "a/b", "x y", 'say "no"', r"\\", "(a|b),", "密", "/", r"\d{2}:"])
DATES = st.sampled_from(["2025-11-23", "2025-11-22T23:30", "2025-11-23T00:00:30Z", "2025-11-23T08:00+08:00"])
AGES = st.sampled_from(["24h", "30m", "today", "yesterday", "now", "2w"])


def values(texts: st.SearchStrategy[str], empty: bool) -> st.SearchStrategy[Value]:
    """Values of every form; with `empty`, also empty ones."""
    some = st.builds(Value, texts, st.sampled_from([Form.PLAIN, Form.EXACT, Form.FUZZY]))
    patterns = st.builds(Value, PATTERNS, st.just(Form.REGEX))
    nothing = st.just(Value("")) | st.just(Value("", Form.EXACT))
    return some | patterns | nothing if empty else some | patterns


def terms(texts: st.SearchStrategy[str] = WORDS) -> st.SearchStrategy[Term]:
    """Terms as the parser makes them."""
    plain = [key for key in BY_KEY if key != "time"]
    moments = st.lists(DATES | AGES, min_size=1, max_size=2).map(lambda some: tuple(map(Value, some)))
    days = st.sampled_from(["2025-11-23", "today", "yesterday"]).map(lambda day: (Value(day),))
    return (
        st.builds(Term, st.sampled_from(plain), st.lists(values(texts, True), max_size=3).map(tuple))
        | st.builds(Term, st.just(""), st.lists(values(texts, False), min_size=1, max_size=2).map(tuple))
        | st.builds(Term, st.sampled_from([name for name in MOMENTS if name != "on"]), moments)
        | st.builds(Term, st.just("on"), days)
        | st.just(Term("time"))
    )


def trees(texts: st.SearchStrategy[str] = WORDS) -> st.SearchStrategy[Expression]:
    """Trees in which no part has the type of the node that contains it."""

    def larger(parts: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
        def several(kind: type[Every] | type[Either]) -> st.SearchStrategy[Expression]:
            others = parts.filter(lambda part: not isinstance(part, kind))
            return st.lists(others, min_size=2, max_size=3).map(lambda some: kind(tuple(some)))

        return st.builds(Not, parts) | several(Every) | several(Either)

    return st.recursive(terms(texts), larger, max_leaves=8)
