"""The family of a server: its name without numbers and zone, the same for servers with the same role."""

import re
from functools import cache, lru_cache

from kps_tui.kps.regions import REGIONS

_SEPARATOR = re.compile("([-_. ]+)")
_DIGITS_AT_END = re.compile(r"(?<=[^0-9])[0-9]+\Z")


@lru_cache(maxsize=4096)
def family(name: str) -> str:
    """Return the name of a server without numbers and zone: `api-gateway` for `api-gateway-cn-north-4b-08`.

    The name ends before an availability zone, or before the first part of digits alone. If it has neither, digits at
    its end are left out.
    """
    zone = _zone().search(name)
    begin = name[: zone.start()] if zone else name
    parts = _SEPARATOR.split(begin)
    kept = next((number for number, part in enumerate(parts) if number and _is_number(part)), len(parts))
    begin = "".join(parts[:kept]).rstrip("-_. ")
    return begin if begin and begin != name else _DIGITS_AT_END.sub("", name).rstrip("-_. ") or name


@cache
def _zone() -> re.Pattern[str]:
    """Return the pattern of a region or an availability zone at the end of a word, such as `-cn-north-4b`."""
    regions = "|".join(sorted(map(re.escape, REGIONS), key=len, reverse=True))
    return re.compile(f"[-_. ](?:{regions})[a-z]?(?![0-9A-Za-z])")


def _is_number(part: str) -> bool:
    return part.isascii() and part.isdigit()
