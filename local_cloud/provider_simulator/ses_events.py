"""Write SES's event documents about an e-mail. Used by `api`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from local_cloud.environment import ACCOUNT
from local_cloud.provider_simulator.email import Email
from local_cloud.provider_simulator.outcomes_and_delays import EmailEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedEmail:
    """An e-mail with what SES adds when it accepts it."""

    email: Email
    message_id: str
    at: datetime
    region: str


def send_event(accepted: AcceptedEmail) -> dict[str, Any]:
    """Describe that SES accepted the e-mail."""
    return {"eventType": "Send", "mail": _mail(accepted), "send": {}}


def receipt_event(
    accepted: AcceptedEmail, event: EmailEvent, recipient: str, *, at: datetime, feedback_id: str
) -> dict[str, Any]:
    """Describe what happened to the e-mail for one recipient.

    https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html
    """
    if event.kind == "Delivery":
        detail = _delivery(accepted, recipient, at)
    elif event.kind == "Complaint":
        detail = _complaint(recipient, at, feedback_id)
    else:
        detail = _bounce(event, recipient, at, feedback_id)
    return {"eventType": event.kind, "mail": _mail(accepted), event.kind.lower(): detail}


def _mail(accepted: AcceptedEmail) -> dict[str, Any]:
    email = accepted.email
    domain = email.sender_address.rpartition("@")[2]
    tags = {
        "ses:configuration-set": [email.configuration_set],
        "ses:source-ip": ["127.0.0.1"],
        "ses:from-domain": [domain],
        "ses:caller-identity": ["local-cloud"],
    }
    common = {"from": [email.sender], "to": list(email.to), "messageId": accepted.message_id}
    return {
        "timestamp": _iso(accepted.at),
        "source": email.sender,
        "sourceArn": f"arn:aws:ses:{accepted.region}:{ACCOUNT}:identity/{domain}",
        "sendingAccountId": ACCOUNT,
        "messageId": accepted.message_id,
        "destination": list(email.recipients),
        "headersTruncated": False,
        "headers": [{"name": name, "value": value} for name, value in _headers(email).items()],
        "commonHeaders": {**common, "subject": email.subject},
        "tags": {**tags, **{name: [value] for name, value in email.tags.items()}},
    }


def _headers(email: Email) -> Mapping[str, str]:
    headers = {"From": email.sender, "To": ", ".join(email.to), "Subject": email.subject}
    return {**headers, "MIME-Version": "1.0", **email.headers}


def _delivery(accepted: AcceptedEmail, recipient: str, at: datetime) -> dict[str, Any]:
    return {
        "timestamp": _iso(at),
        "processingTimeMillis": round((at - accepted.at).total_seconds() * 1000),
        "recipients": [recipient],
        "smtpResponse": "250 2.6.0 Message received (simulation)",
        "reportingMTA": "provider-simulator.local",
    }


def _complaint(recipient: str, at: datetime, feedback_id: str) -> dict[str, Any]:
    return {
        "complainedRecipients": [{"emailAddress": recipient}],
        "timestamp": _iso(at),
        "feedbackId": feedback_id,
        "userAgent": "Ordercast local cloud (simulation)",
        "complaintFeedbackType": "abuse",
        "arrivalDate": _iso(at),
    }


def _bounce(event: EmailEvent, recipient: str, at: datetime, feedback_id: str) -> dict[str, Any]:
    if event.bounce is None:
        raise ValueError(event.kind)
    recipients = {"emailAddress": recipient, **_DIAGNOSES[event.bounce]}
    return {
        "bounceType": event.bounce[0],
        "bounceSubType": event.bounce[1],
        "bouncedRecipients": [recipients],
        "timestamp": _iso(at),
        "feedbackId": feedback_id,
        "reportingMTA": "dsn; provider-simulator.local",
    }


_DIAGNOSES = {
    ("Permanent", "General"): {
        "action": "failed",
        "status": "5.1.1",
        "diagnosticCode": "smtp; 550 5.1.1 user unknown",
    },
    ("Permanent", "OnAccountSuppressionList"): {
        "action": "failed",
        "status": "5.1.1",
        "diagnosticCode": "Amazon SES did not send the message to this address because it is on "
        "the suppression list for your account.",
    },
    # An automatic reply carries no delivery status.
    ("Transient", "General"): {},
}


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
