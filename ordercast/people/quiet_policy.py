"""Tell until when quiet hours hold back a message to a customer. Used by the send rules."""

from datetime import datetime
from functools import partial

from msgspec import Struct

from ordercast.people.person import Person, QuietHours
from ordercast.people.quiet_hours import Zones, quiet_until
from ordercast.people.time_zones import possible_time_zones

# One after the other, two windows end where neither holds any more, or never.
_ENDS = 4


class QuietPolicy(Struct, frozen=True, kw_only=True):
    """A stage's quiet hours, and where a customer is of whom neither record nor event tells it.

    `promotional_quiet` hold back promotional messages besides.
    """

    default_country: str
    default_time_zone: str
    quiet: QuietHours | None
    promotional_quiet: QuietHours | None = None


def held_until(
    customer: Person | None,
    *,
    stated: Zones,
    phone: str | None,
    country: str | None,
    promotional: bool,
    policy: QuietPolicy,
    now: datetime,
) -> datetime | None:
    """Return the end of the quiet hours that a customer has at *now*; None outside them.

    The event *stated* these zones, *phone* and *country* are what is known besides; the customer's
    record wins over all of them. Where two windows leave no time of the day free, it is quiet
    until one of them ends, and asked again then.
    """
    windows = [(customer and customer.quiet) or policy.quiet]
    windows += [policy.promotional_quiet] if promotional else []
    places = partial(
        possible_time_zones,
        named=customer.time_zone if customer else None,
        stated=stated,
        phone=phone,
        country=(customer and customer.country) or country,
        default_country=policy.default_country,
        default=policy.default_time_zone,
    )
    at = now
    for _ in range(_ENDS):
        ends = [quiet_until(each, places=places(), now=at) for each in windows if each]
        at = max([at, *(end for end in ends if end)])
        if not any(ends):
            break
    return at if at > now else None
