"""A topic, a queue and what of the topic it wants come in; the subscription goes out."""

from collections.abc import Mapping

from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk import aws_sqs as sqs


def subscribe(
    queue: sqs.IQueue,
    *,
    to: sns.ITopic,
    undelivered: sqs.IQueue,
    where: Mapping[str, str] | None = None,
) -> None:
    """Deliver what is published *to* a topic, as it is, where its attributes say so.

    What SNS cannot deliver goes to *undelivered*.
    """
    wanted = {
        attribute: sns.SubscriptionFilter.string_filter(allowlist=[value])
        for attribute, value in (where or {}).items()
    }
    to.add_subscription(
        subscriptions.SqsSubscription(
            queue,
            raw_message_delivery=True,
            filter_policy=wanted or None,
            dead_letter_queue=undelivered,
        )
    )
