"""Runs cases in parallel, because some wait for a deadline of the product."""

from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, Protocol, Self, TypeVar, cast, runtime_checkable

import pytest

AT_ONCE = 8

R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)


@runtime_checkable
class Runnable(Protocol[R_co]):
    """A case that can run independently."""

    @property
    def id(self) -> str: ...

    @property
    def shortest(self) -> float:
        """The fewest seconds that it takes."""

    def listed(self, folder: Path) -> R_co: ...


class SideBySide:
    """Outcomes by case. Accessing that of a failed case raises its error."""

    def __init__(self, cases: Iterable[Runnable[Any]], folder: Path) -> None:
        self._pool = ThreadPoolExecutor(AT_ONCE)
        patient = sorted({case.id: case for case in cases}.values(), key=lambda case: -case.shortest)
        self._runs: dict[str, Future[Any]] = {
            case.id: self._pool.submit(case.listed, folder / case.id) for case in patient
        }

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(cancel_futures=True)

    def __getitem__(self, case: Runnable[R]) -> R:
        return cast("R", self._runs[case.id].result())


def selected(session: pytest.Session) -> list[Runnable[Any]]:
    """Return the cases of the selected tests that use `runs`."""
    return [
        value
        for item in session.items
        if isinstance(item, pytest.Function) and "runs" in item.fixturenames and hasattr(item, "callspec")
        for value in item.callspec.params.values()
        if isinstance(value, Runnable)
    ]
