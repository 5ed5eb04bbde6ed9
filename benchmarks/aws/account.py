"""Provide empty tables, and AWS clients that reach only the stand-in. Used by all benchmarks."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch

import boto3
from botocore.session import Session

from benchmarks.aws.tables import MemoryTable, MemoryTables
from ordercast.events.address_secret import use_address_secret
from ordercast.events.order_event import Channel
from ordercast.gateways import clients
from ordercast.gateways.ledger.items import write_holds
from ordercast.gateways.ledger.keys import HOLDS
from ordercast.pacing.opening import HoldRecord
from ordercast.pacing.opening import opened as ready

LEDGER = "ledger"
CUSTOMERS = "customers"
RECEIPTS = "receipts"
ROLLUPS = "rollups"

SECRET = "what addresses of no customer are hashed with"  # noqa: S105 - it opens nothing

BeforeSend = Callable[..., Any]
"""A handler of botocore's event; an answer of it replaces the network's."""


@contextmanager
def opened(before_send: BeforeSend, *, url: str | None = None) -> Iterator[None]:
    """Send the requests of all clients made meanwhile to *before_send*, then to *url*."""
    use_address_secret(lambda: SECRET)
    core = Session()
    session = boto3.Session(
        botocore_session=core,
        aws_access_key_id="nobody",
        aws_secret_access_key="nothing",  # noqa: S106 - it opens nothing
        region_name="us-east-1",
    )
    session.events.register("before-send", before_send)
    environment = {"AWS_ENDPOINT_URL": url} if url else {}
    with (
        patch.dict(os.environ, environment),
        patch.object(boto3, "DEFAULT_SESSION", session),
        patch.object(clients, "session", lambda: core),
    ):
        yield


def empty_tables() -> MemoryTables:
    """Return the tables of a stage whose channels are opened, with the ledger's sparse indexes."""
    tables = MemoryTables(
        {
            LEDGER: MemoryTable(
                *("pk", "sk"),
                due=("due_shard", "due_at"),
                customer=("person", "effective_at"),
                address=("to", "effective_at"),
                failure=("failure", "effective_at"),
            ),
            CUSTOMERS: MemoryTable("person"),
            RECEIPTS: MemoryTable("message_id", due=("due_shard", "due_at")),
            ROLLUPS: MemoryTable("pk", "sk"),
            "preferences": MemoryTable("customer_id"),
            "log": MemoryTable("notification_id"),
            "messages": MemoryTable("message_id"),
        }
    )
    # Not counted: it is written once, when the stage is new.
    tables[LEDGER].items[HOLDS, HOLDS] = write_holds(HoldRecord(opened=_OPENED), version=1)
    return tables


_OPENED = tuple(ready(Channel, by="benchmark", at=datetime(2026, 1, 1, tzinfo=UTC), reason=""))
