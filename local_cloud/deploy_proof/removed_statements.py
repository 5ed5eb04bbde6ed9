"""Take a statement out of a deployed role, see that AWS refuses the call, and put it back. Used by `run`."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from local_cloud.clients import client_of
from local_cloud.cloud import LocalCloud
from local_cloud.deploy_proof.calls import refused
from local_cloud.deploy_proof.orders import CHANNELS, Orders
from local_cloud.deploy_proof.steps import hold, wait_until
from local_cloud.deploy_proof.working_copy import STAGE

REMOVED_FROM_ANALYTICS = ("AnalyticsRole", "dynamodb:PutItem")
REMOVED = (
    ("OrderRelayRole", "dynamodb:PartiQLInsert"),
    ("OrderRelayRole", "sns:Publish"),
    ("SmsSenderRole", "dynamodb:PartiQLUpdate"),
    ("EmailSenderRole", "dynamodb:BatchGetItem"),
    REMOVED_FROM_ANALYTICS,
)
"""A role, and an action of a statement that goes."""

_SOON = 60.0  # seconds


def refused_without(cloud: LocalCloud, orders: Orders, role: str, action: str) -> set[str]:
    """Put an order while the role lacks the statement: it is refused, and goes out afterwards.

    Returns the actions that were missing. Raises `Broken` when the emulator allows them all the same.
    """
    with without_statement(cloud, role, action) as missing:
        before = refused(cloud, role, missing)
        (order,) = orders.put_some(1)
        wait_until(
            lambda: refused(cloud, role, missing) > before,
            within=_SOON,
            why=f"{role} is refused what a statement with {action} allowed",
        )
        written = [channel for (each, channel) in orders.written() if each == order]
        counts = (role, action) == REMOVED_FROM_ANALYTICS
        hold(counts or len(written) < len(CHANNELS), f"{order} went out without {action}")
    return missing


@contextmanager
def without_statement(cloud: LocalCloud, role: str, action: str) -> Iterator[set[str]]:
    """Take the statements with *action* out of the policy of the stage's *role* while a block runs.

    Yields the actions of these statements.
    """
    iam: Any = client_of("iam", endpoint=cloud.endpoint)
    names = [
        each["RoleName"]
        for page in iam.get_paginator("list_roles").paginate()
        for each in page["Roles"]
        if each["RoleName"].startswith(f"Ordercast-{STAGE}-") and role in each["RoleName"]
    ]
    hold(len(names) == 1, f"{len(names)} roles are called {role}")
    (policy,) = iam.list_role_policies(RoleName=names[0])["PolicyNames"]
    whole = iam.get_role_policy(RoleName=names[0], PolicyName=policy)["PolicyDocument"]
    less = [each for each in whole["Statement"] if action not in _listed(each["Action"])]
    gone = [each for each in whole["Statement"] if each not in less]
    hold(gone, f"{role} has no statement with {action}")
    put = {"RoleName": names[0], "PolicyName": policy}
    iam.put_role_policy(**put, PolicyDocument=json.dumps({**whole, "Statement": less}))
    try:
        yield {missing for each in gone for missing in _listed(each["Action"])}
    finally:
        iam.put_role_policy(**put, PolicyDocument=json.dumps(whole))


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value
