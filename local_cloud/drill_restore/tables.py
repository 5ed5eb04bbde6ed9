"""Back a stage's tables up, lose one, restore both under other names, and find what a deployment takes along. Used by `run`."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from local_cloud.clients import client_of
from local_cloud.cloud import LocalCloud
from local_cloud.deploy_proof.calls import judged
from local_cloud.deploy_proof.inventory import deployed_names, named
from local_cloud.deploy_proof.operating import called
from local_cloud.deploy_proof.operator import POLICY, ROLE, Operator
from local_cloud.deploy_proof.policy import unneeded
from local_cloud.deploy_proof.steps import wait_until
from local_cloud.deploy_proof.working_copy import STAGE
from local_cloud.environment import ACCOUNT, REGION

DATA, PIPELINE = f"Ordercast-{STAGE}-Data", f"Ordercast-{STAGE}-Pipeline"
TABLES = {"ledger": "LedgerTable", "rollups": "Rollups"}
"""What is restored, by its name in existing_tables: logical ids."""

TLS_ONLY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "RequireTls",
            "Effect": "Deny",
            "Principal": {"AWS": "*"},
            "Action": "dynamodb:*",
            "Resource": "*",
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
    ],
}
"""The resource policy of every table of a stage (`pipeline/constructs/storage/table.py`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Backups:
    """What stands for point-in-time recovery: the tables that were backed up at a moment, and their key."""

    names: dict[str, str]
    key: str
    at: datetime


def backed_up(cloud: LocalCloud) -> Backups:
    """Copy ledger and rollups as they are now, the rollups a little before."""
    names = deployed_names(cloud, DATA)
    dynamodb = client_of("dynamodb", endpoint=cloud.endpoint)
    tables = {
        name: named(names, f"AWS::DynamoDB::Table {logical}") for name, logical in TABLES.items()
    }
    for name in ("rollups", "ledger"):
        dynamodb.create_backup(TableName=tables[name], BackupName=name)
    key = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{named(names, 'AWS::KMS::Key ')}"
    return Backups(names=tables, key=key, at=datetime.now(UTC))


def lose(cloud: LocalCloud, table: str) -> datetime:
    """Delete a table that is protected from it; return when it was lost."""
    dynamodb = client_of("dynamodb", endpoint=cloud.endpoint)
    dynamodb.update_table(TableName=table, DeletionProtectionEnabled=False)
    dynamodb.delete_table(TableName=table)
    return datetime.now(UTC)


def restored(operator: Operator, backups: Backups) -> dict[str, Any]:
    """Restore as an operator and switch on what a restored table lacks; return descriptions by table."""
    dynamodb = operator.client("dynamodb")
    return {name: _restored(dynamodb, name, backups) for name in TABLES}


def _restored(dynamodb: Any, name: str, backups: Backups) -> Any:  # noqa: ANN401 - stubs are chosen by literals
    (backup,) = dynamodb.list_backups(TableName=backups.names[name])["BackupSummaries"]
    table = f"{backups.names[name]}-restored-{backups.at:%Y%m%dT%H%M}"
    dynamodb.restore_table_from_backup(
        TargetTableName=table,
        BackupArn=backup["BackupArn"],
        SSESpecificationOverride={
            "Enabled": True,
            "SSEType": "KMS",
            "KMSMasterKeyId": backups.key,
        },
    )
    _wait(dynamodb, table)
    stream = {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
    changes = {"StreamSpecification": stream} if name == "ledger" else {}
    dynamodb.update_table(TableName=table, DeletionProtectionEnabled=True, **changes)
    _wait(dynamodb, table)
    dynamodb.update_time_to_live(
        TableName=table, TimeToLiveSpecification={"Enabled": True, "AttributeName": "ttl"}
    )
    dynamodb.update_continuous_backups(
        TableName=table,
        PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True},
    )
    found = dynamodb.describe_table(TableName=table)["Table"]
    dynamodb.put_resource_policy(ResourceArn=found["TableArn"], Policy=json.dumps(TLS_ONLY))
    return found


def existing_tables(found: dict[str, Any]) -> str:
    """Return the setting that names the restored tables, as TOML has it."""
    arns = (
        f"{name} {table['LatestStreamArn' if name == 'ledger' else 'TableArn']}"
        for name, table in found.items()
    )
    return json.dumps(", ".join(arns))


def exports_in_use(cloud: LocalCloud, app: Path) -> set[str]:
    """Return the exports that *app* takes from the data stack while the pipeline imports them.

    CloudFormation refuses that; the emulator does not.
    """
    cloudformation = client_of("cloudformation", endpoint=cloud.endpoint)
    template = json.loads((app / f"{DATA}.template.json").read_text())
    kept = {each["Export"]["Name"] for each in template["Outputs"].values() if "Export" in each}
    (deployed,) = cloudformation.describe_stacks(StackName=DATA)["Stacks"]
    gone = {each["ExportName"] for each in deployed["Outputs"] if "ExportName" in each} - kept
    imports = json.dumps(cloudformation.get_template(StackName=PIPELINE)["TemplateBody"])
    return {each for each in gone if each in imports}


def in_vain(cloud: LocalCloud, policy: Path) -> set[str]:
    """Return the statements of a *policy* without which every call of the operator is allowed still.

    They are looked at beside those of the operator's own policy.
    """
    own, more = (json.loads(each.read_text())["Statement"] for each in (POLICY, policy))
    calls = [called(each) for each in judged(cloud) if each.role == ROLE and each.allowed]
    return {each["Sid"] for each in unneeded([*own, *more], calls) if each in more}


def _wait(dynamodb: Any, table: str) -> None:  # noqa: ANN401
    def is_active() -> bool:
        return bool(dynamodb.describe_table(TableName=table)["Table"]["TableStatus"] == "ACTIVE")

    within = timedelta(minutes=2).total_seconds()
    wait_until(is_active, within=within, why=f"{table} is active")
