"""A stage's data and the account's receipts come in; the running pipeline goes out."""

from aws_cdk import CfnOutput, Fn, Stack
from aws_cdk import aws_kms as kms
from constructs import Construct

from pipeline.bundling.package import package
from pipeline.constructs.functions.analytics import Analytics
from pipeline.constructs.functions.email_sender import EmailSender
from pipeline.constructs.functions.function import Surroundings
from pipeline.constructs.functions.order_relay import OrderRelay
from pipeline.constructs.functions.receipt_tracker import ReceiptTracker
from pipeline.constructs.functions.sms_sender import SmsSender
from pipeline.constructs.functions.sweeper import Sweeper
from pipeline.constructs.functions.verifier import Verifier
from pipeline.constructs.messaging.mail import Mail
from pipeline.constructs.messaging.subscription import subscribe
from pipeline.constructs.messaging.topic import Topic
from pipeline.constructs.messaging.work_queue import WorkQueue, dead_letter_queue
from pipeline.stacks.account import AccountStack
from pipeline.stacks.data import DataStack
from pipeline.stage import QueueReaderNumbers, Stage


class PipelineStack(Stack):
    """From order events to messages to receipts; what it must not lose is in the data stack."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        stage: Stage,
        data: DataStack,
        account: AccountStack,
    ) -> None:
        super().__init__(scope, name)
        self._stage = stage
        # By its ARN: CDK would add every topic here to the key's policy in the data stack, which
        # must not depend on this one. The key admits SNS and SES by account instead.
        self._key = kms.Key.from_key_arn(self, "Key", data.key.key_arn)
        self._within = Surroundings(
            package=package(self, stage.target),
            key=self._key,
            log_retention=stage.log_retention,
            removal=stage.removal,
        )
        self.undelivered = dead_letter_queue(
            self, "Undelivered", retention=stage.queues.dead_letter_retention, key=self._key
        )
        self.hub = Topic(self, "Hub", key=self._key)
        self.mail = Mail(self, "Mail", domain=stage.mail_domain, key=self._key)
        self.queues = {
            "SmsHigh": self._channel_queue("sms", "high", stage.sms_sender),
            "SmsNormal": self._channel_queue("sms", "normal", stage.sms_sender),
            "EmailHigh": self._channel_queue("email", "high", stage.email_sender),
            "EmailNormal": self._channel_queue("email", "normal", stage.email_sender),
            "Receipts": self._receipts_queue(account.sms_receipts),
        }
        self.relay = self._order_relay(data)
        self.analytics = self._analytics(data)
        self.functions = {
            "OrderRelay": self.relay.function,
            "SmsSender": self._sms_sender(data).function,
            "EmailSender": self._email_sender(data).function,
            "ReceiptTracker": self._receipt_tracker(data).function,
            "Sweeper": self._sweeper(data).function,
            "Analytics": self.analytics.function,
            "Verifier": self._verifier(data).function,
        }
        self._say_what_was_made()

    def _channel_queue(self, channel: str, priority: str, reader: QueueReaderNumbers) -> WorkQueue:
        """High does not wait behind normal: each has a queue that the hub fills."""
        name = f"{channel.title()}{priority.title()}"
        made = WorkQueue(self, name, reader=reader, numbers=self._stage.queues, key=self._key)
        subscribe(
            made.queue,
            to=self.hub.topic,
            undelivered=self.undelivered,
            where={"channel": channel, "priority": priority},
        )
        return made

    def _receipts_queue(self, sms_receipts: Topic) -> WorkQueue:
        reader = self._stage.receipt_tracker
        made = WorkQueue(self, "Receipts", reader=reader, numbers=self._stage.queues, key=self._key)
        for topic in (self.mail.events.topic, sms_receipts.topic):
            subscribe(made.queue, to=topic, undelivered=self.undelivered)
        return made

    def _order_relay(self, data: DataStack) -> OrderRelay:
        return OrderRelay(
            self,
            "OrderRelay",
            stage=self._stage,
            within=self._within,
            orders=data.orders,
            tables=data.tables,
            hub=self.hub,
            parked=data.parked,
        )

    def _sms_sender(self, data: DataStack) -> SmsSender:
        return SmsSender(
            self,
            "SmsSender",
            stage=self._stage,
            within=self._within,
            queues=[self.queues["SmsHigh"], self.queues["SmsNormal"]],
            tables=data.tables,
        )

    def _email_sender(self, data: DataStack) -> EmailSender:
        return EmailSender(
            self,
            "EmailSender",
            stage=self._stage,
            within=self._within,
            queues=[self.queues["EmailHigh"], self.queues["EmailNormal"]],
            tables=data.tables,
            mail=self.mail,
        )

    def _receipt_tracker(self, data: DataStack) -> ReceiptTracker:
        return ReceiptTracker(
            self,
            "ReceiptTracker",
            stage=self._stage,
            within=self._within,
            queue=self.queues["Receipts"],
            tables=data.tables,
        )

    def _sweeper(self, data: DataStack) -> Sweeper:
        return Sweeper(
            self,
            "Sweeper",
            stage=self._stage,
            within=self._within,
            tables=data.tables,
            hub=self.hub,
            receipts=self.queues["Receipts"],
        )

    def _analytics(self, data: DataStack) -> Analytics:
        return Analytics(
            self,
            "Analytics",
            stage=self._stage,
            within=self._within,
            tables=data.tables,
            parked=data.parked,
        )

    def _verifier(self, data: DataStack) -> Verifier:
        return Verifier(
            self,
            "Verifier",
            stage=self._stage,
            within=self._within,
            orders=data.orders,
            tables=data.tables,
            parked=data.parked,
        )

    def _say_what_was_made(self) -> None:
        """Name what the command line and the tests look for."""
        receipts = self.queues["Receipts"].queue
        configuration_set = self.mail.configuration_set.configuration_set_name
        CfnOutput(self, "HubTopicArn", value=self.hub.topic.topic_arn)
        CfnOutput(self, "ReceiptsQueueUrl", value=receipts.queue_url)
        # Each names its dead letters itself.
        urls = Fn.join(" ", [each.queue.queue_url for each in self.queues.values()])
        CfnOutput(self, "WorkQueueUrls", value=urls)
        CfnOutput(self, "UndeliveredQueueUrl", value=self.undelivered.queue_url)
        CfnOutput(self, "ConfigurationSetName", value=configuration_set)
        CfnOutput(
            self,
            "SweeperFunctionName",
            value=self.functions["Sweeper"].function.function_name,
        )
