"""Publish the events of texts by End User Messaging, and let a function send them. Used by the pipeline stack."""

from collections.abc import Mapping, Sequence

from aws_cdk import Aws, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_smsvoice as smsvoice
from constructs import Construct

from ordercast.settings.second_region import SecondRegionNames
from pipeline.constructs.functions.function import Function
from pipeline.constructs.messaging.topic import EncryptedTopic
from pipeline.constructs.storage.encryption_key import SMS_VOICE


class EndUserMessaging(Construct):
    """What every text by it is sent with: a configuration set, whose events go to a topic, and a protect configuration.

    The numbers, pools and sender ids of the account are registered and kept by people
    (docs/first-deployment.md). In a second Region set and topic have *names*.
    """

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        key: kms.IKey,
        protect: Mapping[str, str],
        names: SecondRegionNames | None = None,
    ) -> None:
        super().__init__(scope, name)
        self.events = EncryptedTopic(
            self, "Events", key=key, topic_name=names.text_events if names else None
        )
        self.events.topic.add_to_resource_policy(self._publishing())
        self._protect = smsvoice.CfnProtectConfiguration(
            self, "ProtectConfiguration", country_rule_set=_rules(protect)
        )
        self._set = smsvoice.CfnConfigurationSet(
            self,
            "ConfigurationSet",
            configuration_set_name=names.configuration_set if names else None,
            protect_configuration_id=self._protect.attr_protect_configuration_id,
            event_destinations=[
                smsvoice.CfnConfigurationSet.EventDestinationProperty(
                    enabled=True,
                    event_destination_name="receipts",
                    matching_event_types=PUBLISHED,
                    sns_destination=smsvoice.CfnConfigurationSet.SnsDestinationProperty(
                        topic_arn=self.events.topic.topic_arn
                    ),
                )
            ],
        )
        # The service looks whether it may publish when it is given the topic.
        self._set.node.add_dependency(self.events)

    @property
    def environment(self) -> dict[str, str]:
        """The settings of a sender that name these resources."""
        return {
            "sms_configuration_set": self._set.ref,
            "sms_protect_configuration": self._protect.attr_protect_configuration_id,
        }

    def let_send(self, function: Function, *, elsewhere: Sequence[str] = ()) -> None:
        """Let *function* send texts, from whatever number, pool or sender id of the account in these Regions."""
        stack = Stack.of(self)
        ours = [
            stack.format_arn(service="sms-voice", region=region, resource="*")
            for region in (stack.region, *elsewhere)
        ]
        function.allow("sms-voice:SendTextMessage", on=ours)

    def _publishing(self) -> iam.PolicyStatement:
        """Let the service publish for this account, and for no other (user guide: "Amazon SNS event destinations")."""
        return iam.PolicyStatement(
            principals=[iam.ServicePrincipal(SMS_VOICE)],
            actions=["sns:Publish"],
            resources=[self.events.topic.topic_arn],
            conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}},
        )


def _rules(
    protect: Mapping[str, str],
) -> smsvoice.CfnProtectConfiguration.CountryRuleSetProperty | None:
    if not protect:
        return None
    rule = smsvoice.CfnProtectConfiguration.CountryRuleProperty
    return smsvoice.CfnProtectConfiguration.CountryRuleSetProperty(
        sms=[rule(country_code=each, protect_status=status) for each, status in protect.items()]
    )


PUBLISHED = [
    *("TEXT_SUCCESSFUL", "TEXT_DELIVERED"),
    *("TEXT_INVALID", "TEXT_INVALID_MESSAGE", "TEXT_UNREACHABLE", "TEXT_CARRIER_UNREACHABLE"),
    *("TEXT_BLOCKED", "TEXT_CARRIER_BLOCKED", "TEXT_SPAM", "TEXT_UNKNOWN", "TEXT_TTL_EXPIRED"),
    "TEXT_PROTECT_BLOCKED",
]
"""All that says what became of a text. TEXT_QUEUED and TEXT_PENDING say nothing that its answer has not."""
