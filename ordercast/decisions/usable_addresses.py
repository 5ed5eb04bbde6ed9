"""Tell why nothing goes to an address: what it is, where, and whom the stage may write to. Used by relay, send rules and sweeper."""

from fnmatch import fnmatchcase

from ordercast.decisions.audience import Audience, Policy, as_written, number_of, recipient_of
from ordercast.events.order_event import Channel, OrderEvent
from ordercast.people.phone_numbers import NumberKind, PhoneNumber
from ordercast.people.written_numbers import NumberProblem

NO_CONTACT = "no-contact"
INVALID_CONTACT = NumberProblem.NO_NUMBER.value
NOT_ALLOWED = "not-allowed"
COUNTRY_CLOSED = "country-closed"
NUMBER_KIND = "number-kind"


def unusable(
    event: OrderEvent, channel: Channel, audience: Audience, *, policy: Policy
) -> str | None:
    """Return the rule by which nothing goes to what stands in the field of this channel."""
    if not as_written(event, audience.customer, channel):
        return NO_CONTACT
    number = number_of(event, channel, audience, policy=policy)
    if rule := number and _closed(number, policy):
        return rule
    recipient = recipient_of(event, channel, audience, policy=policy)
    if recipient is None:
        return INVALID_CONTACT
    return None if is_allowed(recipient, policy.allowed) else NOT_ALLOWED


def is_allowed(recipient: str, allowed: tuple[str, ...]) -> bool:
    """Tell whether a stage with these patterns may send to *recipient*; a domain has no case."""
    return any(fnmatchcase(recipient, _lower_domain(each)) for each in allowed)


def _closed(number: PhoneNumber | NumberProblem, policy: Policy) -> str | None:
    """Return the rule by which no text goes to this number, its kind or its country."""
    if isinstance(number, NumberProblem):
        return number.value
    landline = number.kind is NumberKind.LANDLINE
    if number.kind is NumberKind.SPECIAL or (landline and not policy.landlines):
        return NUMBER_KIND
    return None if number.country in policy.countries else COUNTRY_CLOSED


def _lower_domain(pattern: str) -> str:
    local, at, domain = pattern.rpartition("@")
    return local + at + domain.lower()
