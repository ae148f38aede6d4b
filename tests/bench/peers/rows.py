"""The rows that every peer shows, as the API returns them. Needs nothing but the standard library."""

import random
import uuid
from functools import cache

PAGE = 1000
FIELDS = (
    "task_time",
    "operate_type",
    "server_name",
    "keypair_name",
    "task_error_code",
    "task_error_msg",
    "task_id",
    "server_id",
)
WIDTHS = (13, 15, 26, 17, 9, 40, 36, 36)
"""Cells of each column of a table."""
SORTED_BY, NUMBER, FILTERED_BY, WORD = 5, 0, 2, "web"
"""The columns to sort by text and by number, the column to filter by, and a word that a tenth of its values contain."""


@cache
def rows(count: int) -> list[tuple[str, ...]]:
    """Return `count` rows of texts, in the order of `FIELDS`; the newest comes first."""
    draws = random.Random(1)
    families = ("api", "web", "db", "cache", "batch", "k8s", "es", "ci", "etl", "mq")
    servers = [(f"{families[i % 10]}-cn-north-4a-{i:04}", _uuid(draws)) for i in range(400)]
    errors = [("", f"Failed to reach the server, attempt {i}: connection timed out") for i in range(40)]
    errors += [(f"KPS.{4000 + i}", f"The key pair of group {i} does not exist") for i in range(20)]
    found: list[tuple[str, ...]] = []
    for number in range(count):
        server, server_id = draws.choice(servers)
        code, message = draws.choice(errors)
        operation = draws.choice(("FAILED_BIND", "FAILED_UNBIND", "FAILED_RESET", "FAILED_REPLACE"))
        time = str(1_790_000_000_000 - number * 3_111 - draws.randrange(3_000))
        key = f"ops-{draws.randrange(60)}"
        found.append((time, operation, server, key, code, message, _uuid(draws), server_id))
    return found


def _uuid(draws: random.Random) -> str:
    return str(uuid.UUID(int=draws.getrandbits(128)))
