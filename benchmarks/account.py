"""An AWS account that is nobody's out: empty tables, and clients that reach only a stand-in."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import boto3

from benchmarks.tables import Table, Tables

LEDGER = "ledger"
CUSTOMERS = "customers"
RECEIPTS = "receipts"
ROLLUPS = "rollups"

BeforeSend = Callable[..., Any]
"""A handler of botocore's event; what it answers, if anything, is not asked of the network."""


@contextmanager
def opened(before_send: BeforeSend, *, url: str | None = None) -> Iterator[None]:
    """Let every request of every client that is made meanwhile meet *before_send*, then *url*."""
    session = boto3.Session(
        aws_access_key_id="nobody",
        aws_secret_access_key="nothing",  # noqa: S106 - it opens nothing
        region_name="us-east-1",
    )
    session.events.register("before-send", before_send)
    environment = {"AWS_ENDPOINT_URL": url} if url else {}
    with patch.dict(os.environ, environment), patch.object(boto3, "DEFAULT_SESSION", session):
        yield


def empty_tables() -> Tables:
    """Return the tables of a new account, with the ledger's sparse indexes."""
    return Tables(
        {
            LEDGER: Table(
                *("pk", "sk"),
                due=("due_shard", "due_at"),
                customer=("person", "accepted_at"),
                failure=("failure",),
            ),
            CUSTOMERS: Table("person"),
            RECEIPTS: Table("message_id", due=("due_shard", "due_at")),
            ROLLUPS: Table("pk", "sk"),
            "preferences": Table("customer_id"),
            "log": Table("notification_id"),
            "messages": Table("message_id"),
        }
    )
