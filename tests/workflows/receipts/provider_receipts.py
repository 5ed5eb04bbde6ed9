"""Build receipts of one e-mail and of one text by kind. Used by tests of receipts."""

from decimal import Decimal

from ordercast.events.identity import address_key
from ordercast.events.order_event import Channel
from ordercast.receipts.receipt import Receipt
from tests.examples import PHONE, notification
from tests.fakes.clock import START

MAIL, TEXT = notification(1, Channel.EMAIL), notification(2, Channel.SMS)

DELIVERY, BOUNCE = "Delivery", "Bounce/Permanent/General"
HANDSET = "SUCCESS/Message has been accepted by phone"
CARRIER = "SUCCESS/Message has been accepted by phone carrier"
UNREACHABLE = "FAILURE/Phone is currently unreachable/unavailable"
OPTED_OUT = "FAILURE/Phone number is opted out"


def mail_says(kind: str, message_id: str = "m-1") -> Receipt:
    return Receipt(
        channel=Channel.EMAIL,
        message_id=message_id,
        notification_id=MAIL.id,
        kind=kind,
        at=START,
        sent_at=START,
    )


def text_says(kind: str, message_id: str = "message-1", price: str | None = None) -> Receipt:
    return Receipt(
        channel=Channel.SMS,
        message_id=message_id,
        kind=kind,
        at=START,
        sent_at=START,
        price=None if price is None else Decimal(price),
        to=address_key(PHONE),
    )


def price_in(receipt: Receipt) -> Decimal | None:
    """Return what a receipt is to be worth: a text over its ceiling, or its account's limits, was never sent."""
    return Decimal(0) if any(words in receipt.kind for words in _NOT_SENT) else receipt.price


_NOT_SENT = (
    "would exceed max price",
    "No quota left for account",
    "No origination entities available to send",
    "Sandboxed account unable to send to number",
)
