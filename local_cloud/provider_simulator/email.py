"""Read and check the body of an SES v2 SendEmail request, as SES would. Used by `api`."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parseaddr
from typing import Any

from local_cloud.provider_simulator.errors import Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Email:
    """An e-mail that SES would accept; addresses as they were given."""

    sender: str
    to: tuple[str, ...]
    cc: tuple[str, ...] = ()
    bcc: tuple[str, ...] = ()
    reply_to: tuple[str, ...] = ()
    subject: str
    text: str = ""
    html: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    configuration_set: str = ""

    @property
    def recipients(self) -> tuple[str, ...]:
        """All addresses that it goes to."""
        return self.to + self.cc + self.bcc

    @property
    def sender_address(self) -> str:
        """The bare address of `Shop <orders@example.com>`."""
        return parseaddr(self.sender)[1]


def read_email(body: bytes) -> Email:
    """Read a SendEmail request with Simple content; Refused where SES would refuse it.

    https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html
    """
    request = _parsed(body)
    simple = request.get("Content", {}).get("Simple")
    if not simple:
        raise _bad("The simulated SES accepts Simple content only.")
    destination = request.get("Destination", {})
    email = Email(
        sender=request.get("FromEmailAddress", ""),
        to=tuple(destination.get("ToAddresses") or ()),
        cc=tuple(destination.get("CcAddresses") or ()),
        bcc=tuple(destination.get("BccAddresses") or ()),
        reply_to=tuple(request.get("ReplyToAddresses") or ()),
        subject=simple.get("Subject", {}).get("Data", ""),
        text=simple.get("Body", {}).get("Text", {}).get("Data", ""),
        html=simple.get("Body", {}).get("Html", {}).get("Data", ""),
        headers={h["Name"]: h["Value"] for h in simple.get("Headers") or ()},
        tags={t["Name"]: t["Value"] for t in request.get("EmailTags") or ()},
        configuration_set=request.get("ConfigurationSetName") or "",
    )
    _check(email)
    return email


_RECIPIENTS_LIMIT = 50
_HEADERS_LIMIT = 15
_TAG = re.compile(r"[A-Za-z0-9_-]{1,256}")


def _parsed(body: bytes) -> dict[str, Any]:
    try:
        request = json.loads(body)
    except ValueError as error:
        raise _bad("The request is not JSON.") from error
    if not isinstance(request, dict):
        raise _bad("The request is not a JSON object.")
    return request


def _check(email: Email) -> None:
    _check_addresses(email)
    if not (email.text or email.html):
        raise _bad("Simple content needs a body, Text or Html.")
    if len(email.headers) > _HEADERS_LIMIT:
        raise _bad(f"A message has at most {_HEADERS_LIMIT} headers of its own.")
    for word in (*email.tags, *email.tags.values()):
        if not _TAG.fullmatch(word):
            raise _bad(
                "Invalid message tag: 1 to 256 alphanumeric ASCII characters, '_', and '-' are allowed."
            )


def _check_addresses(email: Email) -> None:
    if not _is_address(email.sender):
        raise _bad("FromEmailAddress is missing or not an address.")
    if not email.recipients:
        raise _bad("Destination names no recipient.")
    if len(email.recipients) > _RECIPIENTS_LIMIT:
        raise _bad(f"Recipient count exceeds {_RECIPIENTS_LIMIT}.")
    if not all(_is_address(recipient) for recipient in email.recipients):
        raise _bad("Destination holds something that is not an address.")


def _is_address(text: str) -> bool:
    local, at, domain = parseaddr(text)[1].rpartition("@")
    # SMTPUTF8 is not supported: the local part is ASCII.
    return bool(at and local and domain and local.isascii() and not re.search(r"\s", domain))


def _bad(message: str) -> Refused:
    return Refused(code="BadRequestException", message=message)
