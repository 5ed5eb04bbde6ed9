"""Make the policies of who reads a stage and of who acts on it. Used by the pipeline stack (docs/decisions/0062).

What is allowed stands in docs/operator-policy.json, for all stages; here each statement gets this
stage's own resources. A new statement there belongs to acts, unless `READS` names it.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from aws_cdk import Aws, Stack
from aws_cdk import aws_iam as iam
from constructs import Construct

from pipeline.constructs.functions.parts import StageParts

SOURCE = Path(__file__).resolve().parents[3] / "docs/operator-policy.json"

READS = (
    *("FindTheStage", "UseTheKeyThroughItsServices", "ReadTables", "HashAddresses"),
    *("ExportTheLedger", "AskAboutTheAccount", "AskTheOptOutList", "DescribeWhatTheStageUses"),
    *("ReadTheParametersOfTheAccount", "CompareWithMetrics", "SeeAlarms", "ReadOrders"),
    *("AskTheListsOfProviders", "ReadParkedRecords", "ReadDeadLetters"),
)
"""What commands and the console without actions do, by the name of its statement."""

DEPLOYS = (
    *("BootstrapTheCdk", "DeployThroughTheRolesOfTheBootstrap", "EndTheProtectionOfAStack"),
    *("FindTheBucketOfARemovedStage", "DeleteWhatARemovedStageHasParked"),
)
"""What only who deploys and removes stages needs: no policy of a stage has it."""

AUDIT = "audit#*"
"""The partitions of the ledger's audit trail (ordercast/gateways/ledger/audit_trail.py)."""


class OperatorPolicies(Construct):
    """Two managed policies: a reader gets the first, an operator both. Nobody is given them here."""

    def __init__(self, scope: Construct, name: str, *, parts: StageParts) -> None:
        super().__init__(scope, name)
        self._resources = _resources(Stack.of(self), parts)
        self._topic = parts.notifications.topic.topic_arn
        written = json.loads(SOURCE.read_text(encoding="utf-8"))["Statement"]
        reads = [each for each in written if each["Sid"] in READS]
        acts = [each for each in written if each["Sid"] not in {*READS, *DEPLOYS}]
        stage = parts.stage.name
        self.reader = self._policy("Reader", reads, f"Read stage {stage} of Ordercast.")
        self.reader.add_statements(_let_record(parts.tables.ledger.table.table_arn))
        about = f"Act on stage {stage} of Ordercast, beside its reader's policy."
        self.acts = self._policy("Acts", acts, about)

    @property
    def outputs(self) -> Mapping[str, str]:
        """The ARN of each, by the name of its output."""
        return {
            "reader-policy-arn": self.reader.managed_policy_arn,
            "acts-policy-arn": self.acts.managed_policy_arn,
        }

    def _policy(
        self, name: str, written: Sequence[Mapping[str, Any]], about: str
    ) -> iam.ManagedPolicy:
        return iam.ManagedPolicy(
            self,
            name,
            description=about,
            statements=[
                iam.PolicyStatement(
                    sid=each["Sid"],
                    actions=_listed(each["Action"]),
                    resources=self._of(each),
                    conditions=each.get("Condition"),
                )
                for each in written
            ],
        )

    def _of(self, written: Mapping[str, Any]) -> list[str]:
        """Return the resources of a statement."""
        if written["Action"] == "sns:Publish":
            return [self._topic]  # of notifications, and not of alarms
        patterns = _listed(written["Resource"])
        return [arn for pattern in patterns for arn in self._resources[pattern]]


def _let_record(ledger: str) -> iam.PolicyStatement:
    """Let a reader insert entries of the audit trail: what was shown to whom is on record.

    Entries are never changed: it is no update. Without the second condition a call that names no key
    would pass the first (IAM guide, "ForAllValues").
    """
    return iam.PolicyStatement(
        sid="RecordWhatWasShown",
        actions=["dynamodb:PartiQLInsert"],
        resources=[ledger],
        conditions={
            "ForAllValues:StringLike": {"dynamodb:LeadingKeys": [AUDIT]},
            "Null": {"dynamodb:LeadingKeys": "false"},
        },
    )


def _resources(stack: Stack, parts: StageParts) -> Mapping[str, Sequence[str]]:
    """Return the stage's own resources for each pattern of the file; a new pattern needs a line here.

    Tables, key, bucket, stream and secret are named: a stage may use those that were there already.
    """
    here = f"{Aws.REGION}:{Aws.ACCOUNT_ID}"
    made, tables = f"{stack.stack_name}-*", parts.tables
    ledger, customers = tables.ledger.table.table_arn, tables.customers.table.table_arn
    everything = [each.table.table_arn for each in tables.all]
    bucket, stream = parts.parked.bucket.bucket_arn, [parts.orders.stream_arn]
    aws = f"arn:{Aws.PARTITION}"
    return {
        "*": ["*"],
        "arn:aws:cloudwatch:*:*:alarm:*": [f"{aws}:cloudwatch:{here}:alarm:*"],
        "arn:aws:dynamodb:*:*:table/Ordercast-*": [
            *everything,
            *(f"{each.table.table_arn}/index/*" for each in tables.all if each.indexes),
        ],
        "arn:aws:dynamodb:*:*:table/Ordercast-*Customers*": [customers],
        "arn:aws:dynamodb:*:*:table/Ordercast-*LedgerTable*": [ledger],
        "arn:aws:dynamodb:*:*:table/Ordercast-*ReceiptsTable*": [tables.receipts.table.table_arn],
        "arn:aws:dynamodb:*:*:table/Ordercast-*Rollups*": [tables.rollups.table.table_arn],
        "arn:aws:kinesis:*:*:stream/Ordercast-*": stream,
        "arn:aws:kinesis:*:*:stream/ordercast-*": [],
        "arn:aws:kms:*:*:key/*": [parts.defaults.key.key_arn],
        "arn:aws:logs:*:*:log-group:*": [f"{aws}:logs:{here}:log-group:*"],
        "arn:aws:s3:::ordercast-*": [bucket, f"{bucket}/*"],
        "arn:aws:secretsmanager:*:*:secret:Ordercast-*": [parts.secret.arn],
        "arn:aws:ses:*:*:configuration-set/*": [
            f"{aws}:ses:*:{Aws.ACCOUNT_ID}:configuration-set/*"
        ],
        "arn:aws:ses:*:*:identity/*": [f"{aws}:ses:*:{Aws.ACCOUNT_ID}:identity/*"],
        "arn:aws:sms-voice:*:*:opt-out-list/Default": [
            f"{aws}:sms-voice:*:{Aws.ACCOUNT_ID}:opt-out-list/Default"
        ],
        # The alarms' topic is in the stack of observability, the events' and all queues in this one.
        "arn:aws:sns:*:*:Ordercast-*": [
            f"{aws}:sns:{here}:{made}",
            f"{aws}:sns:{here}:Ordercast-{parts.stage.name}-Observability-*",
        ],
        "arn:aws:sqs:*:*:Ordercast-*": [f"{aws}:sqs:{here}:{made}"],
        "arn:aws:ssm:*:*:parameter/cdk-bootstrap/*": [
            f"{aws}:ssm:{here}:parameter/cdk-bootstrap/*"
        ],
        "arn:aws:ssm:*:*:parameter/ordercast/*": [
            f"{aws}:ssm:{here}:parameter/ordercast/{parts.stage.name}/*"
        ],
    }


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value
