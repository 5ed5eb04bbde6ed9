"""Read how often texts are tried again after a receipt. Used by wiring and the checks of settings."""

import re
from datetime import timedelta

from ordercast.events.order_event import Priority
from ordercast.sending.tries import Retries
from ordercast.typed_values import Duration

MOST = timedelta(days=1)


def retries(written: str) -> dict[Priority, Retries]:
    """Read `high 2 over 30 min, normal 1 over 2 h`. Raises `ValueError` for anything else."""
    found: dict[Priority, Retries] = {}
    for each in filter(None, map(str.strip, written.split(","))):
        match = re.fullmatch(r"(high|normal) ([1-5]) over (\d+ (?:s|min|h|d))", each)
        if match is None:
            message = f"{each} is no class, 1 to 5 tries and a time"
            raise ValueError(message)
        priority, over = Priority(match[1]), Duration.parse(match[3])
        if not timedelta() < over <= MOST:
            message = f"{match[3]} is not between 1 s and 1 d"
            raise ValueError(message)
        if priority in found:
            message = f"{priority} has two"
            raise ValueError(message)
        found[priority] = Retries(int(match[2]), over)
    return found
