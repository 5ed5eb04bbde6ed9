"""Read what SES lets the account and the stage's domains do. Used by `reading`."""

from datetime import datetime, timedelta
from typing import Any

from ordercast.operations.doctor.newest_values import newest_value
from ordercast.operations.doctor.readings import (
    IdentityReadings,
    MailAccount,
    MailEvents,
    MailIdentity,
    MailReputation,
)

REPUTATION_WITHIN = timedelta(days=3)
"""How old a rate may be: SES publishes one with the sending of e-mails."""


def mail_account(ses: Any) -> MailAccount:  # noqa: ANN401 - stubs are chosen by literals
    """Ask SES about the account (GetAccount)."""
    said = ses.get_account()
    quota = said.get("SendQuota", {})
    most, rate = quota.get("Max24HourSend", -1), quota.get("MaxSendRate", -1)
    plan = said.get("PricingAttributes", {}).get("CurrentPlan")
    return MailAccount(
        production=said["ProductionAccessEnabled"],
        sending=said["SendingEnabled"],
        enforcement=said.get("EnforcementStatus", "HEALTHY"),
        rate=rate if rate > 0 else None,
        quota=int(most) if most >= 0 else None,
        sent=int(quota.get("SentLast24Hours", 0)),
        plan=plan.lower() if plan else None,
    )


def mail_identities(ses: Any, domains: list[str]) -> IdentityReadings:  # noqa: ANN401
    """Ask SES about each domain (GetEmailIdentity)."""
    return tuple(_identity(ses, each) for each in domains)


def mail_events(ses: Any, configuration_set: str) -> MailEvents:  # noqa: ANN401
    """Ask SES whether the stage's configuration set sends (GetConfigurationSet)."""
    said = ses.get_configuration_set(ConfigurationSetName=configuration_set)
    return MailEvents(sending=said.get("SendingOptions", {}).get("SendingEnabled", True))


def mail_reputation(cloudwatch: Any, now: datetime) -> MailReputation:  # noqa: ANN401
    """Read the newest rates that SES published; it counts shares of 1."""
    bounces, complaints = (
        newest_value(cloudwatch, "AWS/SES", f"Reputation.{each}Rate", now - REPUTATION_WITHIN, now)
        for each in ("Bounce", "Complaint")
    )
    return MailReputation(
        bounces=None if bounces is None else 100 * bounces,
        complaints=None if complaints is None else 100 * complaints,
    )


def _identity(ses: Any, domain: str) -> MailIdentity:  # noqa: ANN401
    try:
        said = ses.get_email_identity(EmailIdentity=domain)
    except ses.exceptions.NotFoundException:
        return MailIdentity(domain=domain, there=False)
    return MailIdentity(
        domain=domain,
        there=True,
        verified=said["VerifiedForSendingStatus"],
        dkim=said.get("DkimAttributes", {}).get("Status", ""),
        forwards_feedback=said.get("FeedbackForwardingStatus", False),
    )
