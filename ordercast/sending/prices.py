"""Estimate what a message will cost, from `prices.json`. Used by the senders when they claim."""

from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec

from ordercast.events.order_event import Channel


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
    """The known prices by channel: of a part, by ISO 3166-1 country, or of a message."""

    currency: Literal["USD"]
    as_of: str
    source: str
    parts: dict[Channel, dict[str, PriceLine]]
    messages: dict[Channel, PriceLine]


def estimate(channel: Channel, country: str | None, parts: int) -> Decimal | None:
    """Return the expected cost in US dollars; None if no price is known, which is not 0.

    *country* is a text's destination; a channel whose messages have a price costs the same
    everywhere, whatever their length.
    """
    prices = price_list()
    if channel in prices.messages:
        return prices.messages[channel].total
    known = prices.parts[channel].get(country) if country else None
    return None if known is None else known.total * parts


@cache
def price_list() -> PriceList:
    """Read prices.json."""
    written = files("ordercast.sending").joinpath("prices.json").read_bytes()
    return msgspec.json.decode(written, type=PriceList)
