"""Make tables, topics, queues and buckets for one test, with clients as strict as AWS. Used by the promise tests."""

from concurrent.futures import Executor
from typing import Any
from uuid import uuid4

from local_cloud.clients import client_of
from local_cloud.cloud import LocalCloud
from ordercast.gateways.dynamodb.table import Table
from ordercast.operations.target import published
from tests.fakes.aws_limits import strict


def client(cloud: LocalCloud, service: str) -> Any:
    """Make a client of the emulator that refuses what AWS would and the emulator would not."""
    return strict(client_of(service, endpoint=cloud.endpoint))


def fresh(kind: str) -> str:
    """Return a name that nothing has."""
    return f"promise-{kind}-{uuid4().hex[:12]}"


def table_like(cloud: LocalCloud, table: str, executor: Executor) -> Table:
    """Make an empty table with the keys and indexes of one that was deployed, such as `ledger_table`."""
    dynamodb = client(cloud, "dynamodb")
    names = published("local", client(cloud, "ssm").get_parameters).names
    deployed = dynamodb.describe_table(TableName=getattr(names, table))["Table"]
    wanted = ("IndexName", "KeySchema", "Projection")
    indexes = [{k: each[k] for k in wanted} for each in deployed.get("GlobalSecondaryIndexes", [])]
    name = fresh("table")
    dynamodb.create_table(
        TableName=name,
        KeySchema=deployed["KeySchema"],
        AttributeDefinitions=deployed["AttributeDefinitions"],
        BillingMode="PAY_PER_REQUEST",
        **({"GlobalSecondaryIndexes": indexes} if indexes else {}),
    )
    return Table(client=dynamodb, name=name, executor=executor)
