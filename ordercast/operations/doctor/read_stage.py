"""Read what the stage needs of the account beside its providers. Used by `reading`."""

from datetime import timedelta
from email.utils import parsedate_to_datetime
from itertools import islice
from typing import Any

from ordercast.operations.doctor.readings import (
    AlarmTargets,
    Bootstrap,
    ClockSkew,
    ConcurrencyReading,
    StageKey,
)
from ordercast.settings.published import output_parameter
from ordercast.workflows.ports import Clock

PAGES = 20
"""Of subscriptions, a hundred each."""

BOOTSTRAP = "/cdk-bootstrap/hnb659fds/version"
"""The parameter of CDK's own qualifier (CDK guide: bootstrapping)."""


def concurrency(functions: Any) -> ConcurrencyReading:  # noqa: ANN401 - stubs are chosen by literals
    """Ask Lambda what the account may do at a time (GetAccountSettings)."""
    limit = functions.get_account_settings()["AccountLimit"]
    return ConcurrencyReading(
        limit=limit["ConcurrentExecutions"],
        unreserved=limit.get("UnreservedConcurrentExecutions", limit["ConcurrentExecutions"]),
    )


def stage_key(queues: Any, kms: Any, queue_url: str) -> StageKey:  # noqa: ANN401
    """Describe the key that a queue of the stage, as all of it, is encrypted with."""
    wanted = ["KmsMasterKeyId"]
    found = queues.get_queue_attributes(QueueUrl=queue_url, AttributeNames=wanted)
    key = found["Attributes"]["KmsMasterKeyId"]
    state = kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"]
    rotates = kms.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"]
    return StageKey(state=state, rotates=rotates)


def alarm_targets(parameters: Any, sns: Any, stage: str) -> AlarmTargets:  # noqa: ANN401
    """Count who listens on the topic of the stage's alarms; an e-mail address must have said yes."""
    found = parameters.get_parameter(Name=output_parameter(stage, "alarms-topic-arn"))
    pages = sns.get_paginator("list_subscriptions_by_topic").paginate(
        TopicArn=found["Parameter"]["Value"]
    )
    arns = [e["SubscriptionArn"] for page in islice(pages, PAGES) for e in page["Subscriptions"]]
    pending = arns.count("PendingConfirmation")
    return AlarmTargets(confirmed=len(arns) - pending - arns.count("Deleted"), pending=pending)


def clock_skew(tokens: Any, now: Clock) -> ClockSkew:  # noqa: ANN401
    """Compare this machine's clock with the date of an answer of STS, whose seconds are whole."""
    asked = now()
    headers = tokens.get_caller_identity()["ResponseMetadata"]["HTTPHeaders"]
    here = asked + (now() - asked) / 2
    return ClockSkew(ahead=here - parsedate_to_datetime(headers["date"]) - HALF_A_SECOND)


def bootstrap(parameters: Any) -> Bootstrap:  # noqa: ANN401
    """Read the version that `cdk bootstrap` wrote."""
    return Bootstrap(version=int(parameters.get_parameter(Name=BOOTSTRAP)["Parameter"]["Value"]))


HALF_A_SECOND = timedelta(seconds=0.5)
