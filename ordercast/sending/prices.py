"""A channel, a country and a number of parts in, what sending will cost out; prices.json says it all."""

from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec

from ordercast.events.order_event import Channel


class PriceLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One price, per part or message; where it is silent, `as_of` and `source` are the list's."""

    price: Decimal
    carrier_fee: Decimal = Decimal()
    route: str | None = None
    as_of: str | None = None
    source: str | None = None

    @property
    def total(self) -> Decimal:
        """What the bill shows: the price and what the carrier asks on top."""
        return self.price + self.carrier_fee


class PriceList(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is known of prices, and since when; `sms_part` is by ISO 3166-1 country."""

    currency: Literal["USD"]
    as_of: str
    source: str
    sms_part: dict[str, PriceLine]
    email: PriceLine


def estimate(channel: Channel, country: str | None, parts: int) -> Decimal | None:
    """Return what sending is expected to cost, in US dollars; None where no price is known.

    *country* is where a text goes; an e-mail costs the same everywhere, whatever its length.
    The trap: an unknown price is not 0, which would be free.
    """
    if channel is Channel.EMAIL:
        return price_list().email.total
    known = price_list().sms_part.get(country) if country else None
    return None if known is None else known.total * parts


@cache
def price_list() -> PriceList:
    """Read prices.json, the one place where prices stand."""
    written = files("ordercast.sending").joinpath("prices.json").read_bytes()
    return msgspec.json.decode(written, type=PriceList)
