"""Judge what SES says of the account and of the stage's domains. Used by the table in `checks`."""

from collections.abc import Iterator
from decimal import Decimal

from ordercast.operations.doctor.findings import Judged, bad, look, ok
from ordercast.operations.doctor.readings import (
    IdentityReadings,
    MailAccount,
    MailEvents,
    MailIdentity,
    MailReputation,
)
from ordercast.settings.stage import StageSettings

EVERYBODY = "*"

REVIEWED_BOUNCES, REVIEWED_COMPLAINTS = Decimal(5), Decimal("0.1")
"""Percent at which SES reviews an account (SES guide: reputation dashboard messages)."""

NEARLY = Decimal("0.8")
"""The share of a quota from which on somebody should look."""


def writes_to_everybody(stage: StageSettings) -> bool:
    """Tell whether the stage writes to customers: in a sandbox, their messages are refused."""
    return EVERYBODY in {each.strip() for each in stage.allowed_recipients.split(",")}


def sandbox(account: MailAccount, stage: StageSettings) -> Iterator[Judged]:
    """Judge whether SES takes e-mails to recipients that are not verified."""
    if account.production:
        yield ok("production access")
        return
    in_it = "in the sandbox: e-mails go to verified recipients only"
    advice = "ask for production access: aws sesv2 put-account-details, or the SES console"
    yield bad(in_it, advice) if writes_to_everybody(stage) else look(in_it, advice)


def sending(account: MailAccount, _: StageSettings) -> Iterator[Judged]:
    """Judge whether sending is paused for the account."""
    if account.sending:
        yield ok("on")
    else:
        yield bad("paused", "aws sesv2 put-account-sending-attributes --sending-enabled")


def set_sending(events: MailEvents, _: StageSettings) -> Iterator[Judged]:
    """Judge whether sending is paused for the stage."""
    if events.sending:
        yield ok("on")
    else:
        yield bad("paused", "aws sesv2 put-configuration-set-sending-options --sending-enabled")


def enforcement(account: MailAccount, _: StageSettings) -> Iterator[Judged]:
    """Judge whether SES reviews the account, or has shut it down."""
    advice = "read SES's e-mail to the account's owner, and answer it in AWS Support"
    if account.enforcement == "HEALTHY":
        yield ok("healthy")
    elif account.enforcement == "PROBATION":
        yield look("under review (PROBATION)", advice)
    else:
        yield bad(account.enforcement, advice)


def rate(account: MailAccount, stage: StageSettings) -> Iterator[Judged]:
    """Compare the rate that SES allows with the stage's."""
    wanted = stage.email_sender.rate
    if account.rate is None or account.rate >= wanted:
        allowed = "no limit" if account.rate is None else f"{account.rate:g} recipients a second"
        yield ok(f"{allowed}, the stage's is {wanted}")
    else:
        found = f"SES allows {account.rate:g} recipients a second, the stage's rate is {wanted}"
        yield look(found, "ask for more, or set email_sender.rate (docs/sending.md)")


def quota(account: MailAccount, _: StageSettings) -> Iterator[Judged]:
    """Judge how much of the day's quota is left."""
    if account.quota is None:
        yield ok("no limit")
        return
    found = f"{account.sent:,} of {account.quota:,} recipients in the last 24 hours"
    advice = "ask for more: Service Quotas, SES, Sending quota"
    if account.sent >= account.quota:
        yield bad(found, advice)
    else:
        yield look(found, advice) if account.sent >= NEARLY * account.quota else ok(found)


def plan(account: MailAccount, stage: StageSettings) -> Iterator[Judged]:
    """Compare the plan, which sets the price, with the stage's."""
    if account.plan == stage.email_plan:
        yield ok(account.plan)
        return
    found = f"SES says {account.plan or 'none'}, the stage {stage.email_plan}"
    yield look(
        found, "set email_plan to the account's: estimates of cost are wrong (docs/prices.md)"
    )


def verified(identities: IdentityReadings, _: StageSettings) -> Iterator[Judged]:
    """Judge whether SES takes e-mails from each domain."""
    for each in identities:
        if each.verified:
            yield ok("verified", of=each.domain)
        else:
            found = "not verified" if each.there else "no such identity in this Region"
            advice = f"aws sesv2 get-email-identity --email-identity {each.domain} shows the records for its DNS"
            yield bad(found, advice, of=each.domain)


def signed(identities: IdentityReadings, _: StageSettings) -> Iterator[Judged]:
    """Judge whether SES finds the DKIM records of each domain."""
    for each in _there(identities):
        if each.dkim == "SUCCESS":
            yield ok("its records are found", of=each.domain)
        else:
            found = each.dkim or "no DKIM"
            yield bad(found, "put its DKIM records into the DNS of the domain", of=each.domain)


def feedback(identities: IdentityReadings, _: StageSettings) -> Iterator[Judged]:
    """Judge whether bounces reach a mailbox, with their recipients' addresses."""
    for each in _there(identities):
        if each.forwards_feedback:
            advice = (
                "aws sesv2 put-email-identity-feedback-attributes"
                f" --email-identity {each.domain} --no-email-forwarding-enabled"
            )
            yield bad("bounces go to the sender's mailbox, too", advice, of=each.domain)
        else:
            yield ok("not forwarded by e-mail", of=each.domain)


def bounces(reputation: MailReputation, stage: StageSettings) -> Iterator[Judged]:
    """Compare the bounce rate with the stage's alarm and SES's review."""
    yield _rate(reputation.bounces, stage.alarms.bounce_percent, REVIEWED_BOUNCES)


def complaints(reputation: MailReputation, stage: StageSettings) -> Iterator[Judged]:
    """Compare the complaint rate with the stage's alarm and SES's review."""
    yield _rate(reputation.complaints, stage.alarms.complaint_percent, REVIEWED_COMPLAINTS)


def _there(identities: IdentityReadings) -> list[MailIdentity]:
    return [each for each in identities if each.there]


def _rate(percent: float | None, alarm: Decimal, reviewed: Decimal) -> Judged:
    if percent is None:
        return ok("none published yet")
    found = f"{percent:.3g} %, the alarm is at {alarm} and SES reviews at {reviewed}"
    advice = "find out who bounces or complains: ordercast stats --by template,campaign"
    if percent >= reviewed:
        return bad(found, advice)
    return look(found, advice) if percent >= alarm else ok(found)
