"""The last list of a profile and project, as it is stored for the next start."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from kps_tui.kps.task import FailedTask


@dataclass(frozen=True, slots=True)
class ListKey:
    """Identifies a list: one is never shown for another profile, host or project."""

    profile: str
    """Empty without a profile."""
    host: str
    """Host and port of the endpoint."""
    project_id: str
    """Empty until it is known from the login; then no list is stored or found."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A list as the service returned it."""

    tasks: Sequence[FailedTask]
    """In the service's order. A task that was sent without an id has none; `TaskStore` generates the same one again."""
    total: int | None
    """The `total` of the last page, or None if it had none."""
    complete: bool
    """Whether `tasks` is the whole list."""
    answered_at: datetime
    """When the last page arrived, timezone-aware; in UTC once loaded."""
