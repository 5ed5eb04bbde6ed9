"""Whom a message is for comes in; what becomes of it goes out.

E-mail follows the SES mailbox simulator, in the simulator's own domain and with its labels
(`bounce+order-7@simulator.amazonses.com`); any other address is delivered to.
https://docs.aws.amazon.com/ses/latest/dg/send-an-email-from-console.html

| local part        | receipts                                                          |
|-------------------|-------------------------------------------------------------------|
| `success`         | Delivery                                                          |
| `bounce`          | Bounce, Permanent / General                                       |
| `complaint`       | Delivery, then Complaint                                          |
| `ooto`            | Delivery, then Bounce, Transient / General (an out-of-office reply) |
| `suppressionlist` | Bounce, Permanent / OnAccountSuppressionList                      |
| `contradictory`   | Bounce, Permanent / General, then Delivery                        |
| `doubled`         | Delivery, and each receipt comes twice                            |
| `late`            | Delivery, and each receipt takes ten times as long                |
| `silent`          | none but Send                                                     |

Text messages to the fictitious numbers +1 … 555 0100 to 0199 are told apart by their last digits;
any other number is delivered to, and its handset says so.

| ends with | receipt                                                        |
|-----------|----------------------------------------------------------------|
| 5550199   | FAILURE, Phone carrier is currently unreachable/unavailable    |
| 5550198   | FAILURE, Phone number is opted out                             |
| 5550197   | FAILURE, Phone carrier has blocked this message                |
| 5550196   | SUCCESS, but only the carrier's word: accepted by phone carrier |
| 5550195   | none                                                           |
| 5550194   | FAILURE, Phone is currently unreachable/unavailable, then SUCCESS |
| 5550193   | SUCCESS, twice                                                 |
| 5550192   | SUCCESS, after ten times as long                               |

A message that would cost more than its MaxPrice fails with "This delivery would exceed max price".
"""

from dataclasses import dataclass, replace
from decimal import Decimal
from email.utils import parseaddr
from enum import StrEnum

from local_cloud.provider_simulator.text_message import TextMessage


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailEvent:
    """One receipt to come; `bounce` is (bounceType, bounceSubType)."""

    kind: str
    bounce: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SmsFate:
    """The one receipt of a text message; `price` in USD, of all parts."""

    delivered: bool
    response: str
    price: Decimal

    @property
    def by_handset(self) -> bool:
        """Tell whether the handset itself said that it has the message."""
        return self.response == _BY_PHONE


class Manner(StrEnum):
    """How receipts come, besides what they say."""

    PUNCTUAL = "punctual"
    LATE = "late"
    DOUBLED = "doubled"


LATER = 10
"""So many times as long late receipts take."""


def email_manner(recipient: str) -> Manner:
    """Say how the receipts of an e-mail to *recipient* come."""
    local, _, domain = parseaddr(recipient)[1].rpartition("@")
    name = local.lower().partition("+")[0]
    ours = domain.lower() == _SIMULATOR_DOMAIN and name in {Manner.LATE, Manner.DOUBLED}
    return Manner(name) if ours else Manner.PUNCTUAL


def sms_manner(number: str) -> Manner:
    """Say how the receipts of a text message to *number* come."""
    return _MANNERS.get(number[-7:], Manner.PUNCTUAL) if _is_fictitious(number) else Manner.PUNCTUAL


def email_fate(recipient: str) -> tuple[EmailEvent, ...]:
    """Say which receipts an e-mail to *recipient* gets after its Send event, in order."""
    local, _, domain = parseaddr(recipient)[1].rpartition("@")
    if domain.lower() != _SIMULATOR_DOMAIN:
        return (_DELIVERY,)
    return _SIMULATOR.get(local.lower().partition("+")[0], (_DELIVERY,))


def sms_fates(message: TextMessage) -> tuple[SmsFate, ...]:
    """Say which receipts a text message gets, in order: mostly one."""
    fate = sms_fate(message)
    if not fate.delivered or not _is_fictitious(message.number):
        return (fate,)
    if message.number.endswith(_NO_WORD):
        return ()
    if message.number.endswith(_CONTRADICTED):
        return (replace(fate, delivered=False, response=_PHONE_AWAY), fate)
    return (fate,)


def sms_fate(message: TextMessage) -> SmsFate:
    """Say what becomes of a text message in the end, and what it costs."""
    price = message.parts * _price_of_a_part(message.number)
    if message.max_price is not None and price > message.max_price:
        return SmsFate(delivered=False, response=_TOO_DEAR, price=Decimal(0))
    for digits, response in _FAILURES.items():
        if message.number.startswith("+1") and message.number.endswith(digits):
            # The carrier is paid for trying; an opted-out number is never tried.
            cost = Decimal(0) if response == _OPTED_OUT else price
            return SmsFate(delivered=False, response=response, price=cost)
    response = _BY_CARRIER if message.number.endswith(_SILENT_HANDSET) else _BY_PHONE
    return SmsFate(delivered=True, response=response, price=price)


_SIMULATOR_DOMAIN = "simulator.amazonses.com"
_DELIVERY = EmailEvent(kind="Delivery")
_BOUNCE = EmailEvent(kind="Bounce", bounce=("Permanent", "General"))
_SIMULATOR: dict[str, tuple[EmailEvent, ...]] = {
    "bounce": (_BOUNCE,),
    "contradictory": (_BOUNCE, _DELIVERY),
    "silent": (),
    "complaint": (_DELIVERY, EmailEvent(kind="Complaint")),
    "ooto": (_DELIVERY, EmailEvent(kind="Bounce", bounce=("Transient", "General"))),
    "suppressionlist": (
        EmailEvent(kind="Bounce", bounce=("Permanent", "OnAccountSuppressionList")),
    ),
}

# The responses are AWS's own words.
# https://docs.aws.amazon.com/sns/latest/dg/sms_stats_cloudwatch.html
_BY_PHONE = "Message has been accepted by phone"
_BY_CARRIER = "Message has been accepted by phone carrier"
_OPTED_OUT = "Phone number is opted out"
_TOO_DEAR = "This delivery would exceed max price"
_FAILURES = {
    "5550199": "Phone carrier is currently unreachable/unavailable",
    "5550198": _OPTED_OUT,
    "5550197": "Phone carrier has blocked this message",
}

_PHONE_AWAY = "Phone is currently unreachable/unavailable"

_SILENT_HANDSET = "5550196"
_NO_WORD = "5550195"
_CONTRADICTED = "5550194"
_MANNERS = {"5550193": Manner.DOUBLED, "5550192": Manner.LATE}

_NORTH_AMERICA = Decimal("0.00645")  # as in AWS's sample of a delivery log
_ELSEWHERE = Decimal("0.05")  # nobody's list price: a round number for the simulation


def _is_fictitious(number: str) -> bool:
    return number.startswith("+1")


def _price_of_a_part(number: str) -> Decimal:
    return _NORTH_AMERICA if number.startswith("+1") else _ELSEWHERE
