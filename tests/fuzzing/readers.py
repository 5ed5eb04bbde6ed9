"""Read an input and say what is wrong with the outcome. Used by the fuzzing of readers.

A reader never crashes, repeats nothing personal, raises its declared error alone, and reads the same
input the same way twice.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ordercast.decisions.audience import audience_of
from ordercast.decisions.drafting import rows
from ordercast.decisions.inbound_event import InboundEvent, read_inbound_event
from ordercast.errors import MalformedOrderEvent
from ordercast.events.envelope import open_envelope
from ordercast.events.identity import customer_key, notification_id
from ordercast.events.order_event import Channel, OrderEvent
from ordercast.events.parse import parse_order_event
from ordercast.events.stream_record import ParkedRecord, StreamRecord
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.operations.customer_files import customer_lines
from ordercast.people.email_addresses import MAX_EMAIL_LENGTH, mailbox
from ordercast.people.person import Person
from ordercast.people.phone_numbers import PhoneNumber, phone_number
from ordercast.receipts.provider_events import meaning_of
from ordercast.receipts.reading import read_receipt
from ordercast.receipts.receipt import CountedEvent, MalformedReceipt
from ordercast.templates.rendering import words
from tests import aggregates
from tests.examples import POLICY, decision_of
from tests.fakes.clock import START
from tests.fuzzing import inputs
from tests.fuzzing.chance import Chance
from tests.fuzzing.documents import PERSONAL


@dataclass(frozen=True, slots=True)
class Reader:
    """How the inputs of a reader are made, and what finds fault with the reading of one.

    A slow one gets a `share` of the inputs that the others get.
    """

    make: Callable[[Chance], Any]
    fault_in: Callable[[Any], str | None]
    share: float = 1.0


def contract(payload: bytes) -> str | None:
    """Find fault with the reading of one order event."""
    read = _event(payload)
    if isinstance(read, str):
        return told(read)
    if any(len(notification_id(read, channel)) != _IDS for channel in Channel):
        return "its notification has no id"
    return None if read == _event(payload) else "it is another event the second time"


_IDS = 44


def _event(payload: bytes) -> OrderEvent | str:
    try:
        return parse_order_event(payload, default_currency="USD")
    except MalformedOrderEvent as error:
        return str(error)


def envelope(payload: bytes) -> str | None:
    """Find fault with the opening of a record, and the reading of each event in it."""
    record = aggregates.record(payload)
    opened = open_envelope(record)
    if not opened:
        return "it opens to nothing"
    if opened != open_envelope(record):
        return "it opens to something else the second time"
    records = [each if isinstance(each, StreamRecord) else each.record for each in opened]
    if len({each.position for each in records}) < len(records):
        return "two events have one position"
    faults = (_fault_in_part(each) for each in opened)
    return next((each for each in faults if each), None)


def _fault_in_part(part: StreamRecord | ParkedRecord) -> str | None:
    read: InboundEvent | ParkedRecord = (
        part
        if isinstance(part, ParkedRecord)
        else read_inbound_event(part, default_currency="USD", policy=POLICY)
    )
    if isinstance(read, InboundEvent):
        return None
    return f"it raises {read.reason}" if read.reason.startswith("bug:") else told(read.detail)


def drafting(payload: bytes) -> str | None:
    """Find fault with the messages that an event becomes: who gets them, and their words."""
    read = _event(payload)
    if isinstance(read, str):
        return None  # `contract` looks at it
    audience = audience_of(read, {each.key: each for each in KNOWN})
    drafts = rows(read, decision_of(read, *KNOWN), audience, policy=POLICY)
    faults = (_fault_in_draft(each) for each in drafts)
    return next((each for each in faults if each), None)


KNOWN = (
    Person(key=customer_key(shop=None, customer_id="c-42"), country="SE", locale="sv-SE"),
    Person(key=customer_key(shop="Example Tea", customer_id="c-42"), consents=frozenset(Channel)),
)


def _fault_in_draft(row: Notification) -> str | None:
    if row.state is State.SUPPRESSED:
        return told(row.rule or "")
    if row.recipient is None:
        return "a message is to go to nobody"
    said = words(row)
    if not said.text.strip() or (said.subject is not None and len(said.subject.splitlines()) != 1):
        return "its words are none, or its subject is not one line"
    return None


def receipt(body: str) -> str | None:
    """Find fault with the reading of a receipt."""
    try:
        read = read_receipt(body, received_at=START)
    except MalformedReceipt as error:
        return told(str(error))
    if isinstance(read, CountedEvent):
        return told(read.kind)
    meaning_of(read.kind, read.channel)
    known = repr((read.kind, read.at, read.sent_at, read.price, read.to, read.notification_id))
    return told(known) or (None if read.kind.isascii() else "its kind is not ASCII")


def customer(content: bytes) -> str | None:
    """Find fault with the reading of a file of customers."""
    for line in customer_lines(content):
        if line.person is None and line.problem is None:
            return "a line is neither a customer nor a problem"
        if line.problem and line.person and line.person.consents:
            return "a line that is refused agrees to something"
        if fault := told("; ".join([line.problem or "", *line.left_out])):
            return fault
    return None


def phone(written: tuple[str, str]) -> str | None:
    """Find fault with the reading of a phone field."""
    text, country = written
    read = phone_number(text, country)
    if not isinstance(read, PhoneNumber):
        return told(str(read))
    again = phone_number(read.e164, country)
    return None if again == read else "its number is not read as itself"


def email(text: str) -> str | None:
    """Find fault with the reading of an e-mail field."""
    read = mailbox(text)
    if read is None:
        return None
    if not read.isascii() or not read.isprintable() or len(read) > MAX_EMAIL_LENGTH:
        return "it is no address"
    return None if mailbox(read) == read else "its address is not read as itself"


def told(said: str) -> str | None:
    """Find fault with what is said to people."""
    if any(each in said for each in PERSONAL):
        return "it repeats what is personal"
    return "it says more than a line" if len(said.splitlines()) > 1 else None


READERS = {
    "contract": Reader(inputs.order, contract),
    "envelope": Reader(inputs.record, envelope),
    "drafting": Reader(inputs.message, drafting, share=0.1),
    "receipt": Reader(inputs.receipt, receipt),
    "text_event": Reader(inputs.text_event, receipt),
    "customer": Reader(inputs.customer, customer),
    "phone": Reader(inputs.phone, phone),
    "email": Reader(inputs.email, email),
}
