"""Threads in, whatever table a function names out: one client, and calls side by side."""

import time
from collections.abc import Callable
from concurrent.futures import Executor

from ordercast.gateways import clients
from ordercast.gateways.dynamodb.table import Table


def tables(executor: Executor) -> Callable[[str], Table]:
    """Return what makes a table of its name."""
    client = clients.dynamodb()
    return lambda name: Table(client=client, name=name, executor=executor, pause=time.sleep)
