"""Show the price list as a stage uses it, and compare it with receipts. Used by `ordercast prices`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_UP, Decimal

from ordercast.events.order_event import Channel
from ordercast.rollups.rollup import Amounts, RollupKey
from ordercast.rollups.statistics import Figures, by
from ordercast.sending.prices import SMALLEST_PRICE, PriceLine, Pricing, price_list

TOLERANCE = Decimal("0.05")
"""How far receipts may be from the list, as a share of it, before it should be corrected."""

ENOUGH = 20
"""From so many parts on, receipts of a country are compared with the list: routes differ in price."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedPrice:
    """What a part of a text to a country, or an e-mail in a plan, costs in US dollars.

    `price` and `fee` are None without a list price, `ceiling` where the stage sends none.
    """

    channel: str
    to: str
    price: Decimal | None = None
    fee: Decimal | None = None
    ceiling: Decimal | None = None
    source: str = ""
    as_of: str = ""

    @property
    def is_open(self) -> bool:
        """Whether the stage sends such messages at all."""
        return self.ceiling is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceComparison:
    """What receipts of a country say, beside the list; prices are of a part, in US dollars.

    `parts` are those that were charged for, `over_price` counts texts above their ceiling, and
    `change` says what to correct, if anything.
    """

    channel: str
    country: str
    parts: int
    listed: Decimal | None
    charged: Decimal | None
    ceiling: Decimal | None
    over_price: int
    change: str | None

    @property
    def difference(self) -> Decimal | None:
        """How much more receipts say, as a share of the list price."""
        if not self.listed or self.charged is None:
            return None
        return self.charged / self.listed - 1


def listed_prices(pricing: Pricing) -> Iterator[ListedPrice]:
    """Yield every price of the list, and the open countries that it has none for."""
    for channel, lines in price_list().parts.items():
        for country in sorted(lines.keys() | pricing.countries.keys()):
            quote = pricing.quote(channel, country, 1)
            ceiling = quote.ceiling if quote else None
            yield _listed(channel, country, lines.get(country), ceiling)
    for channel, plans in price_list().messages.items():
        for plan, line in plans.items():
            ceiling = line.total if plan == pricing.email_plan else None
            yield _listed(channel, f"plan {plan}", line, ceiling)


def _listed(channel: str, to: str, line: PriceLine | None, ceiling: Decimal | None) -> ListedPrice:
    if line is None:
        return ListedPrice(channel=channel, to=to, ceiling=ceiling)
    as_of, source = price_list().dated(line)
    return ListedPrice(
        channel=channel,
        to=to,
        price=line.price,
        fee=line.carrier_fee,
        ceiling=ceiling,
        source=source,
        as_of=as_of,
    )


def compared(buckets: Mapping[RollupKey, Amounts], pricing: Pricing) -> list[PriceComparison]:
    """Compare what carriers charged by country with the list; where nothing was charged is left out."""
    found = by(buckets, ["channel", "country"])
    return [
        _compared(channel, country, figures, pricing)
        for (channel, country), figures in found.items()
        if channel and country and any(channel == each for each in price_list().parts)
        if figures.money.priced_parts or figures.over_price
    ]


def _compared(channel: str, country: str, figures: Figures, pricing: Pricing) -> PriceComparison:
    where = Channel(channel)
    line, quote = price_list().parts[where].get(country), pricing.quote(where, country, 1)
    parts = figures.money.priced_parts
    without_change = PriceComparison(
        channel=channel,
        country=country,
        parts=parts,
        listed=line.total if line else None,
        charged=(figures.money.carrier / parts).quantize(SMALLEST_PRICE, ROUND_UP)
        if parts
        else None,
        ceiling=quote.ceiling if quote else None,
        over_price=figures.over_price,
        change=None,
    )
    return replace(without_change, change="; ".join(_changes(without_change)) or None)


def _changes(found: PriceComparison) -> Iterator[str]:
    """Say what to correct: a price that is far off, one that is missing, a ceiling that is too low."""
    off = found.difference is None or abs(found.difference) > TOLERANCE
    if found.parts >= ENOUGH and off:
        verb = "add a price of" if found.listed is None else "change the price to"
        yield f"{verb} {found.charged}, fee included, in ordercast/sending/prices.json"
    if found.over_price:
        yield "raise its ceiling in countries, or price_factor, in the stage's file"
