"""A reader's time-out and a stage's queue numbers come in; a queue and its dead letters go out."""

from datetime import timedelta

from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from pipeline.constructs.conversions import duration
from pipeline.constructs.functions.function import Function
from pipeline.stage import VISIBILITY_FACTOR, QueueNumbers, QueueReaderNumbers


class WorkQueue(Construct):
    """Hides a message for six time-outs of its reader; keeps dead letters longer than letters."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        reader: QueueReaderNumbers,
        numbers: QueueNumbers,
        key: kms.IKey,
    ) -> None:
        super().__init__(scope, name)
        self._key = key
        self._reader = reader
        self.dead_letters = dead_letter_queue(
            self, "DeadLetters", retention=numbers.dead_letter_retention, key=key
        )
        self.queue = sqs.Queue(
            self,
            "Queue",
            encryption=sqs.QueueEncryption.KMS,
            encryption_master_key=key,
            enforce_ssl=True,
            visibility_timeout=duration(VISIBILITY_FACTOR * reader.timeout + reader.window),
            retention_period=duration(numbers.retention),
            dead_letter_queue=sqs.DeadLetterQueue(
                queue=self.dead_letters, max_receive_count=reader.max_receives
            ),
        )

    def feed(self, function: Function) -> None:
        """Map the queue to *function*, which answers for each message by itself and may delay one."""
        lambda_.EventSourceMapping(
            self,
            "Mapping",
            target=function.function,
            event_source_arn=self.queue.queue_arn,
            batch_size=self._reader.batch_size,
            max_batching_window=duration(self._reader.window),
            report_batch_item_failures=True,
        )
        function.allow(
            *("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"),
            on=[self.queue.queue_arn],
        )
        function.allow("kms:Decrypt", on=[self._key.key_arn])
        # It knows the queue by its ARN, and the call wants the URL.
        function.allow("sqs:ChangeMessageVisibility", "sqs:GetQueueUrl", on=[self.queue.queue_arn])

    def let_count(self, function: Function) -> None:
        """Let *function* ask how many messages wait, here and dead, and for how long; and read none."""
        queues = [self.queue.queue_arn, self.dead_letters.queue_arn]
        function.allow("sqs:GetQueueAttributes", on=queues)
        # CloudWatch knows no metric by an ARN (service authorization reference).
        function.allow("cloudwatch:GetMetricStatistics", on=["*"])


def dead_letter_queue(
    scope: Construct, name: str, *, retention: timedelta, key: kms.IKey
) -> sqs.Queue:
    """Make a queue that nobody reads until an operator does."""
    return sqs.Queue(
        scope,
        name,
        encryption=sqs.QueueEncryption.KMS,
        encryption_master_key=key,
        enforce_ssl=True,
        retention_period=duration(retention),
    )
