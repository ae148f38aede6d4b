"""The failed tasks of the demo. Task *i* (0 is the newest) depends only on the seed, on i and on the start time.

The list consists of blocks of `BLOCK` tasks: one incident and some single failures, sorted by time. Only the requested
blocks are computed. Random numbers are made with BLAKE2, so that they are the same in every version of Python.
"""

from hashlib import blake2b
from typing import Any, NamedTuple

from kps_tui.demo.causes import BACKGROUND, INCIDENTS, OTHER_LANGUAGE, RARE, UNBIND, Incident
from kps_tui.demo.fleet import Server, family, fleet, gone, uuid_of

BLOCK = 60
"""The number of tasks in a block."""
MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
"""Milliseconds."""
BLOCK_AGE = 90 * DAY * BLOCK // 2500
"""The time that a block covers, in milliseconds: 2,500 tasks cover 90 days."""
FIRST_TIME = 1_420_070_400_000
"""No task is older than 2015-01-01 UTC (in milliseconds since the epoch)."""
CHINA = 8 * HOUR
"""UTC offset of China, all year."""
LATEST_INCIDENT, LATEST_SIZE = 95 * MINUTE, 24
"""The age of the newest incident, and the number of its servers."""
SMALLEST_SIZE, LARGEST_SIZE = 10, 40
"""The range of the number of servers in an incident."""
RUNNING = 4
"""The number of running tasks."""


class _Slot(NamedTuple):
    """Time and incident of one task in a block."""

    age: int
    """Milliseconds before the start time."""
    incident: Incident | None
    server: Server | None


class TaskList:
    """`total` failed tasks, the newest just before `start` (milliseconds since the epoch)."""

    def __init__(self, total: int, start: int, seed: int = 0) -> None:
        self.total = total
        self.start = start
        self._draws = blake2b(b"kps-tui demo %d" % seed, digest_size=64)
        self._oldest = max(0, start - FIRST_TIME)

    def row(self, index: int) -> dict[str, Any]:
        """Return task `index` in the format of the API page: the same keys in the same order, the time as text."""
        block, position = divmod(index, BLOCK)
        return self._row(index, self._block(block)[position])

    def rows(self, offset: int, limit: int) -> list[dict[str, Any]]:
        """Return at most `limit` tasks, starting at `offset`."""
        end = min(offset + limit, self.total)
        rows: list[dict[str, Any]] = []
        while offset < end:
            block, position = divmod(offset, BLOCK)
            slots = self._block(block)[position : position + end - offset]
            rows += [self._row(offset + i, slot) for i, slot in enumerate(slots)]
            offset += len(slots)
        return rows

    def running_rows(self) -> list[dict[str, Any]]:
        """Return the running tasks: the operation of the newest incident is repeated on some of its servers."""
        failed = [index for index, slot in enumerate(self._block(0)) if slot.incident and index < self.total]
        return [self._again(number, self.row(index)) for number, index in enumerate(failed[:RUNNING])]

    def _again(self, number: int, failed: dict[str, Any]) -> dict[str, Any]:
        """Return running task `number` in the format of the API page: a failed task without the error."""
        state = "RUNNING" if number else "READY"
        return {
            "task_id": uuid_of(self._draw(b"running", number)[:16].hex()),
            "operate_type": failed["operate_type"].replace("FAILED", state),
            "task_time": str(self.start - number * MINUTE - 40_000),
            "server_name": failed["server_name"],
            "server_id": failed["server_id"],
            "keypair_name": failed["keypair_name"],
        }

    def _draw(self, kind: bytes, number: int) -> bytes:
        """Return 64 pseudorandom bytes for `kind` and `number`."""
        draws = self._draws.copy()
        draws.update(b"%b%d" % (kind, number))
        return draws.digest()

    def _age(self, block: int) -> int:
        """Return how long before the start time `block` begins, in milliseconds.

        In the newer half of the time since `FIRST_TIME`, blocks are evenly spaced. In the older half they get closer
        and closer, so that none reaches `FIRST_TIME`.
        """
        age, half = block * BLOCK_AGE, self._oldest // 2
        if age <= half:
            return age
        rest = self._oldest - half
        return half + rest * (age - half) // (age - half + rest)

    def _block(self, block: int) -> list[_Slot]:
        newest, oldest = self._age(block), self._age(block + 1)
        draws = self._draw(b"block", block)
        slots = self._incident(block, newest, oldest, draws[BLOCK - SMALLEST_SIZE :])
        alone = BLOCK - len(slots)
        for i in range(alone):
            age = newest + (oldest - newest) * (256 * i + draws[i]) // (256 * alone)
            at_night = (self.start - age + CHINA) % DAY < 7 * HOUR
            if at_night and draws[i] % 4 and age + 9 * HOUR < oldest:
                age += 9 * HOUR  # Few people work at night, so move most of these tasks to the afternoon before.
            slots.append(_Slot(age, None, None))
        slots.sort(key=lambda slot: slot.age)
        return slots

    def _incident(self, block: int, newest: int, oldest: int, draws: bytes) -> list[_Slot]:
        incident = INCIDENTS[5 * block % len(INCIDENTS)]
        servers = [server for name in incident.families for server in family(name)]
        size = SMALLEST_SIZE + draws[0] % (LARGEST_SIZE - SMALLEST_SIZE + 1) if block else LATEST_SIZE
        size = min(size, len(servers))
        length = min(size * (15_000 + 60 * draws[1]), (oldest - newest) // 2)
        earliest, latest = newest + length, oldest
        begin = earliest + (self.start - earliest + CHINA - incident.minute * MINUTE) % DAY
        begin -= incident.spread * MINUTE * draws[2] // 256
        if begin < earliest or (draws[3] % 2 and begin + DAY <= latest):
            begin += DAY
        if not block:
            begin = min(LATEST_INCIDENT, latest)
        elif begin > latest:  # The block covers less than a day.
            begin = (earliest + latest) // 2
        pause = length // size
        return [
            _Slot(begin - n * pause - pause * draws[5 + n % 9] // 256, incident, servers[(draws[4] + n) % len(servers)])
            for n in range(size)
        ]

    def _row(self, index: int, slot: _Slot) -> dict[str, Any]:
        draws = self._draw(b"task", index)
        if slot.incident and slot.server:
            operation, cause, key = slot.incident.operation, slot.incident.cause, slot.incident.keypair
            server = slot.server
        else:
            operation, cause = BACKGROUND[int.from_bytes(draws[16:18]) % len(BACKGROUND)]
            if draws[26] < 8:
                operation, cause = RARE[draws[27] % len(RARE)]
            if draws[28] < 48:
                cause = OTHER_LANGUAGE.get(cause, cause)
            servers = gone() if cause.gone else fleet()
            # Use the product of two random numbers, so that some servers fail more often than others.
            server = servers[draws[18] * int.from_bytes(draws[19:21]) * len(servers) >> 24]
            key = server.keypair
            if cause.stale_key or draws[21] >= 200:
                key = f"KeyPair-{draws[22]:02x}{draws[23] % 16:02x}"
            if operation == UNBIND and draws[24] < 100:
                key = None if draws[24] < 70 else ""
        return {
            "task_id": uuid_of(draws[:16].hex()),
            "operate_type": operation,
            "task_time": str(self.start - slot.age),
            "task_error_code": cause.code,
            "task_error_msg": cause.message.format(
                name=server.name,
                sid=server.server_id,
                ip=server.ip,
                disk=server.disk_id,
                key=key,
                n=3000 + 27 * draws[25],
            ),
            "server_name": server.name,
            "server_id": server.server_id,
            "keypair_name": key,
        }
