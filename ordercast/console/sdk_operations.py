"""Refuse every operation of the SDK that the console does not need. Used once, before it makes a client.

What reads is always allowed, and of what writes the audit trail's insert; what acts is allowed with
`--allow-actions` only. An operation that is on no list is refused before it leaves this process.
"""

from collections.abc import Mapping
from typing import Any

import boto3

from ordercast.gateways import clients

READS: Mapping[str, frozenset[str]] = {
    "cloudwatch": frozenset({"DescribeAlarms", "GetMetricData"}),
    "dynamodb": frozenset({"BatchGetItem", "DescribeTable", "GetItem", "Query"}),
    "kms": frozenset({"DescribeKey", "GetKeyRotationStatus"}),
    "lambda": frozenset({"GetAccountSettings"}),
    "logs": frozenset({"DescribeLogGroups", "DescribeSubscriptionFilters"}),
    "pinpoint-sms-voice-v2": frozenset(
        {
            "DescribeAccountAttributes",
            "DescribeOptOutLists",
            "DescribeOptedOutNumbers",
            "DescribePhoneNumbers",
            "DescribePools",
            "DescribeSenderIds",
            "DescribeSpendLimits",
        }
    ),
    "s3": frozenset({"GetObject", "HeadObject", "ListObjectsV2"}),
    "secretsmanager": frozenset({"GetSecretValue"}),  # what addresses are hashed with
    "sesv2": frozenset({"GetAccount", "GetConfigurationSet", "GetEmailIdentity"}),
    "sns": frozenset(
        {
            "GetSMSAttributes",
            "GetSMSSandboxAccountStatus",
            "ListPhoneNumbersOptedOut",
            "ListSubscriptionsByTopic",
        }
    ),
    # Dead letters are read by receiving them; they are let go at once.
    "sqs": frozenset(
        {"ChangeMessageVisibilityBatch", "GetQueueAttributes", "GetQueueUrl", "ReceiveMessage"}
    ),
    "ssm": frozenset({"GetParameter", "GetParameters"}),
    "sts": frozenset({"GetCallerIdentity"}),
}
"""Operations that change nothing, by service."""

ACTS: Mapping[str, frozenset[str]] = {
    "dynamodb": frozenset({"BatchExecuteStatement", "ExecuteStatement", "TransactWriteItems"}),
    "kinesis": frozenset({"PutRecords"}),
    "s3": frozenset({"DeleteObject", "DeleteObjects", "PutObject"}),
    "sns": frozenset({"PublishBatch"}),
    "sqs": frozenset({"DeleteMessageBatch", "SendMessageBatch"}),
}
"""What pausing, resuming, redriving, dropping, resending and cancelling take besides."""

_AUDIT = "audit#"


class OperationRefused(Exception):
    """The console may not call this operation; nothing was sent."""


def refuse_others(*, allow_actions: bool) -> None:
    """Have every client that this process makes from now on refuse what is on no list."""

    def refuse(**event: Any) -> None:  # noqa: ANN401 - botocore's
        model, params = event["model"], event["params"]
        service, operation = model.service_model.service_name, model.name
        if operation in READS.get(service, ()):
            return
        if allow_actions and operation in ACTS.get(service, ()):
            return
        if operation == "BatchExecuteStatement" and is_audit_entry(params):
            return
        raise OperationRefused(f"{service}:{operation} is not allowed here")

    clients.session().register("before-parameter-build", refuse)
    if boto3.DEFAULT_SESSION is None:
        boto3.setup_default_session()
    boto3.DEFAULT_SESSION.events.register("before-parameter-build", refuse)  # type: ignore[union-attr]


def is_audit_entry(params: Mapping[str, Any]) -> bool:
    """Tell whether all that a bulk call of statements does is to insert entries of the audit trail."""
    statements = params.get("Statements", ())
    return bool(statements) and all(_is_entry(each) for each in statements)


def _is_entry(statement: Mapping[str, Any]) -> bool:
    text, values = str(statement.get("Statement", "")), statement.get("Parameters", ())
    inserts = text.startswith('INSERT INTO "') and "VALUE {'pk': ?" in text
    return inserts and bool(values) and str(values[0].get("S", "")).startswith(_AUDIT)
