"""Make the SES identity of a stage, and publish the events of its e-mails. Used by the pipeline stack."""

from aws_cdk import Stack
from aws_cdk import aws_kms as kms
from aws_cdk import aws_ses as ses
from constructs import Construct

from pipeline.constructs.functions.function import Function
from pipeline.constructs.messaging.topic import EncryptedTopic


class Mail(Construct):
    """Send from one domain, and publish each event of an e-mail on the events topic."""

    def __init__(self, scope: Construct, name: str, *, domain: str, key: kms.IKey) -> None:
        super().__init__(scope, name)
        self.events = EncryptedTopic(self, "Events", key=key)
        self.configuration_set = ses.ConfigurationSet(
            self,
            "ConfigurationSet",
            reputation_metrics=True,
            suppression_reasons=ses.SuppressionReasons.BOUNCES_AND_COMPLAINTS,
        )
        self.configuration_set.add_event_destination(
            "ToTopic",
            destination=ses.EventDestination.sns_topic(self.events.topic),
            events=_PUBLISHED,
        )
        self.identity = ses.EmailIdentity(
            self,
            "Identity",
            identity=ses.Identity.domain(domain),
            configuration_set=self.configuration_set,
        )

    def let_send(self, function: Function, *, sender: str) -> None:
        """Let *function* send from one address, and only with our configuration set."""
        configuration_set = Stack.of(self).format_arn(
            service="ses",
            resource="configuration-set",
            resource_name=self.configuration_set.configuration_set_name,
        )
        function.allow(
            "ses:SendEmail",
            on=[self.identity.email_identity_arn, configuration_set],
            when={"StringEquals": {"ses:FromAddress": sender}},
        )


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
