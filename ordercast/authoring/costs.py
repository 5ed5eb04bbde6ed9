"""Tell in how many parts each text goes, and what that costs where. Used by `templates lint`."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from ordercast.authoring.catalogue import Variant, variants
from ordercast.authoring.lint_rendered import render
from ordercast.templates.brands import Brand
from ordercast.templates.sms_text import Parts, parts

PriceOf = Callable[[str], Decimal | None]
"""Returns the price of a part in US dollars by country; None if it is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextCost:
    """What a variant's text takes with long fields, the most that it may, and its price by country."""

    variant: Variant
    parts: Parts
    prices: dict[str, Decimal | None]


def dearest(brands: Iterable[Brand], countries: Iterable[str], price_of: PriceOf) -> list[TextCost]:
    """Return the dearest template of each brand and language, with long fields."""
    worst: dict[tuple[Brand, str], tuple[Variant, Parts]] = {}
    for variant in variants(brands):
        counted = parts(render(variant, "long").text.text)
        key = (variant.brand, variant.language)
        if key not in worst or _size(counted) > _size(worst[key][1]):
            worst[key] = (variant, counted)
    open_to = list(countries)
    return [
        TextCost(variant=variant, parts=counted, prices=_prices(counted.parts, open_to, price_of))
        for variant, counted in worst.values()
    ]


def _size(counted: Parts) -> tuple[int, int]:
    return counted.parts, counted.units


def _prices(count: int, countries: Iterable[str], price_of: PriceOf) -> dict[str, Decimal | None]:
    found = {country: price_of(country) for country in countries}
    return {country: None if price is None else count * price for country, price in found.items()}
