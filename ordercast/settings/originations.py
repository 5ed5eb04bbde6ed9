"""Type what texts to single countries leave from: numbers, pools and sender ids of the account. Used by wiring, `ordercast doctor` and the checks of settings.

Set in stages/*.toml, a table for each by its name: originations.NAME.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated

import msgspec
from msgspec import Meta

from ordercast.settings.texts import listed, open_countries
from ordercast.typed_values import Positive, Settings, Text

_NAME = (
    'a number such as "+12065550100", a short code, the id of a pool or number such as "pool-0123", '
    "or a sender id of 1 to 11 letters and digits"
)
_NUMBER = r"\+?[0-9]{3,15}"
_ID = r"(?:pool|phone)-[A-Za-z0-9]{1,64}"
# "default" is the origination of routes that name none.
_SENDER_ID = r"(?!default\Z)(?=.*[A-Za-z])[A-Za-z0-9]{1,11}"
OriginationName = Annotated[
    str, Meta(pattern=rf"^(?:{_NUMBER}|{_ID}|{_SENDER_ID})\Z", description=_NAME)
]
Dollars = Annotated[Decimal, Meta(description="US dollars, such as 2 or 1.5")]


class OriginationSettings(Settings, frozen=True):
    """Which countries' texts leave from it, and how many parts a second; without a rate, the sender's.

    An empty `provider` is the country's (sms_provider, sms_provider_by_country). `prices` are those of a
    part by country, `month` that of a month, in US dollars.
    """

    countries: Text
    provider: Text = ""
    rate: Positive | None = None
    prices: Text = ""
    month: Dollars = Decimal()


OriginationTable = dict[OriginationName, OriginationSettings]
"""A stage's originations by name; of a country's, the first goes before the others."""


def write_originations(table: OriginationTable, *, share: int) -> str:
    """Return the text for a function's environment, with the stage's *share* of each rate."""
    return msgspec.json.encode(with_share(table, share)).decode()


def with_share(table: OriginationTable, share: int) -> OriginationTable:
    """Return the originations with what a stage may send by each: *share* percent of its rate."""
    return {
        name: msgspec.structs.replace(each, rate=each.rate and each.rate * share // 100)
        for name, each in table.items()
    }


def read_originations(written: str) -> OriginationTable:
    """Read what `write_originations` wrote."""
    return msgspec.json.decode(written, type=OriginationTable)


def shows_a_sender_id(name: str) -> bool:
    """Tell whether an origination is a sender id; else it is a number or a pool."""
    return not (is_number(name) or re.fullmatch(_ID, name))


def is_number(name: str) -> bool:
    """Tell whether an origination is named by its number or short code."""
    return bool(re.fullmatch(_NUMBER, name))


def origination_countries(origination: OriginationSettings) -> list[str]:
    """Return the countries whose texts leave from it."""
    return listed(origination.countries)


def originations_of(table: OriginationTable, country: str) -> list[str]:
    """Return the names of what texts to *country* leave from, in order."""
    return [name for name, each in table.items() if country in origination_countries(each)]


def origination_prices(table: OriginationTable) -> dict[str, dict[str, Decimal]]:
    """Return the price of a part in US dollars by origination and country, where a stage names it.

    Raises `ValueError`.
    """
    return {name: _prices(each.prices) for name, each in table.items() if each.prices}


def _prices(written: str) -> dict[str, Decimal]:
    found = open_countries(written)
    for country, price in found.items():
        if not price:
            message = f"{country} has no price"
            raise ValueError(message)
    return {country: price for country, price in found.items() if price}


def originations_by_country(
    table: OriginationTable, *, provider: str, by_country: Mapping[str, str]
) -> dict[str, list[tuple[str, str]]]:
    """Return each country's originations with their providers, in order: [(provider, name)].

    *provider* is the stage's, *by_country* are those of single countries.
    """
    found: dict[str, list[tuple[str, str]]] = {}
    for name, each in table.items():
        for country in origination_countries(each):
            by = each.provider or by_country.get(country, provider)
            found.setdefault(country, []).append((by, name))
    return found
