"""Make the SES identities of a stage, and publish the events of its e-mails. Used by the pipeline stack."""

from collections.abc import Sequence

from aws_cdk import Stack
from aws_cdk import aws_kms as kms
from aws_cdk import aws_ses as ses
from constructs import Construct

from ordercast.settings.brands import brand_senders, sender_of
from ordercast.settings.stage import StageSettings
from pipeline.constructs.functions.function import Function
from pipeline.constructs.messaging.topic import EncryptedTopic


def mail_domains(stage: StageSettings) -> list[str]:
    """Return the stage's domain, and those of brands that send from one of their own.

    SES verifies a domain with all below it.
    """
    named = brand_senders(stage.brand_senders)
    known = [stage.mail_domain]
    for folder in (*named.used, *named.pending):
        domain = str(sender_of(folder)).rpartition("@")[2]
        if not any(f".{domain}".endswith(f".{each}") for each in known):
            known.append(domain)
    return known


class Mail(Construct):
    """Send from some domains, and publish each event of an e-mail on the events topic.

    The first domain is the stage's, the others are of shops.
    """

    def __init__(
        self, scope: Construct, name: str, *, domains: Sequence[str], key: kms.IKey
    ) -> None:
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
        self.identities = [
            ses.EmailIdentity(
                self,
                f"Identity-{domain}" if place else "Identity",
                identity=ses.Identity.domain(domain),
                configuration_set=self.configuration_set,
            )
            for place, domain in enumerate(domains)
        ]

    def let_send(self, function: Function, *, senders: Sequence[str]) -> None:
        """Let *function* send from these addresses, and only with our configuration set."""
        configuration_set = Stack.of(self).format_arn(
            service="ses",
            resource="configuration-set",
            resource_name=self.configuration_set.configuration_set_name,
        )
        function.allow(
            "ses:SendEmail",
            on=[*(each.email_identity_arn for each in self.identities), configuration_set],
            when={"StringEquals": {"ses:FromAddress": list(senders)}},
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
