"""A local cloud that is given something in; what is still on its way in it, and what has arrived, out."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console

from local_cloud.cloud import LocalCloud
from local_cloud.inbox import read_inbox
from local_cloud.on_the_way import OnTheWay, on_the_way
from ordercast.steps import status_line
from ordercast.target import Target
from ordercast.terminal import complaints
from ordercast.trouble_named import stopped_on_failure

PATIENCE = 60.0
"""Seconds without any progress, after which nobody waits on; a cold machine's first invocation takes 20."""

PAUSE = 0.3  # seconds between two looks


def still_on_the_way(cloud: LocalCloud, target: Target) -> OnTheWay:
    """Count what has still to become messages; receipts are none."""
    receipts = target.outputs.get("ReceiptsQueueUrl", "")
    return on_the_way(cloud.folder, cloud.endpoint, but_queue=receipts)


@contextmanager
def arrivals(cloud: LocalCloud, target: Target, console: Console) -> Iterator[None]:
    """Wait for the messages that a block leads to, and say how many came."""
    with stopped_on_failure(cloud, but=cloud):
        before = len(read_inbox(cloud.inbox))
        yield
        left = follow(cloud, lambda: still_on_the_way(cloud, target), console)
        arrived = len(read_inbox(cloud.inbox)) - before
    messages = "1 message" if arrived == 1 else f"{arrived} messages"
    console.print(f"{messages} given to the carrier (simulated)")
    if left:
        told = f"Still on the way, and nothing moves: {left}. Logs: {cloud.folder}/logs"
        complaints.print(told, markup=False, soft_wrap=True)


def follow(
    cloud: LocalCloud, look: Callable[[], OnTheWay], console: Console, *, patience: float = PATIENCE
) -> OnTheWay:
    """Look until nothing is on its way any more, or nothing has moved for a while; what still is then."""
    with status_line(console) as show:
        seen, moved = look(), time.monotonic()
        while seen and time.monotonic() - moved < patience:
            show(f"On the way: {seen} (Ctrl-C stops only the waiting)")
            time.sleep(PAUSE)
            cloud.check()
            now = look()
            if now != seen:
                seen, moved = now, time.monotonic()
    return seen
