"""A list as it is handed out: the tasks, and what they are based on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from kps_tui.kps.task import FailedTask


@dataclass(frozen=True)
class Listing:
    """Tasks in the order asked for, and how far the list they come from was read."""

    tasks: Sequence[FailedTask]
    total: int | None
    """What the service said; `None` where it said nothing usable."""
    loaded: int
    complete: bool
    fetched_at: datetime | None
    region: str
    project_id: str
    demo: bool = False
