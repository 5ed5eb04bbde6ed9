"""Make the SES identities of a stage: the domains that it sends from. Used by the data stack, and by that of a second Region."""

from aws_cdk import aws_ses as ses
from constructs import Construct

from ordercast.settings.brands import mail_domains
from ordercast.settings.stage import StageSettings
from pipeline.constructs.conversions import removal_policy


class MailIdentities(Construct):
    """An identity for each domain that is not *existing*, domains separated by commas.

    They are data: a new identity of the same domain has other DKIM records, and sends nothing until
    they are in its DNS. None has a configuration set by default, for it would outlive that.
    """

    def __init__(self, scope: Construct, name: str, *, stage: StageSettings, existing: str) -> None:
        super().__init__(scope, name)
        there = {each.strip() for each in existing.split(",")}
        for place, domain in enumerate(mail_domains(stage)):
            if domain not in there:
                self._identity(f"Identity-{domain}" if place else "Identity", domain, stage)

    def _identity(self, name: str, domain: str, stage: StageSettings) -> None:
        identity = ses.EmailIdentity(
            self,
            name,
            identity=ses.Identity.domain(domain),
            # Else SES also mails bounces, with recipients' addresses, to the sender's mailbox.
            feedback_forwarding=False,
        )
        identity.apply_removal_policy(removal_policy(stage.removal))
