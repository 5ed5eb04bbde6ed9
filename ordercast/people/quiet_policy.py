"""Tell until when quiet hours hold back a message to a customer. Used by the send rules."""

from dataclasses import dataclass
from datetime import datetime

from ordercast.people.person import Person, QuietHours
from ordercast.people.quiet_hours import Zones, quiet_until
from ordercast.people.time_zones import possible_time_zones


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietPolicy:
    """A stage's quiet hours, and where a customer is of whom neither record nor event tells it."""

    default_country: str
    default_time_zone: str
    quiet: QuietHours | None


def held_until(
    customer: Person | None,
    *,
    stated: Zones,
    phone: str | None,
    country: str | None,
    policy: QuietPolicy,
    now: datetime,
) -> datetime | None:
    """Return the end of the quiet hours that a customer has at *now*; None outside them.

    The event *stated* these zones, *phone* and *country* are what is known besides; the customer's
    record wins over all of them.
    """
    quiet = (customer and customer.quiet) or policy.quiet
    if quiet is None:
        return None
    places = possible_time_zones(
        named=customer.time_zone if customer else None,
        stated=stated,
        phone=phone,
        country=(customer and customer.country) or country,
        default_country=policy.default_country,
        default=policy.default_time_zone,
    )
    return quiet_until(quiet, places=places, now=now)
