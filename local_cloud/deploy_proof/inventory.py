"""List what an account holds, and what the stacks of a stage are to leave behind. Used by `run`."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from local_cloud.clients import client_of
from local_cloud.cloud import LocalCloud
from local_cloud.deploy_proof.working_copy import STAGE

Listing = Callable[[Any], Iterator[str]]


def inventory(cloud: LocalCloud) -> set[str]:
    """Return every resource of the kinds that our stacks have, as "service name"."""
    return {
        f"{service} {name}"
        for service, listing in _LISTINGS
        for name in listing(client_of(service, endpoint=cloud.endpoint))
    }


def retained(cloud: LocalCloud, templates: Path) -> dict[str, str]:
    """Return the names of what the stage's stacks retain, by type and logical id; they are deployed."""
    cloudformation = client_of("cloudformation", endpoint=cloud.endpoint)
    found = {}
    for path in sorted(templates.glob(f"Ordercast-{STAGE}-*.template.json")):
        stack = path.name.removesuffix(".template.json")
        made = cloudformation.describe_stack_resources(StackName=stack)["StackResources"]
        names = {each["LogicalResourceId"]: each["PhysicalResourceId"] for each in made}
        for logical_id, resource in json.loads(path.read_text())["Resources"].items():
            if resource.get("DeletionPolicy", "").startswith("Retain"):
                found[f"{resource['Type']} {logical_id}"] = names[logical_id]
    return found


def _pages(operation: str, key: str, name: str | None = None, **options: Any) -> Listing:  # noqa: ANN401
    def listing(client: Any) -> Iterator[str]:  # noqa: ANN401 - stubs are chosen by literals
        for page in client.get_paginator(operation).paginate(**options):
            for each in page.get(key, ()):
                yield each[name] if name else each

    return listing


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
    ("kms", _pages("list_keys", "Keys", "KeyId")),
    ("lambda", _pages("list_functions", "Functions", "FunctionName")),
    ("lambda", _pages("list_event_source_mappings", "EventSourceMappings", "UUID")),
    ("logs", _pages("describe_log_groups", "logGroups", "logGroupName")),
    ("s3", _once("list_buckets", "Buckets", "Name")),
    ("sesv2", _once("list_configuration_sets", "ConfigurationSets")),
    ("sesv2", _once("list_email_identities", "EmailIdentities", "IdentityName")),
    ("sns", _pages("list_topics", "Topics", "TopicArn")),
    ("sns", _pages("list_subscriptions", "Subscriptions", "SubscriptionArn")),
    ("sqs", _pages("list_queues", "QueueUrls")),
    ("ssm", _pages("get_parameters_by_path", "Parameters", "Name", Path="/", Recursive=True)),
)
