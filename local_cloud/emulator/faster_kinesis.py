"""Make ministack's Kinesis faster. Used by `serve`.

At every call ministack looks through all shard iterators for old ones. Each read leaves a new one for
five minutes, so that this soon takes most of its time.
"""

# ruff: noqa: ANN401, SLF001 - ministack's internals have neither types nor a public interface

import time
from collections.abc import Callable
from typing import Any

EVERY = 10.0  # seconds


def expire_seldom(kinesis: Any, clock: Callable[[], float] = time.monotonic) -> None:
    """Let ministack's *kinesis* module forget old iterators now and then; it refuses each old one anyway."""
    expire, due = kinesis._expire_iterators, 0.0

    def expiring() -> None:
        nonlocal due
        if (now := clock()) >= due:
            due = now + EVERY
            expire()

    kinesis._expire_iterators = expiring
