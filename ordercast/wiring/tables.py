"""Open DynamoDB tables that share one client and thread pool. Used by Lambda functions and `ordercast verify`."""

import time
from collections.abc import Callable
from concurrent.futures import Executor

from ordercast.gateways import clients
from ordercast.gateways.dynamodb.table import Table


def tables(executor: Executor) -> Callable[[str], Table]:
    """Return a function that opens a table by name."""
    client = clients.dynamodb()
    return lambda name: Table(client=client, name=name, executor=executor, pause=time.sleep)
