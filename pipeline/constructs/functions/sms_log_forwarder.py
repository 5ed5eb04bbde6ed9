"""The SMS logs come in; the function that publishes their lines for every stage goes out."""

from aws_cdk import aws_lambda_destinations as destinations
from aws_cdk import aws_logs as logs
from aws_cdk import aws_logs_destinations as logs_destinations
from constructs import Construct

from pipeline.constructs.conversions import duration
from pipeline.constructs.functions.function import Function, Surroundings
from pipeline.constructs.messaging.sms_logs import SmsLogs
from pipeline.constructs.messaging.topic import Topic
from pipeline.constructs.messaging.work_queue import dead_letter_queue
from pipeline.stage import Account
from processors.settings import SmsLogForwarderSettings


class SmsLogForwarder(Construct):
    """Each delivery-log line becomes a message on the receipts topic.

    CloudWatch Logs invokes it asynchronously: lines that cannot be published, at the first
    attempt and two more, end in the `failures` queue.
    """

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        account: Account,
        within: Surroundings,
        sms_logs: SmsLogs,
        receipts: Topic,
    ) -> None:
        super().__init__(scope, name)
        settings = SmsLogForwarderSettings(receipts_topic_arn=receipts.topic.topic_arn)
        self.function = Function(
            self,
            "Forwarder",
            within=within,
            handler="processors.sms_log_forwarder.handler",
            environment=settings.to_env(),
            numbers=account.sms_log_forwarder,
        )
        receipts.let_publish(self.function)
        self.failures = dead_letter_queue(
            self, "Failures", retention=account.sms_log_retention, key=within.key
        )
        self.function.function.configure_async_invoke(
            max_event_age=duration(account.forward_within),
            on_failure=destinations.SqsDestination(self.failures),
        )
        for number, group in enumerate(sms_logs.groups):
            group.add_subscription_filter(
                f"Lines{number}",
                destination=logs_destinations.LambdaDestination(self.function.function),
                filter_pattern=logs.FilterPattern.all_events(),
            )
