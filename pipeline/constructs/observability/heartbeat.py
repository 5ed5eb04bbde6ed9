"""A stream and a rhythm come in; an order of our own that goes all the way goes out."""

from datetime import timedelta

from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_kinesis as kinesis
from constructs import Construct

from pipeline.constructs.conversions import duration

SHOP = "ordercast-heartbeat"
"""It is a shop of its own in the books, and can be told from those of customers."""


class Heartbeat(Construct):
    """Now and then an order whose e-mail goes to SES's mailbox simulator, which takes everything.

    Its priority is high, so that it waits for no quiet hours; each is an order of its own, so that
    no order's story grows for ever.
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
