"""List what an account holds, and what the stacks of a stage are to leave behind. Used by `run`."""

import contextlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from local_cloud.clients import client_of
from local_cloud.cloud import LocalCloud
from local_cloud.deploy_proof.steps import hold
from local_cloud.deploy_proof.working_copy import STAGE
from local_cloud.environment import ACCOUNT, REGION, REGIONS

SECOND_REGION = "SecondRegion"
"""What the stack in the second Region ends with."""

Listing = Callable[[Any], Iterator[str]]


def inventory(cloud: LocalCloud) -> set[str]:
    """Return every resource of the kinds that our stacks have, as "service Region name"."""
    return {
        f"{service} {region} {name}"
        for region in REGIONS
        for service, listing in _LISTINGS
        for name in listing(client_of(service, endpoint=cloud.endpoint, region=region))
    }


def retained(cloud: LocalCloud, templates: Path) -> dict[str, str]:
    """Return the names of what the stage's stacks retain, by type and logical id; they are deployed."""
    found = {}
    for path in sorted(templates.glob(f"Ordercast-{STAGE}-*.template.json")):
        stack = path.name.removesuffix(".template.json")
        names = deployed_names(cloud, stack)
        for logical_id, resource in json.loads(path.read_text())["Resources"].items():
            if resource.get("DeletionPolicy", "").startswith("Retain"):
                known_as = f"{resource['Type']} {logical_id}"
                if stack.endswith(SECOND_REGION):
                    found[f"{SECOND_REGION} {known_as}"] = names[known_as]
                    continue
                found[known_as] = names[known_as]
                if resource["Type"] == "AWS::S3::BucketPolicy":  # it has the name of its bucket
                    bucket = f"AWS::S3::Bucket {resource['Properties']['Bucket']['Ref']}"
                    found[known_as] = f"policy of {names[bucket]}"
    return found


def deployed_names(cloud: LocalCloud, stack: str) -> dict[str, str]:
    """Return the names of a stack's resources, by type and logical id."""
    region = REGIONS[stack.endswith(SECOND_REGION)]
    client = client_of("cloudformation", endpoint=cloud.endpoint, region=region)
    made = client.describe_stack_resources(StackName=stack)["StackResources"]
    return {
        f"{each['ResourceType']} {each['LogicalResourceId']}": each["PhysicalResourceId"]
        for each in made
    }


def existing_settings(cloud: LocalCloud, names: dict[str, str]) -> dict[str, str]:
    """Return the settings that name what stayed."""
    dynamodb = client_of("dynamodb", endpoint=cloud.endpoint)
    tables = {
        "ledger": "LedgerTable",
        "customers": "Customers",
        "receipts": "ReceiptsTable",
        "rollups": "Rollups",
    }
    described = {
        name: dynamodb.describe_table(TableName=named(names, f"AWS::DynamoDB::Table {logical}"))
        for name, logical in tables.items()
    }
    arns = ", ".join(
        f"{name} {each['Table']['LatestStreamArn' if name == 'ledger' else 'TableArn']}"
        for name, each in described.items()
    )
    key = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{named(names, 'AWS::KMS::Key ')}"
    return {
        "existing_tables": json.dumps(arns),
        "existing_key": json.dumps(key),
        "existing_bucket": json.dumps(named(names, "AWS::S3::Bucket ")),
        "existing_secret": json.dumps(_secret(cloud, named(names, "AWS::SecretsManager::Secret "))),
        "existing_identities": json.dumps(named(names, "AWS::SES::EmailIdentity")),
    }


def _secret(cloud: LocalCloud, name: str) -> str:
    """Return the ARN of a secret."""
    client = client_of("secretsmanager", endpoint=cloud.endpoint)
    arn: str = client.describe_secret(SecretId=name)["ARN"]
    return arn


def only_left(left: set[str], names: dict[str, str]) -> None:
    """Raise `Broken` unless what is *left* is what is named, and all of it."""
    kept = set(names.values())
    known = {each for each in left if any(name in each for name in kept)}
    hold(left == known, f"left though not retained: {sorted(left - known)[:5]}")
    gone = {name for name in kept if not any(name in each for each in left)}
    hold(not gone, f"gone though retained: {sorted(gone)[:5]}")


def named(names: dict[str, str], what: str) -> str:
    """Return the only name in the stage's own Region whose type and logical id have *what* in them."""
    (found,) = (
        name
        for known_as, name in names.items()
        if what in known_as and not known_as.startswith(SECOND_REGION)
    )
    return found


def _pages(operation: str, key: str, name: str | None = None, **options: Any) -> Listing:  # noqa: ANN401
    def listing(client: Any) -> Iterator[str]:  # noqa: ANN401 - stubs are chosen by literals
        for page in client.get_paginator(operation).paginate(**options):
            for each in page.get(key, ()):
                yield each[name] if name else each

    return listing


def _keys(client: Any) -> Iterator[str]:  # noqa: ANN401
    """Yield the keys that are not about to go: a deleted one waits for some days."""
    for each in client.list_keys()["Keys"]:
        if client.describe_key(KeyId=each["KeyId"])["KeyMetadata"]["KeyState"] != "PendingDeletion":
            yield each["KeyId"]


def _bucket_policies(client: Any) -> Iterator[str]:  # noqa: ANN401
    for bucket in (each["Name"] for each in client.list_buckets()["Buckets"]):
        with contextlib.suppress(client.exceptions.ClientError):
            client.get_bucket_policy(Bucket=bucket)
            yield f"policy of {bucket}"


def _alarms(client: Any) -> Iterator[str]:  # noqa: ANN401
    answer = client.describe_alarms(AlarmTypes=["MetricAlarm", "CompositeAlarm"], MaxRecords=100)
    for kind in ("MetricAlarms", "CompositeAlarms"):
        yield from (each["AlarmName"] for each in answer.get(kind, ()))


def _once(operation: str, key: str, name: str | None = None) -> Listing:
    def listing(client: Any) -> Iterator[str]:  # noqa: ANN401
        for each in getattr(client, operation)().get(key, ()):
            yield each[name] if name else each

    return listing


_STACKS = ["CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "DELETE_FAILED"]

_LISTINGS: tuple[tuple[str, Listing], ...] = (
    (
        "cloudformation",
        _pages("list_stacks", "StackSummaries", "StackName", StackStatusFilter=_STACKS),
    ),
    ("cloudwatch", _alarms),
    ("cloudwatch", _once("list_dashboards", "DashboardEntries", "DashboardName")),
    ("dynamodb", _pages("list_tables", "TableNames")),
    ("events", _once("list_rules", "Rules", "Name")),
    ("iam", _pages("list_roles", "Roles", "RoleName")),
    ("kinesis", _once("list_streams", "StreamNames")),
    ("kms", _keys),
    ("lambda", _pages("list_functions", "Functions", "FunctionName")),
    ("lambda", _pages("list_event_source_mappings", "EventSourceMappings", "UUID")),
    ("logs", _pages("describe_log_groups", "logGroups", "logGroupName")),
    ("s3", _once("list_buckets", "Buckets", "Name")),
    ("s3", _bucket_policies),
    ("secretsmanager", _pages("list_secrets", "SecretList", "ARN")),
    ("sesv2", _once("list_configuration_sets", "ConfigurationSets")),
    ("sesv2", _once("list_email_identities", "EmailIdentities", "IdentityName")),
    ("sns", _pages("list_topics", "Topics", "TopicArn")),
    ("sns", _pages("list_subscriptions", "Subscriptions", "SubscriptionArn")),
    ("sqs", _pages("list_queues", "QueueUrls")),
    ("ssm", _pages("get_parameters_by_path", "Parameters", "Name", Path="/", Recursive=True)),
)
