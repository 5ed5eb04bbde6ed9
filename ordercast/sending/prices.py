"""Price a message from `prices.json`: what it is expected to cost, and the most that it may.

Used by the senders when they claim.
"""

from collections.abc import Mapping
from decimal import ROUND_UP, Decimal
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct, field

from ordercast.events.order_event import Channel
from ordercast.notifications.notification import Notification
from ordercast.sending.claim import ClaimRequest
from ordercast.sending.routes import Route
from ordercast.templates.sms_text import parts
from ordercast.templates.words import Words


class PriceLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One price, per part or message; `as_of` and `source` default to those of the list."""

    price: Decimal
    carrier_fee: Decimal = Decimal()
    route: str | None = None
    as_of: str | None = None
    source: str | None = None

    @property
    def total(self) -> Decimal:
        """The price on the bill, with the carrier's fee."""
        return self.price + self.carrier_fee


class PriceList(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The known prices by channel: of a part, by ISO 3166-1 country, or of a message, by the account's plan."""

    currency: Literal["USD"]
    as_of: str
    source: str
    parts: dict[Channel, dict[str, PriceLine]]
    messages: dict[Channel, dict[str, PriceLine]]

    def dated(self, line: PriceLine) -> tuple[str, str]:
        """Return the date and the source of a price."""
        return line.as_of or self.as_of, line.source or self.source


class Quote(Struct, frozen=True, kw_only=True):
    """What a message is expected to cost by the price list, and its ceiling, in US dollars.

    The ceiling is reserved before it is sent. A carrier may charge more than the list says; SNS does
    not send a text that would cost more than its ceiling.
    """

    estimate: Decimal
    ceiling: Decimal


class Pricing(Struct, frozen=True, kw_only=True):
    """How a stage prices its messages.

    `countries` are those that texts may go to, with the ceiling of a part in US dollars where the stage
    names one; elsewhere it is the list price times `factor`. `own` are prices of a part by origination and
    country that the stage knows better than the list. `email_plan` is the account's with SES.
    """

    factor: Decimal
    countries: Mapping[str, Decimal | None]
    email_plan: str
    own: Mapping[str, Mapping[str, Decimal]] = field(default_factory=dict)

    def quote(
        self, channel: Channel, country: str | None, parts: int, *, origination: str = ""
    ) -> Quote | None:
        """Return the quote of a message; None if it may not be sent, for want of a ceiling.

        *country* is a text's destination: one that the stage does not list is closed, whatever its
        price. A channel whose messages have a price costs the same everywhere, whatever their length.
        """
        prices = price_list()
        if channel in prices.messages:
            known = prices.messages[channel][self.email_plan].total
            return Quote(estimate=known, ceiling=known)
        if country is None or country not in self.countries:
            return None
        line, ceiling = prices.parts[channel].get(country), self.countries[country]
        price = self.own.get(origination, {}).get(country, line.total if line else None)
        if ceiling is None and price:
            ceiling = (price * self.factor).quantize(SMALLEST_PRICE, ROUND_UP)
        if not ceiling:
            return None
        # Without a list price, the most that it may cost is all that is known.
        estimate = price or ceiling
        return Quote(estimate=estimate * parts, ceiling=ceiling * parts)


def claim_request(row: Notification, words: Words, *, pricing: Pricing) -> ClaimRequest | None:
    """Return the request for a rendered notification, None if it may not be sent; only texts have parts."""
    count = parts(words.text).parts if has_parts(row.channel) else None
    origination = Route.read(row.route).origination if row.route else ""
    quote = pricing.quote(row.channel, row.country, count or 1, origination=origination)
    if quote is None:
        return None
    return ClaimRequest(id=row.id, parts=count, estimate=quote.estimate, reserved=quote.ceiling)


def has_parts(channel: Channel) -> bool:
    """Tell whether messages of *channel* are priced, and paced, by the part."""
    return channel in price_list().parts


SMALLEST_PRICE = Decimal("0.00001")
"""Decimal places of a ceiling (API reference of End User Messaging: SendTextMessage, `MaxPrice`)."""


def price_of_part(country: str) -> Decimal | None:
    """Return the price of a text's part with the carrier's fee; None if the list has none."""
    lines = (lines[country] for lines in price_list().parts.values() if country in lines)
    return next((line.total for line in lines), None)


def has_plan(plan: str) -> bool:
    """Tell whether the price of a message is known for that plan of the account, on every channel."""
    return all(plan in plans for plans in price_list().messages.values())


@cache
def price_list() -> PriceList:
    """Read prices.json."""
    written = Path(__file__).with_name("prices.json").read_bytes()
    return msgspec.json.decode(written, type=PriceList)
