"""Find a deployed stage: its settings and names, from SSM. Used by every command on a stage."""

import json
import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from ordercast.events.address_secret import use_address_secret
from ordercast.gateways import clients
from ordercast.gateways.address_secret import stored_secret
from ordercast.gateways.budgets.dynamo_accounts import DynamoAccounts
from ordercast.gateways.budgets.limits import DynamoLimits
from ordercast.gateways.dynamodb.table import Table
from ordercast.gateways.ledger.audit_trail import DynamoAuditTrail
from ordercast.gateways.ledger.dynamo_ledger import DynamoLedger
from ordercast.gateways.ledger.lists import DynamoLedgerLists
from ordercast.gateways.ledger.template_versions import DynamoTemplateVersions
from ordercast.gateways.pacing.dynamo_buckets import DynamoBuckets
from ordercast.gateways.people.dynamo_people import DynamoPeople
from ordercast.gateways.people.suppression_list import DynamoSuppressionList
from ordercast.gateways.receipt_logs.dynamo_receipt_logs import DynamoReceiptLogs
from ordercast.gateways.rollups.dynamo_rollups import DynamoRollups
from ordercast.gateways.rollups.listing import DynamoCountedList
from ordercast.gateways.rollups.shops import DynamoShops
from ordercast.gateways.streams.orders_stream import KinesisOrders
from ordercast.operations.checkout import in_checkout
from ordercast.operations.command_name import command_name
from ordercast.queries.messages import Lists
from ordercast.settings.published import StageNames, names_parameter, settings_parameter
from ordercast.settings.stage import StageSettings
from ordercast.typed_values import BadSettings, read_settings
from ordercast.usage_error import UsageError
from ordercast.wiring.tables import tables

LOCAL_STAGE = "local"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A deployed stage, as its deployment published it."""

    settings: StageSettings
    names: StageNames

    @property
    def stage(self) -> str:
        """The stage's name."""
        return self.settings.name

    @property
    def region(self) -> str:
        """The Region that it is deployed in."""
        return self.names.notifications_topic.split(":")[3]

    def ledger(self) -> DynamoLedger:
        """Return its ledger."""
        return DynamoLedger(
            table=_table(self.names.ledger_table), customers=_table(self.names.customers_table)
        )

    def orders(self) -> KinesisOrders:
        """Return its stream, to be read again."""
        name = self.names.orders_stream
        return KinesisOrders(client=clients.kinesis(), name=name, pause=time.sleep)

    def template_versions(self) -> DynamoTemplateVersions:
        """Return what its messages were made from."""
        return DynamoTemplateVersions(table=_table(self.names.ledger_table))

    def receipt_logs(self) -> DynamoReceiptLogs:
        """Return the receipts of each message."""
        return DynamoReceiptLogs(table=_table(self.names.receipts_table))

    def people(self) -> DynamoPeople:
        """Return its customers."""
        return DynamoPeople(table=_table(self.names.customers_table))

    def suppression_list(self) -> DynamoSuppressionList:
        """Return the list of its suppressed addresses."""
        return DynamoSuppressionList(table=_table(self.names.customers_table))

    def audit_trail(self) -> DynamoAuditTrail:
        """Return who did what to it."""
        return DynamoAuditTrail(table=_table(self.names.ledger_table))

    def lists(self) -> Lists:
        """Return the lists of its messages."""
        return Lists(
            counted=DynamoCountedList(table=_table(self.names.rollups_table)),
            ledger=DynamoLedgerLists(table=_table(self.names.ledger_table)),
        )

    def limits(self) -> DynamoLimits:
        """Return the limits of its budgets."""
        return DynamoLimits(table=_table(self.names.ledger_table))

    def accounts(self) -> DynamoAccounts:
        """Return the accounts of its budgets."""
        return DynamoAccounts(table=_table(self.names.ledger_table))

    def buckets(self) -> DynamoBuckets:
        """Return the buckets of its pace."""
        return DynamoBuckets(table=_table(self.names.ledger_table))

    def shops(self) -> DynamoShops:
        """Return the names of its shops."""
        return DynamoShops(table=_table(self.names.rollups_table))

    def rollups(self) -> DynamoRollups:
        """Return its rollups."""
        return DynamoRollups(table=_table(self.names.rollups_table))


def _table(name: str) -> Table:
    return tables(ThreadPoolExecutor(clients.WORKERS))(name)


def target(stage: str, cloud: str | None) -> Target:
    """Return a stage's pipeline: on the local cloud, or in the AWS account of the environment."""
    if stage != LOCAL_STAGE:
        return deployed(stage)
    found: Target = in_checkout("clouds").target_on(cloud)
    return found


def provider_endpoint(stage: str, cloud: str | None) -> str | None:
    """Return where a local cloud answers for what it simulates; None for AWS."""
    if stage != LOCAL_STAGE:
        return None
    endpoint: str = in_checkout("clouds").running_cloud(cloud).provider_endpoint
    return endpoint


def deployed(stage: str) -> Target:
    """Return a stage's pipeline in the AWS account of the environment's credentials.

    From now on this process hashes addresses as that stage does.
    """
    try:
        found = published(stage, boto3.client("ssm").get_parameters)
    except (BotoCoreError, ClientError) as error:
        raise UsageError(f"cannot look for stage {stage}: {error}") from error
    # Read by the first address that is hashed: most commands hash none, and need no right to it.
    use_address_secret(lambda: stored_secret(clients.secrets(), found.names.address_secret))
    return found


def published(stage: str, get_parameters: Callable[..., Any]) -> Target:
    """Read what the deployment of *stage* published, with SSM's `get_parameters`.

    Raises `UsageError` if nothing is there, or if another version wrote it.
    """
    wanted = [settings_parameter(stage), names_parameter(stage)]
    found = {each["Name"]: each["Value"] for each in get_parameters(Names=wanted)["Parameters"]}
    again = f"{command_name()} up" if stage == LOCAL_STAGE else f"make deploy STAGE={stage}"
    if len(found) < len(wanted):
        where = os.environ.get("AWS_DEFAULT_REGION") or "the Region"
        raise UsageError(f"stage {stage} is not deployed in {where}", hint=again)
    try:
        settings, names = (json.loads(found[name]) for name in wanted)
        return Target(
            settings=read_settings(StageSettings, settings), names=read_settings(StageNames, names)
        )
    except BadSettings as error:
        raise UsageError(
            f"stage {stage} was deployed by another version of ordercast: {error}",
            hint=f"use that version, or deploy it again: {again}",
        ) from error
