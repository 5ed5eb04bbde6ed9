"""Make up shops, customers and addresses that can belong to nobody. Used by the history."""

from random import Random
from typing import NamedTuple

from ordercast.events.order_event import Channel


class CustomerCountry(NamedTuple):
    """A country of customers; without numbers that are reserved for fiction it has e-mails only.

    `share` is of all customers, in parts of a hundred.
    """

    code: str
    share: int
    locale: str
    zone: str
    currency: str
    numbers: tuple[str, ...] = ()


class MadeUpShop(NamedTuple):
    """A shop; `share` is of all orders, in parts of a hundred."""

    name: str
    share: int
    campaigns: tuple[str | None, ...]
    goods: tuple[tuple[str, int], ...]


class MadeUpCustomer(NamedTuple):
    """A customer of a shop, who always wants the same channels and may have refused one."""

    id: str
    country: CustomerCountry
    email: str
    phone: str | None
    channels: tuple[Channel, ...]
    falls_back: bool


SHOPS = (
    MadeUpShop(
        "Harbour Lamps",
        50,
        (None, None, None, "autumn", "winback"),
        (("Desk lamp, brass", 89), ("Lantern", 34), ("Linen shade", 27)),
    ),
    MadeUpShop(
        "Fern & Field",
        35,
        (None, None, "newsletter"),
        (("Monstera, small", 24), ("Clay pot", 12), ("Watering can", 31)),
    ),
    MadeUpShop("Paper Kite", 15, (None, "autumn"), (("Notebook", 9), ("Fountain pen", 48))),
)

OLD_ADDRESSES = "winback"
"""The campaign that wrote to customers of long ago: many of its e-mails bounce."""

_AREAS = ("206", "212", "303", "312", "415", "503", "617", "702")
COUNTRIES = (
    CustomerCountry(
        "US",
        45,
        "en-US",
        "America/New_York",
        "USD",
        # Not those below 90 with a scenario of the simulator, nor those above.
        tuple(f"+1{area}555{100 + n:04}" for area in _AREAS for n in range(90)),
    ),
    CustomerCountry(
        "SE",
        20,
        "sv-SE",
        "Europe/Stockholm",
        "SEK",
        tuple(f"+46701740{n}" for n in range(610, 700)),
    ),
    CustomerCountry(
        "AU",
        12,
        "en-AU",
        "Australia/Sydney",
        "AUD",
        tuple(f"+61491570{n}" for n in ("006", "156", "157", "158", "159", "313", "737")),
    ),
    CustomerCountry("DE", 15, "de-DE", "Europe/Berlin", "EUR"),
    CustomerCountry("JP", 8, "ja-JP", "Asia/Tokyo", "JPY"),
)

_NAMES = ("ada", "bo", "chi", "dina", "emil", "fatou", "gus", "hana", "ines", "jun", "kofi", "lea")
_SMS, _EMAIL = (Channel.SMS,), (Channel.EMAIL,)


def customer(number: int, *, seed: int) -> MadeUpCustomer:
    """Make up the customer of that number; the same seed makes the same one."""
    chance = Random(f"{seed} customer {number}")  # noqa: S311 - sample data, not secrets
    (country,) = chance.choices(COUNTRIES, [each.share for each in COUNTRIES])
    channels: tuple[Channel, ...] = _EMAIL
    if country.numbers:
        (channels,) = chance.choices((_SMS, _EMAIL, _SMS + _EMAIL), (55, 35, 10))
    return MadeUpCustomer(
        id=f"c-{number:05}",
        country=country,
        email=f"{chance.choice(_NAMES)}.{number:05}@example.com",
        phone=chance.choice(country.numbers) if country.numbers else None,
        channels=channels,
        falls_back=channels == _SMS and chance.random() < _FALLS_BACK,
    )


_FALLS_BACK = 0.6
