"""Put an order of our own on the stream at regular times. Used by the observability stack.

Set in stages/*.toml as heartbeat_every.
"""

from datetime import timedelta

from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_kinesis as kinesis
from constructs import Construct

from pipeline.constructs.conversions import duration

SHOP = "ordercast-heartbeat"
"""A shop of its own, so that heartbeats stand apart in every report."""


class Heartbeat(Construct):
    """An order whose e-mail goes to SES's mailbox simulator, which accepts everything.

    Its priority is high, so that it waits for no quiet hours. Each is an order of its own, so that
    no order's partition of the ledger keeps growing.
    """

    def __init__(
        self, scope: Construct, name: str, *, stream: kinesis.IStream, every: timedelta
    ) -> None:
        super().__init__(scope, name)
        order = {
            "order_id": f"heartbeat-{events.EventField.event_id}",
            "event_id": events.EventField.event_id,
            "occurred_at": events.EventField.time,
            "shop": SHOP,
            "status": "heartbeat",
            "channel": "email",
            "priority": "high",
            # https://docs.aws.amazon.com/ses/latest/dg/send-an-email-from-console.html
            "contact": {"email": "success@simulator.amazonses.com"},
        }
        events.Rule(
            self,
            "Schedule",
            schedule=events.Schedule.rate(duration(every)),
            targets=[
                targets.KinesisStream(
                    stream,
                    message=events.RuleTargetInput.from_object(order),
                    partition_key_path=events.EventField.event_id,
                )
            ],
        )
