"""Deploy the function that sends text messages, through the providers that the stage names."""

from collections.abc import Sequence

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from constructs import Construct

from ordercast.settings.choice_by_cost import write_choice
from ordercast.settings.originations import write_originations
from ordercast.settings.processors import SmsSenderSettings
from ordercast.settings.texts import END_USER_MESSAGING, SNS, named_providers
from pipeline.constructs.functions.parts import StageFunction, StageParts


class SmsSender(StageFunction):
    """Claim each notification in the ledger, then send it to a phone number."""

    def __init__(self, scope: Construct, *, parts: StageParts) -> None:
        india = parts.stage.india
        own = {
            **parts.sender_environment("sms"),
            "india_entity_id": india.entity_id,
            "india_template_ids": india.template_ids,
            "sms_origination": parts.stage.end_user_messaging.origination if parts.texts else "",
            "second_region_origination": parts.stage.second_region.origination,
            "choice_by_cost": write_choice(parts.stage.choice_by_cost),
            "originations": write_originations(
                parts.stage.originations, share=parts.stage.sms_sender.share
            ),
            **(parts.texts.environment if parts.texts else _NO_TEXTS),
        }
        super().__init__(scope, parts, "processors.sms_sender.handler", SmsSenderSettings, **own)
        parts.tables.let_claim(self)
        parts.secret.let_read(self)
        if SNS in named_providers(parts.stage):
            self.role.add_to_policy(_publish_to_phones(Stack.of(self), [*parts.elsewhere]))
        if parts.texts and END_USER_MESSAGING in named_providers(parts.stage):
            parts.texts.let_send(self, elsewhere=[*parts.elsewhere])
        for queue in parts.queues.sms:
            queue.feed(self)


_NO_TEXTS = {"sms_configuration_set": "", "sms_protect_configuration": ""}


def _publish_to_phones(stack: Stack, elsewhere: Sequence[str]) -> iam.PolicyStatement:
    """Allow phone numbers, which have no ARN, by leaving out everything that has one: topics."""
    topics = stack.format_arn(service="sns", region="*", account="*", resource="*")
    return iam.PolicyStatement(
        actions=["sns:Publish"],
        not_resources=[topics],
        conditions={"StringEquals": {"aws:RequestedRegion": [stack.region, *elsewhere]}},
    )
