"""The SMS queues and the tables come in; the function that sends texts goes out."""

from collections.abc import Sequence

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from constructs import Construct

from pipeline.constructs.functions.function import Function, Surroundings
from pipeline.constructs.messaging.work_queue import WorkQueue
from pipeline.constructs.storage.tables import Tables
from pipeline.stage import Stage
from processors.settings import SmsSenderSettings


class SmsSender(Construct):
    """Claims each notification on the ledger, then publishes it to a phone number."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        stage: Stage,
        within: Surroundings,
        queues: Sequence[WorkQueue],
        tables: Tables,
    ) -> None:
        super().__init__(scope, name)
        settings = SmsSenderSettings(
            stage=stage.name,
            ledger_table=tables.ledger.name,
            customers_table=tables.customers.name,
            receipts_table=tables.receipts.name,
            sender_id=stage.sender_id,
            claim_lease=stage.claim_lease,
            receipt_retention=stage.receipt_retention,
            silence=stage.silence_after,
        )
        self.function = Function(
            self,
            "Sender",
            within=within,
            handler="processors.sms_sender.handler",
            environment=settings.to_env(),
            numbers=stage.sms_sender,
        )
        tables.let_claim(self.function)
        self.function.role.add_to_policy(_publish_to_phones(Stack.of(self)))
        for queue in queues:
            queue.feed(self.function)


def _publish_to_phones(stack: Stack) -> iam.PolicyStatement:
    """Allow phone numbers, which have no ARN, by leaving out everything that has one: topics."""
    topics = stack.format_arn(service="sns", region="*", account="*", resource="*")
    return iam.PolicyStatement(actions=["sns:Publish"], not_resources=[topics])
