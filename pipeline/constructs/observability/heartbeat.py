"""Put orders of our own on the stream at regular times. Used by the observability stack.

Set in stages/*.toml as heartbeat_every, sms_heartbeat_every and sms_heartbeat_number.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

import jsii
from aws_cdk import Aws
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kinesis as kinesis
from aws_cdk import aws_kms as kms
from aws_cdk.interfaces.aws_events import IRuleRef
from constructs import Construct

from ordercast.settings.stage import StageSettings
from pipeline.constructs.conversions import duration, for_this_account

SHOP = "ordercast-heartbeat"
"""A shop of its own, so that heartbeats stand apart in every report."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beat:
    """A channel's heartbeat: how often, and to whom."""

    name: str
    channel: str
    every: timedelta
    contact: Mapping[str, str]


def heartbeats(stage: StageSettings) -> Iterator[Beat]:
    """Yield the heartbeats that a stage has; the e-mail's goes to SES's mailbox simulator, which accepts everything."""
    # https://docs.aws.amazon.com/ses/latest/dg/send-an-email-from-console.html
    simulator = {"email": "success@simulator.amazonses.com"}
    if stage.heartbeat_every:
        every = stage.heartbeat_every
        yield Beat(name="Heartbeat", channel="email", every=every, contact=simulator)
    if stage.sms_heartbeat_number:
        number = {"phone": stage.sms_heartbeat_number}
        every = stage.sms_heartbeat_every
        yield Beat(name="SmsHeartbeat", channel="sms", every=every, contact=number)


class Heartbeat(Construct):
    """An order of the shop `SHOP`.

    Its priority is high, so that it waits for no quiet hours. Each is an order of its own, so that
    no order's partition of the ledger keeps growing.
    """

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        stream: kinesis.IStream,
        key: kms.IKey,
        beat: Beat,
    ) -> None:
        super().__init__(scope, name)
        order = {
            "order_id": f"heartbeat-{events.EventField.event_id}",
            "event_id": events.EventField.event_id,
            "occurred_at": events.EventField.time,
            "shop": SHOP,
            "status": "heartbeat",
            "channel": beat.channel,
            "priority": "high",
            "contact": dict(beat.contact),
        }
        events.Rule(
            self,
            "Schedule",
            schedule=events.Schedule.rate(duration(beat.every)),
            targets=[_OrdersStream(stream, role=_role(self, stream, key), order=order)],
        )


def _role(scope: Construct, stream: kinesis.IStream, key: kms.IKey) -> iam.Role:
    """Make a role that may put records on *stream* and nothing else."""
    role = iam.Role(scope, "Role", assumed_by=for_this_account("events.amazonaws.com"))
    put = ["kinesis:PutRecord", "kinesis:PutRecords"]
    role.add_to_policy(iam.PolicyStatement(actions=put, resources=[stream.stream_arn]))
    through = f"kinesis.{Aws.REGION}.{Aws.URL_SUFFIX}"
    role.add_to_policy(
        iam.PolicyStatement(
            actions=["kms:GenerateDataKey"],
            resources=[key.key_arn],
            conditions={"StringEquals": {"kms:ViaService": through}},
        )
    )
    return role


@jsii.implements(events.IRuleTarget)
class _OrdersStream:
    """The stream as a rule's target; CDK's own makes a role without conditions, in the data stack."""

    def __init__(
        self, stream: kinesis.IStream, *, role: iam.IRole, order: Mapping[str, object]
    ) -> None:
        self._stream, self._role, self._order = stream, role, order

    def bind(
        self,
        rule: IRuleRef,
        id: str | None = None,  # noqa: A002  (jsii's name)
    ) -> events.RuleTargetConfig:
        """Return what the rule does each time."""
        del rule, id
        return events.RuleTargetConfig(
            arn=self._stream.stream_arn,
            role=self._role,
            input=events.RuleTargetInput.from_object(dict(self._order)),
            kinesis_parameters=events.CfnRule.KinesisParametersProperty(
                partition_key_path=events.EventField.event_id
            ),
        )
