"""Publish the events of a stage's e-mails, and let a function send them. Used by the pipeline stack."""

from collections.abc import Mapping, Sequence
from typing import Literal

from aws_cdk import Stack
from aws_cdk import aws_kms as kms
from aws_cdk import aws_ses as ses
from constructs import Construct

from ordercast.settings.second_region import SecondRegionNames
from pipeline.constructs.functions.function import Function
from pipeline.constructs.messaging.topic import EncryptedTopic

_NOWHERE: Mapping[str, str] = {}

Tls = Literal["require", "optional"]


class Mail(Construct):
    """The configuration set that every e-mail is sent with: SES publishes its events on the topic.

    The domains that are sent from are in the data stack. Set in stages/*.toml as email_tls. In a second
    Region both have *names*.
    """

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        key: kms.IKey,
        tls: Tls,
        names: SecondRegionNames | None = None,
    ) -> None:
        super().__init__(scope, name)
        self.events = EncryptedTopic(
            self, "Events", key=key, topic_name=names.mail_events if names else None
        )
        self.configuration_set = ses.ConfigurationSet(
            self,
            "ConfigurationSet",
            configuration_set_name=names.configuration_set if names else None,
            reputation_metrics=True,
            tls_policy=_POLICIES[tls],
            suppression_reasons=ses.SuppressionReasons.BOUNCES_AND_COMPLAINTS,
        )
        self.configuration_set.add_event_destination(
            "ToTopic",
            destination=ses.EventDestination.sns_topic(self.events.topic),
            events=_PUBLISHED,
        )

    def let_send(
        self,
        function: Function,
        *,
        senders: Sequence[str],
        elsewhere: Mapping[str, str] = _NOWHERE,
    ) -> None:
        """Let *function* send from these addresses, and only with our configuration set.

        *elsewhere* has that of another Region, by its name.

        To any identity of the account: in the sandbox SES asks for the recipient's too, and an address
        that is an identity of its own is judged by that and not by its domain's. The condition is of
        the address; a name before it would be `ses:FromDisplayName` (SES developer guide, "Sending
        policy examples").
        """
        stack = Stack.of(self)
        ours = {stack.region: self.configuration_set.configuration_set_name, **elsewhere}
        function.allow(
            "ses:SendEmail",
            on=[
                stack.format_arn(service="ses", region=region, resource=kind, resource_name=name)
                for region, configuration_set in ours.items()
                for kind, name in (("identity", "*"), ("configuration-set", configuration_set))
            ],
            when={"StringEquals": {"ses:FromAddress": list(senders)}},
        )


_POLICIES = {
    "require": ses.ConfigurationSetTlsPolicy.REQUIRE,
    "optional": ses.ConfigurationSetTlsPolicy.OPTIONAL,
}

# Not opens and clicks, which would track the reader.
_PUBLISHED = [
    ses.EmailSendingEvent.SEND,
    ses.EmailSendingEvent.REJECT,
    ses.EmailSendingEvent.RENDERING_FAILURE,
    ses.EmailSendingEvent.DELIVERY_DELAY,
    ses.EmailSendingEvent.DELIVERY,
    ses.EmailSendingEvent.BOUNCE,
    ses.EmailSendingEvent.COMPLAINT,
]
