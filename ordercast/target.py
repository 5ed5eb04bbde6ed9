"""A stage's name in, the deployed pipeline that the other commands talk to out."""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from gateways import clients
from gateways.dynamodb import Table
from gateways.ledger import DynamoLedger
from gateways.people import DynamoPeople
from gateways.rollups import DynamoRollups
from gateways.trails import DynamoTrails
from local_cloud.cloud import LocalCloud
from ordercast.complaint import Complaint
from ordercast.terminal import called
from processors.tables import tables

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient

LOCAL_STAGE = "local"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A deployed pipeline; *outputs* are its stacks' outputs by key."""

    stage: str
    outputs: dict[str, str]

    def output(self, key: str) -> str:
        """Return one output; raises `Complaint` where the deployment has not come that far."""
        if key in self.outputs:
            return self.outputs[key]
        again = f"{called()} up" if self.stage == LOCAL_STAGE else f"make deploy STAGE={self.stage}"
        raise Complaint(f"stage {self.stage} is not deployed as a whole: no {key}", hint=again)

    def ledger(self) -> DynamoLedger:
        """Return its ledger."""
        return DynamoLedger(
            table=self._table("LedgerTableName"), customers=self._table("CustomersTableName")
        )

    def trails(self) -> DynamoTrails:
        """Return what providers said of each message."""
        return DynamoTrails(table=self._table("ReceiptsTableName"))

    def people(self) -> DynamoPeople:
        """Return what it knows of customers."""
        return DynamoPeople(table=self._table("CustomersTableName"))

    def rollups(self) -> DynamoRollups:
        """Return its books."""
        return DynamoRollups(table=self._table("RollupsTableName"))

    def _table(self, output: str) -> Table:
        name = self.output(output)
        return tables(ThreadPoolExecutor(clients.WORKERS))(name)


def running_cloud(name: str | None) -> LocalCloud:
    """Return the local cloud of that name, or the only one there is."""
    running = LocalCloud.running()
    chosen = [cloud for cloud in running if name in {None, cloud.name}]
    if len(chosen) == 1:
        return chosen[0]
    if not chosen:
        _tell_what_ended(name)
    names = ", ".join(cloud.name for cloud in running)
    if not running:
        raise Complaint("no local cloud is running", hint=f"start one: {called()} up")
    if not chosen:
        raise Complaint(f"no local cloud is called {name}", hint=f"running: {names}")
    raise Complaint("several local clouds are running", hint=f"choose with --cloud: {names}")


def local_target(cloud: LocalCloud) -> Target:
    """Return the pipeline on a local cloud; from now on this process talks to that cloud only."""
    cloud.adopt_environment()
    return Target(stage=LOCAL_STAGE, outputs=cloud.outputs())


def target(stage: str, cloud: str | None) -> Target:
    """Return a stage's pipeline: on the local cloud, or in the AWS account of the environment."""
    return local_target(running_cloud(cloud)) if stage == LOCAL_STAGE else _deployed(stage)


def _tell_what_ended(name: str | None) -> None:
    """Name the part with which a local cloud ended, where one of that name did."""
    for cloud in LocalCloud.ended():
        if name in {None, cloud.name} and (trouble := cloud.failure()):
            raise trouble


def _deployed(stage: str) -> Target:
    outputs: dict[str, str] = {}
    try:
        cloudformation = boto3.client("cloudformation")
        # By their whole names: stage dev is not stage dev-eu.
        for stack in (f"Ordercast-{stage}-Data", f"Ordercast-{stage}-Pipeline"):
            outputs |= _outputs(cloudformation, stack)
    except (BotoCoreError, ClientError) as error:
        raise Complaint(f"cannot look for stage {stage}: {error}") from error
    if not outputs:
        where = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "the Region"
        raise Complaint(
            f"stage {stage} is not deployed in {where}", hint=f"make deploy STAGE={stage}"
        )
    return Target(stage=stage, outputs=outputs)


def _outputs(cloudformation: "CloudFormationClient", stack: str) -> dict[str, str]:
    try:
        (found,) = cloudformation.describe_stacks(StackName=stack)["Stacks"]
    except ClientError as error:
        if "does not exist" in error.response["Error"].get("Message", ""):
            return {}
        raise
    return {each["OutputKey"]: each["OutputValue"] for each in found.get("Outputs", [])}
