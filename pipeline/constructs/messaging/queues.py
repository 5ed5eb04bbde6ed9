"""Make the work queues of a stage and subscribe them to their topics. Used by the pipeline stack.

Add a channel: its two queues in `Queues`, and a sender in pipeline/constructs/functions/.
"""

from collections.abc import Mapping as Attributes
from collections.abc import Sequence

from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from ordercast.settings.mapping import Mapping, mapping_of
from ordercast.settings.stage import QueueReaderSettings, SenderFunctionSettings, StageSettings
from pipeline.constructs.conversions import strong
from pipeline.constructs.messaging.second_region_receipts import SecondRegionReceipts
from pipeline.constructs.messaging.topic import EncryptedTopic
from pipeline.constructs.messaging.work_queue import WorkQueue, dead_letter_queue


class Queues:
    """One queue for each channel and priority, so that high never waits behind normal; one for receipts.

    *receipts* are the stage's topics of receipts, *sms_receipts* is that of the account, and
    *second_region* has those of another Region.
    What SNS cannot deliver to any of them goes to `undelivered`.
    """

    def __init__(
        self,
        scope: Construct,
        *,
        stage: StageSettings,
        key: kms.IKey,
        notifications: EncryptedTopic,
        receipts: Sequence[EncryptedTopic],
        sms_receipts: EncryptedTopic,
        second_region: SecondRegionReceipts | None = None,
    ) -> None:
        self._scope, self._stage, self._key = scope, stage, key
        self._notifications = notifications.topic
        self.undelivered = dead_letter_queue(
            scope, "Undelivered", retention=stage.queues.dead_letter_retention, key=key
        )
        self.sms = self._of_channel("sms", stage.sms_sender)
        self.email = self._of_channel("email", stage.email_sender)
        tracker = stage.receipt_tracker
        capped = Mapping(
            concurrency=tracker.concurrency, batch_size=tracker.batch_size, windowed=True
        )
        self.receipts = self._queue("Receipts", tracker, capped)
        of_account = sns.Topic.from_topic_arn(
            scope, "SmsReceipts", strong(sms_receipts.topic, "TopicArn")
        )
        for topic in (*(each.topic for each in receipts), of_account):
            self._subscribe(self.receipts, topic)
        if second_region:
            for place, arn in enumerate(second_region.topics):
                topic = sns.Topic.from_topic_arn(scope, f"SecondRegion{place}", arn)
                self._subscribe(self.receipts, topic, undelivered=second_region.undelivered)

    @property
    def all(self) -> dict[str, WorkQueue]:
        """Every queue that a function reads, by its id."""
        return {each.node.id: each for each in (*self.sms, *self.email, self.receipts)}

    def _of_channel(self, channel: str, sender: SenderFunctionSettings) -> list[WorkQueue]:
        made = []
        for priority in ("high", "normal"):
            rate = self._stage.rate_of(channel)
            mapping = mapping_of(rate, high=priority == "high", timeout=sender.timeout)
            queue = self._queue(f"{channel.title()}{priority.title()}", sender, mapping)
            wanted = {"channel": channel, "priority": priority}
            self._subscribe(queue, self._notifications, wanted)
            made.append(queue)
        return made

    def _queue(self, name: str, reader: QueueReaderSettings, mapping: Mapping) -> WorkQueue:
        return WorkQueue(
            self._scope,
            name,
            reader=reader,
            mapping=mapping,
            settings=self._stage.queues,
            key=self._key,
        )

    def _subscribe(
        self,
        queue: WorkQueue,
        topic: sns.ITopic,
        wanted: Attributes[str, str] | None = None,
        *,
        undelivered: sqs.IQueue | None = None,
    ) -> None:
        """Deliver messages as they were published, where their attributes are as *wanted*.

        What cannot be delivered goes to a queue in the topic's Region.
        """
        policy = {
            attribute: sns.SubscriptionFilter.string_filter(allowlist=[value])
            for attribute, value in (wanted or {}).items()
        }
        topic.add_subscription(
            subscriptions.SqsSubscription(
                queue.queue,
                raw_message_delivery=True,
                filter_policy=policy or None,
                dead_letter_queue=undelivered or self.undelivered,
            )
        )
