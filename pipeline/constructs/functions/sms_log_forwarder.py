"""Deploy the function that publishes SNS's delivery logs for every stage of the account."""

from aws_cdk import aws_lambda_destinations as destinations
from aws_cdk import aws_logs as logs
from aws_cdk import aws_logs_destinations as logs_destinations
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from ordercast.settings.processors import SmsLogForwarderSettings
from ordercast.settings.stage import AccountSettings
from pipeline.constructs.conversions import duration
from pipeline.constructs.functions.function import Function, FunctionDefaults
from pipeline.constructs.messaging.sms_logs import SmsLogs
from pipeline.constructs.messaging.topic import EncryptedTopic
from pipeline.constructs.messaging.work_queue import dead_letter_queue


class SmsLogForwarder(Function):
    """Publish each line of a delivery log on the receipts topic.

    CloudWatch Logs invokes it asynchronously: lines that cannot be published, at the first
    attempt and two more, end in the `failures` queue.
    """

    def __init__(
        self,
        scope: Construct,
        *,
        account: AccountSettings,
        defaults: FunctionDefaults,
        sms_logs: SmsLogs,
        receipts: EncryptedTopic,
    ) -> None:
        super().__init__(
            scope,
            defaults=defaults,
            handler="processors.sms_log_forwarder.handler",
            environment=SmsLogForwarderSettings(receipts_topic_arn=receipts.topic.topic_arn),
            settings=account.sms_log_forwarder,
        )
        receipts.let_publish(self)
        self.failures = dead_letter_queue(
            self, "Failures", retention=account.sms_log_retention, key=defaults.key
        )
        self.function.configure_async_invoke(
            max_event_age=duration(account.forward_within),
            on_failure=destinations.SqsDestination(self._by_arn(self.failures)),
        )
        for number, group in enumerate(sms_logs.groups):
            group.add_subscription_filter(
                f"Lines{number}",
                destination=logs_destinations.LambdaDestination(self.function),
                filter_pattern=logs.FilterPattern.all_events(),
            )
        self.allow_key(
            "kms:Decrypt", "kms:GenerateDataKey", key=defaults.key, through="sqs"
        )  # of Lambda, which writes to the queue in the function's name

    def _by_arn(self, queue: sqs.IQueue) -> sqs.IQueue:
        """Return *queue* without its key, which CDK would let the function use for anything."""
        return sqs.Queue.from_queue_arn(self, "FailuresByArn", queue.queue_arn)
