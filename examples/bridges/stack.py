"""The bridges to Ordercast's stream: from a queue, and from a rule of EventBridge through a queue."""

from pathlib import Path

from aws_cdk import Arn, ArnFormat, Duration, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as event_sources
from aws_cdk import aws_sqs as sqs
from constructs import Construct

FUNCTION = str(Path(__file__).parent / "function")
TIMEOUT = Duration.seconds(30)


class BridgesStack(Stack):
    """Two queues and one function, which may put records on the stream and nothing else.

    *key_arn* is the KMS key that encrypts the stream.
    """

    def __init__(
        self, scope: Construct, name: str, *, stream: str, key_arn: str, source: str
    ) -> None:
        super().__init__(scope, name)
        self.function = lambda_.Function(
            self,
            "Bridge",
            runtime=lambda_.Runtime.PYTHON_3_13,
            architecture=lambda_.Architecture.ARM_64,
            code=lambda_.Code.from_asset(FUNCTION, exclude=["__pycache__"]),
            handler="bridge.handler",
            timeout=TIMEOUT,
            environment={"ORDERS_STREAM": stream},
        )
        self._may_put(stream, key_arn)
        self.orders = self._bridged_queue("Orders")
        self.from_event_bus = self._bridged_queue("FromEventBus")
        undelivered = _queue(self, "Undelivered", retention_period=Duration.days(14))
        events.Rule(
            self,
            "Rule",
            event_pattern=events.EventPattern(source=[source]),
            targets=[targets.SqsQueue(self.from_event_bus, dead_letter_queue=undelivered)],
        )

    def _may_put(self, stream: str, key_arn: str) -> None:
        arn = Arn.format(
            {
                "service": "kinesis",
                "resource": "stream",
                "resourceName": stream,
                "arnFormat": ArnFormat.SLASH_RESOURCE_NAME,
            },
            self,
        )
        self.function.add_to_role_policy(
            iam.PolicyStatement(actions=["kinesis:PutRecords"], resources=[arn])
        )
        self.function.add_to_role_policy(
            iam.PolicyStatement(
                actions=["kms:GenerateDataKey"],
                resources=[key_arn],
                conditions={
                    "StringEquals": {"kms:ViaService": f"kinesis.{self.region}.amazonaws.com"}
                },
            )
        )

    def _bridged_queue(self, name: str) -> sqs.Queue:
        """Make a queue that the function reads; what fails five times is kept for two weeks."""
        dead_letters = _queue(self, f"{name}DeadLetters", retention_period=Duration.days(14))
        queue = _queue(
            self,
            name,
            visibility_timeout=Duration.seconds(6 * TIMEOUT.to_seconds()),
            dead_letter_queue=sqs.DeadLetterQueue(queue=dead_letters, max_receive_count=5),
        )
        self.function.add_event_source(
            event_sources.SqsEventSource(
                queue,
                batch_size=100,
                max_batching_window=Duration.seconds(1),
                report_batch_item_failures=True,
            )
        )
        return queue


def _queue(scope: Construct, name: str, **settings) -> sqs.Queue:
    encryption = sqs.QueueEncryption.SQS_MANAGED
    return sqs.Queue(scope, name, encryption=encryption, enforce_ssl=True, **settings)
