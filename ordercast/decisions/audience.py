"""Find who an event is for: customer, channels, addresses and consent. Used by the relay and the send rules."""

from collections.abc import Mapping
from datetime import timedelta

from msgspec import Struct, field

from ordercast.events.identity import address_key, customer_key
from ordercast.events.order_event import Channel, OrderEvent, Priority
from ordercast.notifications.channels import CHANNELS, WITHOUT_CONTACT
from ordercast.people.email_addresses import mailbox
from ordercast.people.person import Person
from ordercast.people.phone_numbers import PhoneNumber, phone_number
from ordercast.people.quiet_hours import Zones, is_time_zone
from ordercast.people.quiet_policy import QuietPolicy
from ordercast.people.time_zones import zones_of_number
from ordercast.people.written_numbers import NumberProblem
from ordercast.templates.statuses import is_promotional

CONSENT_BY_EVENT = "event"
CONSENT_ON_RECORD = "record"


class Policy(QuietPolicy, frozen=True, kw_only=True):
    """The settings of a stage that decide; `allowed` are patterns of recipients.

    Texts go to `countries` only, and to landlines only with `landlines`. `synonyms` are the stage's
    own words for statuses. With `fallback` an e-mail takes the place of a text that cannot be had, with
    `fallback_to_text` a text that of an urgent e-mail.
    """

    retention: timedelta
    republish_after: timedelta
    cap: int
    allowed: tuple[str, ...]
    countries: frozenset[str]
    landlines: bool
    synonyms: Mapping[str, str] = field(default_factory=dict)
    fallback: bool = False
    fallback_to_text: bool = False


class Audience(Struct, frozen=True, kw_only=True):
    """The customer of an event, if it names one, and the records of its addresses."""

    customer: Person | None
    addresses: Mapping[str, Person]

    def refusal(self, channel: Channel, recipient: str | None, *, promotional: bool) -> str | None:
        """Return the reason to refuse this channel, from the record of the customer or the address."""
        known = [self.customer] if self.customer else []
        if recipient and address_key(recipient) in self.addresses:
            known.append(self.addresses[address_key(recipient)])
        refusals = (person.refusal(channel, recipient, promotional=promotional) for person in known)
        return next((each for each in refusals if each), None)

    def cap_person(self, recipient: str) -> str:
        """Return the key of the record whose cap counts: the customer's, else the address's."""
        return self.customer.key if self.customer else address_key(recipient)


def people_in(event: OrderEvent, *, policy: Policy) -> frozenset[str]:
    """Return the keys of the records that the decision about *event* depends on.

    The address is the event's own. Where the customer's record leads to another one, the sender
    looks up that one's record before it writes to it (`people_for`).
    """
    nobody = Audience(customer=None, addresses={})
    addresses = [
        recipient_of(event, channel, nobody, policy=policy)
        for channel in event.channels or tuple(Channel)
    ]
    keys = {address_key(address) for address in addresses if address}
    if event.customer_id is not None:
        keys.add(customer_key(shop=event.shop, customer_id=event.customer_id))
    return frozenset(keys)


def audience_of(event: OrderEvent, people: Mapping[str, Person]) -> Audience:
    """Return the audience of *event*; a customer without a record gets an empty one."""
    if event.customer_id is None:
        return Audience(customer=None, addresses=people)
    key = customer_key(shop=event.shop, customer_id=event.customer_id)
    return Audience(customer=people.get(key, Person(key=key)), addresses=people)


def recipient_of(
    event: OrderEvent, channel: Channel, audience: Audience, *, policy: Policy
) -> str | None:
    """Return the address to send to; the customer's record wins over the event."""
    if CHANNELS[channel].contact == "phone":
        number = number_of(event, channel, audience, policy=policy)
        return number.e164 if isinstance(number, PhoneNumber) else None
    written = as_written(event, audience.customer, channel)
    return mailbox(written) if written else None


def number_of(
    event: OrderEvent, channel: Channel, audience: Audience, *, policy: Policy
) -> PhoneNumber | NumberProblem | None:
    """Return what is known of the recipient's number; None of a channel without numbers."""
    written = as_written(event, audience.customer, channel)
    if not written or CHANNELS[channel].contact != "phone":
        return None
    country = _country(event, audience)
    return phone_number(
        written, country or policy.default_country, policy.countries, stated=country is not None
    )


def consent_for(event: OrderEvent, channel: Channel, audience: Audience) -> str | None:
    """Return the source of the consent: the event, if it names channel and contact, or the record.

    An event names a channel also as its fallback. To a promotional message only the record agrees: a
    shop's event cannot.
    """
    promotional = is_promotional(event.status, event.shop)
    names = channel == event.fallback_wish or channel in (event.channels or ())
    named = names and as_written(event, None, channel)
    if named and not promotional:
        return CONSENT_BY_EVENT
    if audience.customer and audience.customer.agreed_to(channel, promotional=promotional):
        return CONSENT_ON_RECORD
    return None


def priority_of(event: OrderEvent) -> Priority:
    """Return the event's priority; a promotional message is never urgent, whatever the event says."""
    return Priority.NORMAL if is_promotional(event.status, event.shop) else event.priority


def stated_time_zones(
    event: OrderEvent, channel: Channel, audience: Audience, *, policy: Policy
) -> Zones:
    """Return where the event says that the customer is, beside an address that tells it itself.

    It is the zone that the event names. An e-mail address tells nothing: for that channel it may be
    the zones of the phone number beside it.
    """
    contact, customer = event.contact, audience.customer
    if contact.time_zone and is_time_zone(contact.time_zone):
        return (contact.time_zone,)
    by_phone = CHANNELS[channel].contact == "phone" or (customer and customer.phone)
    if by_phone or not contact.phone:
        return ()
    country = _country(event, audience)
    return zones_of_number(
        contact.phone, country or policy.default_country, stated=country is not None
    )


def channels_of(event: OrderEvent, audience: Audience) -> tuple[Channel, ...]:
    """Return the channels that event or customer chose, else each with a contact."""
    if event.channels is not None:
        return event.channels
    if audience.customer and audience.customer.channels:
        return audience.customer.channels
    # No channel was chosen, or none on purpose: each channel with a contact gets a notification,
    # and the send rules say why not.
    customer = audience.customer
    reachable = tuple(channel for channel in Channel if as_written(event, customer, channel))
    return reachable or (WITHOUT_CONTACT,)


def as_written(event: OrderEvent, customer: Person | None, channel: Channel) -> str | None:
    """Return the contact as it was written, in the customer's record or else in the event."""
    field = CHANNELS[channel].contact
    written: str | None = (customer and getattr(customer, field)) or getattr(event.contact, field)
    return written


def _country(event: OrderEvent, audience: Audience) -> str | None:
    """Return the country whose way of writing numbers is theirs, as record or event state it."""
    customer = audience.customer
    return (customer and customer.country) or event.contact.country or None
