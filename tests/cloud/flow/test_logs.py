"""Functions on the local cloud log the lines that the runbook looks for, as on AWS."""

import json
from typing import Any

import boto3

from ordercast.notifications.lifecycle import State
from ordercast.operations.target import Target
from tests.cloud.orders import ended, order, put
from tests.eventually import eventually


def lines_of(function: str) -> list[dict[str, Any]]:
    """Return what the function has logged, by the name of its construct."""
    logs = boto3.client("logs")
    groups = logs.get_paginator("describe_log_groups").paginate()
    [name] = [
        each["logGroupName"]
        for page in groups
        for each in page["logGroups"]
        if function in each["logGroupName"]
    ]
    events = logs.filter_log_events(logGroupName=name)["events"]
    texts = [each["message"] for each in events if each["message"].startswith("{")]
    return [json.loads(each) for each in texts]


def test_each_invocation_says_what_it_did_at_the_stage_s_level(
    target: Target, order_id: str
) -> None:
    put(target, order(order_id, channel="email"))
    ended(target, order_id, State.DELIVERED)

    def said() -> set[str]:
        wanted = {"OrderRelay": "batch_relayed", "EmailSender": "batch_sent"}
        return {
            slug
            for function, slug in wanted.items()
            if slug in {each.get("message") for each in lines_of(function)}
        }

    assert eventually(lambda: {"batch_relayed", "batch_sent"} == said(), within=30)
