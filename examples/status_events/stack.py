"""A queue of a shop's own on which Ordercast's status events arrive, and a queue for those that cannot be read."""

from aws_cdk import Duration, Stack
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk import aws_sqs as sqs
from constructs import Construct


class StatusEventsQueueStack(Stack):
    """One shop's events, raw, as `consumer.py` reads them; *topic_arn* is a stage's topic of status events."""

    def __init__(self, scope: Construct, name: str, *, topic_arn: str, shop: str) -> None:
        super().__init__(scope, name)
        dead_letters = _queue(self, "DeadLetters", retention_period=Duration.days(14))
        queue = _queue(
            self,
            "StatusEvents",
            visibility_timeout=Duration.seconds(60),
            retention_period=Duration.days(7),
            dead_letter_queue=sqs.DeadLetterQueue(queue=dead_letters, max_receive_count=10),
        )
        topic = sns.Topic.from_topic_arn(self, "Topic", topic_arn)
        of_shop = sns.SubscriptionFilter.string_filter(allowlist=[shop])
        topic.add_subscription(
            subscriptions.SqsSubscription(
                queue,
                raw_message_delivery=True,
                filter_policy={"shop": of_shop},
                dead_letter_queue=dead_letters,
            )
        )


def _queue(scope: Construct, name: str, **settings) -> sqs.Queue:
    encryption = sqs.QueueEncryption.SQS_MANAGED
    return sqs.Queue(scope, name, encryption=encryption, enforce_ssl=True, **settings)
