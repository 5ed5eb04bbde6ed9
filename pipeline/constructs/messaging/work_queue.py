"""Make a queue with its dead-letter queue, and map it to its function. Used by `Queues`."""

from datetime import timedelta

from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from ordercast.settings.mapping import Mapping
from ordercast.settings.stage import QueueReaderSettings, QueueSettings
from pipeline.constructs.conversions import duration
from pipeline.constructs.functions.function import Function
from pipeline.settings.checks import VISIBILITY_FACTOR


class WorkQueue(Construct):
    """Hide a message for six time-outs of its function; keep dead letters longer than messages.

    Retention is set in stages/*.toml under queues; batch size, window and max_receives in the
    table of the function's name. A sender's rate makes its batches smaller and limits how many run
    at a time (`ordercast.settings.mapping`).
    """

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        reader: QueueReaderSettings,
        mapping: Mapping,
        settings: QueueSettings,
        key: kms.IKey,
    ) -> None:
        super().__init__(scope, name)
        self._key = key
        self._reader, self._mapping = reader, mapping
        self.dead_letters = dead_letter_queue(
            self, "DeadLetters", retention=settings.dead_letter_retention, key=key
        )
        self.queue = sqs.Queue(
            self,
            "Queue",
            encryption=sqs.QueueEncryption.KMS,
            encryption_master_key=key,
            enforce_ssl=True,
            visibility_timeout=duration(VISIBILITY_FACTOR * reader.timeout + reader.window),
            retention_period=duration(settings.retention),
            dead_letter_queue=sqs.DeadLetterQueue(
                queue=self.dead_letters, max_receive_count=reader.max_receives
            ),
        )

    def feed(self, function: Function) -> None:
        """Map the queue to *function*, which answers for each message and may delay one."""
        reader, mapping = self._reader, self._mapping
        lambda_.EventSourceMapping(
            self,
            "Mapping",
            target=function.invoked,
            event_source_arn=self.queue.queue_arn,
            batch_size=min(reader.batch_size, mapping.batch_size),
            max_batching_window=duration(reader.window if mapping.windowed else timedelta()),
            max_concurrency=mapping.concurrency,
            report_batch_item_failures=True,
        )
        function.allow(
            *("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"),
            on=[self.queue.queue_arn],
        )
        function.allow_key("kms:Decrypt", key=self._key, through="sqs")
        # The function knows the queue's ARN, and the call wants the URL.
        function.allow("sqs:ChangeMessageVisibility", "sqs:GetQueueUrl", on=[self.queue.queue_arn])

    def let_measure(self, function: Function) -> None:
        """Let *function* ask how many messages wait here; not read them."""
        function.allow("sqs:GetQueueAttributes", on=[self.queue.queue_arn])

    def let_count(self, function: Function) -> None:
        """Let *function* ask how many messages and dead letters wait, and for how long; not read them."""
        queues = [self.queue.queue_arn, self.dead_letters.queue_arn]
        function.allow("sqs:GetQueueAttributes", on=queues)
        # CloudWatch knows no metric by an ARN (service authorization reference).
        function.allow("cloudwatch:GetMetricStatistics", on=["*"])


def dead_letter_queue(
    scope: Construct,
    name: str,
    *,
    retention: timedelta,
    key: kms.IKey,
    queue_name: str | None = None,
) -> sqs.Queue:
    """Make a queue that only an operator reads; *queue_name* is for one that another Region's stack knows."""
    return sqs.Queue(
        scope,
        name,
        queue_name=queue_name,
        encryption=sqs.QueueEncryption.KMS,
        encryption_master_key=key,
        enforce_ssl=True,
        retention_period=duration(retention),
    )
