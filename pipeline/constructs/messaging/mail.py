"""Publish the events of a stage's e-mails, and let a function send them. Used by the pipeline stack."""

from collections.abc import Sequence
from typing import Literal

from aws_cdk import Stack
from aws_cdk import aws_kms as kms
from aws_cdk import aws_ses as ses
from constructs import Construct

from pipeline.constructs.functions.function import Function
from pipeline.constructs.messaging.topic import EncryptedTopic

Tls = Literal["require", "optional"]


class Mail(Construct):
    """The configuration set that every e-mail is sent with: SES publishes its events on the topic.

    The domains that are sent from are in the data stack. Set in stages/*.toml as email_tls.
    """

    def __init__(self, scope: Construct, name: str, *, key: kms.IKey, tls: Tls) -> None:
        super().__init__(scope, name)
        self.events = EncryptedTopic(self, "Events", key=key)
        self.configuration_set = ses.ConfigurationSet(
            self,
            "ConfigurationSet",
            reputation_metrics=True,
            tls_policy=_POLICIES[tls],
            suppression_reasons=ses.SuppressionReasons.BOUNCES_AND_COMPLAINTS,
        )
        self.configuration_set.add_event_destination(
            "ToTopic",
            destination=ses.EventDestination.sns_topic(self.events.topic),
            events=_PUBLISHED,
        )

    def let_send(self, function: Function, *, senders: Sequence[str]) -> None:
        """Let *function* send from these addresses, and only with our configuration set.

        To any identity of the account: in the sandbox SES asks for the recipient's too, and an address
        that is an identity of its own is judged by that and not by its domain's. The condition is of
        the address; a name before it would be `ses:FromDisplayName` (SES developer guide, "Sending
        policy examples").
        """
        stack = Stack.of(self)
        configuration_set = stack.format_arn(
            service="ses",
            resource="configuration-set",
            resource_name=self.configuration_set.configuration_set_name,
        )
        identities = stack.format_arn(service="ses", resource="identity", resource_name="*")
        function.allow(
            "ses:SendEmail",
            on=[identities, configuration_set],
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
