"""Deploy the function that sends text messages through SNS."""

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from constructs import Construct

from ordercast.settings.processors import SmsSenderSettings
from pipeline.constructs.functions.parts import StageFunction, StageParts


class SmsSender(StageFunction):
    """Claim each notification in the ledger, then publish it to a phone number."""

    def __init__(self, scope: Construct, *, parts: StageParts) -> None:
        india = parts.stage.india
        own = {
            **parts.sender_environment("sms"),
            "india_entity_id": india.entity_id,
            "india_template_ids": india.template_ids,
        }
        super().__init__(scope, parts, "processors.sms_sender.handler", SmsSenderSettings, **own)
        parts.tables.let_claim(self)
        self.role.add_to_policy(_publish_to_phones(Stack.of(self)))
        for queue in parts.queues.sms:
            queue.feed(self)


def _publish_to_phones(stack: Stack) -> iam.PolicyStatement:
    """Allow phone numbers, which have no ARN, by leaving out everything that has one: topics."""
    topics = stack.format_arn(service="sns", region="*", account="*", resource="*")
    return iam.PolicyStatement(actions=["sns:Publish"], not_resources=[topics])
