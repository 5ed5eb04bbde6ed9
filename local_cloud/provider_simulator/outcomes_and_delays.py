"""Decide which receipts a message gets, when, and what it costs, by its recipient. Used by `api` and `charges`.

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

Of text messages to the fictitious numbers +1 … 555 0100 to 0199 the last digits decide;
any other number is delivered to, and its handset says so.

| ends with | receipt                                                        |
|-----------|----------------------------------------------------------------|
| 5550199   | FAILURE, Phone carrier is currently unreachable/unavailable    |
| 5550198   | FAILURE, Phone number is opted out                             |
| 5550197   | FAILURE, Phone carrier has blocked this message                |
| 5550196   | SUCCESS, but only accepted by phone carrier, without the handset |
| 5550195   | none                                                           |
| 5550194   | FAILURE, Phone is currently unreachable/unavailable, then SUCCESS |
| 5550193   | SUCCESS, twice                                                 |
| 5550192   | SUCCESS, after ten times as long                               |
| 5550191   | FAILURE, Phone is currently unreachable/unavailable; SUCCESS when the same text comes again |

A message that would cost more than its MaxPrice fails with "This delivery would exceed max price".
"""

from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from local_cloud.provider_simulator.recipients import fictitious_number, simulator_mailbox
from local_cloud.provider_simulator.text_message import TextMessage

RECEIPT_DELAY_SECONDS = 0.5
"""How long after a message its first receipt comes; each further one comes as long after the last.

The option `--receipt-delay` of `ordercast up` overrides it. Used by the supervisor.
"""

LATE_FACTOR = 10
"""So many times as long late receipts take."""


class Timing(StrEnum):
    """When the receipts of a message come, and how often."""

    PUNCTUAL = "punctual"
    LATE = "late"
    DOUBLED = "doubled"


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailEvent:
    """One receipt to come; `bounce` is (bounceType, bounceSubType)."""

    kind: str
    bounce: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SmsDelivery:
    """One receipt of a text message; `price` is in USD, for all parts."""

    delivered: bool
    response: str
    price: Decimal

    @property
    def by_handset(self) -> bool:
        """Whether the handset itself confirmed the message."""
        return self.response == _BY_PHONE


def email_events(recipient: str) -> tuple[EmailEvent, ...]:
    """Return which receipts an e-mail to *recipient* gets after its Send event, in order."""
    name, _ = simulator_mailbox(recipient)
    return _BY_MAILBOX.get(name, (_DELIVERY,))


def sms_deliveries(message: TextMessage) -> tuple[SmsDelivery, ...]:
    """Return which receipts a text message gets, in order: mostly one."""
    last = last_sms_delivery(message)
    digits = fictitious_number(message.number)
    if last.delivered and digits == _NO_RECEIPT:
        return ()
    if last.delivered and digits == _CONTRADICTED:
        return (replace(last, delivered=False, response=_PHONE_AWAY), last)
    return (last,)


def last_sms_delivery(message: TextMessage) -> SmsDelivery:
    """Return the last receipt of a text message, whether or not it is sent, with what the message costs."""
    price = message.parts * _price_of_a_part(message.number)
    if message.max_price is not None and price > message.max_price:
        return SmsDelivery(delivered=False, response=_OVER_MAX_PRICE, price=Decimal(0))
    digits = fictitious_number(message.number)
    if digits == _REACHED_LATER and not message.again:
        return SmsDelivery(delivered=False, response=_PHONE_AWAY, price=price)
    if failure := _FAILURES.get(digits):
        # The attempt is charged; an opted-out number is never tried.
        cost = Decimal(0) if failure == _OPTED_OUT else price
        return SmsDelivery(delivered=False, response=failure, price=cost)
    response = _BY_CARRIER if digits == _SILENT_HANDSET else _BY_PHONE
    return SmsDelivery(delivered=True, response=response, price=price)


def email_timing(recipient: str) -> Timing:
    """Return the timing of the receipts of an e-mail to *recipient*."""
    name, _ = simulator_mailbox(recipient)
    return Timing(name) if name in {Timing.LATE, Timing.DOUBLED} else Timing.PUNCTUAL


def sms_timing(number: str) -> Timing:
    """Return the timing of the receipts of a text message to *number*."""
    return _TIMINGS.get(fictitious_number(number), Timing.PUNCTUAL)


_TIMINGS = {"5550193": Timing.DOUBLED, "5550192": Timing.LATE}
_DELIVERY = EmailEvent(kind="Delivery")
_BOUNCE = EmailEvent(kind="Bounce", bounce=("Permanent", "General"))
_BY_MAILBOX: dict[str, tuple[EmailEvent, ...]] = {
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
_OVER_MAX_PRICE = "This delivery would exceed max price"
_FAILURES = {
    "5550199": "Phone carrier is currently unreachable/unavailable",
    "5550198": _OPTED_OUT,
    "5550197": "Phone carrier has blocked this message",
}

_PHONE_AWAY = "Phone is currently unreachable/unavailable"

_REACHED_LATER = "5550191"
_SILENT_HANDSET = "5550196"
_NO_RECEIPT = "5550195"
_CONTRADICTED = "5550194"

_NORTH_AMERICA = Decimal("0.00645")  # as in AWS's sample of a delivery log
_ELSEWHERE = Decimal("0.05")  # a round number for the simulation, no real price


def _price_of_a_part(number: str) -> Decimal:
    return _NORTH_AMERICA if number.startswith("+1") else _ELSEWHERE
