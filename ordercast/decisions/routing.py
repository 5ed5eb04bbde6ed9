"""Decide on which channels an event is sent, and by which rule not. Used by the order relay."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from fnmatch import fnmatchcase

from ordercast.decisions.decision import STALE, Verdict
from ordercast.events.identity import address_key, customer_key
from ordercast.events.order_event import Channel, OrderEvent, Priority
from ordercast.notifications.channels import CHANNELS, FALLBACK
from ordercast.notifications.lifecycle import State
from ordercast.notifications.status_rank import LatestStatus, is_stale
from ordercast.people.contact import e164, mailbox
from ordercast.people.person import Person, QuietHours
from ordercast.people.quiet_hours import quiet_until
from ordercast.people.time_zones import possible_time_zones

CONSENT_BY_EVENT = "event"
CONSENT_ON_RECORD = "record"

NO_CONSENT = "no-consent"
NO_CHANNEL = "no-channel"
NO_CONTACT = "no-contact"
INVALID_CONTACT = "invalid-contact"
NOT_ALLOWED = "not-allowed"
QUIET_HOURS = "quiet-hours"
CAP = "cap"


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The settings of a stage that decide; `allowed` are patterns of recipients.

    `default_time_zone` counts where neither record nor event says where a customer is.
    """

    default_country: str
    default_time_zone: str
    retention: timedelta
    republish_after: timedelta
    cap: int
    quiet: QuietHours | None
    allowed: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """The customer of an event, if it names one, and the records of its addresses."""

    customer: Person | None
    addresses: Mapping[str, Person]

    def refusal(self, channel: Channel, recipient: str | None) -> str | None:
        """Return the reason to refuse this channel, from the record of the customer or the address."""
        known = [self.customer] if self.customer else []
        if recipient and address_key(recipient) in self.addresses:
            known.append(self.addresses[address_key(recipient)])
        refusals = (person.refusal(channel, recipient) for person in known)
        return next((each for each in refusals if each), None)

    def cap_person(self, recipient: str) -> str:
        """Return the key of the record whose cap counts: the customer's, else the address's."""
        return self.customer.key if self.customer else address_key(recipient)


def people_in(event: OrderEvent, *, policy: Policy) -> frozenset[str]:
    """Return the keys of the records that the decision about *event* depends on."""
    country = event.contact.country or policy.default_country
    addresses = [
        _address(_as_written(event, None, channel), channel, country)
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


def decide(
    event: OrderEvent,
    audience: Audience,
    latest_statuses: Mapping[Channel, LatestStatus],
    *,
    policy: Policy,
    now: datetime,
) -> dict[Channel, Verdict]:
    """Return the verdict of each channel for *event*; the caller applies the cap afterwards."""
    return {
        channel: _verdict(
            event, channel, audience, latest_statuses.get(channel), policy=policy, now=now
        )
        for channel in _candidates(event, audience)
    }


def recipient_of(
    event: OrderEvent, channel: Channel, audience: Audience, *, policy: Policy
) -> str | None:
    """Return the address to send to; the customer's record wins over the event."""
    customer = audience.customer
    country = (customer and customer.country) or event.contact.country or policy.default_country
    return _address(_as_written(event, customer, channel), channel, country)


def consent_for(event: OrderEvent, channel: Channel, audience: Audience) -> str | None:
    """Return the source of the consent: the event, if it names channel and contact, or the record."""
    if event.channels and channel in event.channels and _as_written(event, None, channel):
        return CONSENT_BY_EVENT
    if audience.customer and channel in audience.customer.consents:
        return CONSENT_ON_RECORD
    return None


def is_allowed(recipient: str, policy: Policy) -> bool:
    """Tell whether this stage may send to *recipient*."""
    return any(fnmatchcase(recipient, pattern) for pattern in policy.allowed)


def _candidates(event: OrderEvent, audience: Audience) -> tuple[Channel, ...]:
    if event.channels is not None:
        return event.channels
    if audience.customer and audience.customer.channels:
        return audience.customer.channels
    # No channel was chosen, or none on purpose: each channel with a contact gets a notification,
    # and `_block_reason` its rule.
    customer = audience.customer
    reachable = tuple(channel for channel in Channel if _as_written(event, customer, channel))
    return reachable or (FALLBACK,)


def _verdict(
    event: OrderEvent,
    channel: Channel,
    audience: Audience,
    latest_status: LatestStatus | None,
    *,
    policy: Policy,
    now: datetime,
) -> Verdict:
    """Return the first rule that forbids sending, else the end of quiet hours, else a request."""
    block_reason = _block_reason(event, channel, audience, policy=policy)
    if block_reason:
        return Verdict(state=State.SUPPRESSED, rule=block_reason)
    if is_stale(event.status, event.occurred_at, latest_status):
        return Verdict(state=State.SUPPRESSED, rule=STALE)
    urgent = event.priority is Priority.HIGH
    until = None if urgent else _quiet_until(event, audience, policy=policy, now=now)
    if until:
        return Verdict(state=State.DEFERRED, rule=QUIET_HOURS, until=until)
    return Verdict(state=State.REQUESTED)


def _block_reason(
    event: OrderEvent, channel: Channel, audience: Audience, *, policy: Policy
) -> str | None:
    recipient = recipient_of(event, channel, audience, policy=policy)
    refusal = audience.refusal(channel, recipient)
    if refusal:
        return refusal
    if event.channels is None and audience.customer and audience.customer.channels == ():
        return NO_CHANNEL
    if consent_for(event, channel, audience) is None:
        return NO_CONSENT if _as_written(event, audience.customer, channel) else NO_CONTACT
    if recipient is None:
        written = _as_written(event, audience.customer, channel)
        return INVALID_CONTACT if written else NO_CONTACT
    return None if is_allowed(recipient, policy) else NOT_ALLOWED


def _quiet_until(
    event: OrderEvent, audience: Audience, *, policy: Policy, now: datetime
) -> datetime | None:
    customer = audience.customer
    quiet = (customer and customer.quiet) or policy.quiet
    if quiet is None:
        return None
    places = possible_time_zones(
        named=(customer.time_zone if customer else None, event.contact.time_zone),
        phone=(customer and customer.phone) or event.contact.phone,
        country=(customer and customer.country) or event.contact.country,
        default_country=policy.default_country,
        default=policy.default_time_zone,
    )
    return quiet_until(quiet, places=places, now=now)


def _as_written(event: OrderEvent, customer: Person | None, channel: Channel) -> str | None:
    field = CHANNELS[channel].contact
    written: str | None = (customer and getattr(customer, field)) or getattr(event.contact, field)
    return written


def _address(written: str | None, channel: Channel, country: str) -> str | None:
    if not written:
        return None
    phone = CHANNELS[channel].contact == "phone"
    return e164(written, country=country) if phone else mailbox(written)
