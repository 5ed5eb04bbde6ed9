"""Make up the orders of a shop from a seed, with example domains and fictitious numbers. Used by the demo."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import NamedTuple

SHOP = "Leaf & Kettle"


class Result(StrEnum):
    """The result of a message, which its recipient decides."""

    ARRIVES = "arrives"
    FAILS = "fails"
    UNKNOWN = "unknown"
    SUPPRESSED = "suppressed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """An address, and the result of a message to it."""

    address: str
    result: Result = Result.ARRIVES


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One order: its document, its customer and its statuses.

    `contact` is the customer's language, country and time zone; `reach` are the addresses by
    channel. The last message goes to `last` instead, if there is one, because some addresses are
    suppressed afterwards. `refuses` are the channels that the customer opted out of. With `fallback`
    an e-mail takes the place of each text, which has no usable number.
    """

    id: str
    document: Mapping[str, object]
    contact: Mapping[str, str]
    statuses: tuple[str, ...]
    channel: str
    reach: Mapping[str, Reach]
    last: Mapping[str, Reach]
    refuses: frozenset[str]
    fallback: bool

    def reached(self, place: int) -> Mapping[str, Reach]:
        """Return the addresses for the status at that place."""
        return {**self.reach, **self.last} if place == len(self.statuses) - 1 else self.reach


def orders(count: int, *, seed: int) -> Iterator[Order]:
    """Make up that many orders; the same seed makes the same ones."""
    chance = Random(seed)  # noqa: S311 - sample data, not secrets
    one_time_numbers = list(_OPTS_OUT)
    for number in range(1, count + 1):
        yield _order(f"demo-{number:04}", chance, one_time_numbers)


class _Country(NamedTuple):
    code: str
    share: int
    currency: str
    cents: int
    locale: str
    zone: str
    phone: str | None = None


# A country has a phone if there are fictitious numbers that parse as valid; else only e-mail is used.
# The price of a text to Sweden is not in `ordercast/sending/prices.json`: a few are sent there, to
# show messages that only the stage names a ceiling for.
_COUNTRIES = (
    _Country("US", 62, "USD", 100, "en-US", "America/Los_Angeles", "+12065550100"),
    _Country("SE", 3, "SEK", 1000, "sv-SE", "Europe/Stockholm", "+46701740605"),
    _Country("AU", 20, "AUD", 150, "en-AU", "Australia/Sydney", "+61491570156"),
    _Country("DE", 9, "EUR", 95, "de-DE", "Europe/Berlin"),
    _Country("JP", 6, "JPY", 1, "ja-JP", "Asia/Tokyo"),
)

_GOODS = (
    ("Enamel mug", 14),
    ("Loose-leaf tea, 250 g", 12),
    ("Linen apron", 39),
    ("Cast-iron teapot", 84),
    ("Honey, wildflower", 10),
    ("Bamboo whisk", 17),
)
_NAMES = ("ada", "bo", "chi", "dina", "emil", "fatou", "gus", "hana", "ines", "jun")
_CAMPAIGNS = (None, None, "spring", "newsletter")

# The statuses of orders, and how many in a hundred have them.
_STATUSES = {
    ("confirmed", "shipped", "delivered"): 85,
    ("confirmed", "cancelled", "refunded"): 6,
    ("failed", "confirmed", "shipped", "delivered"): 3,
    ("confirmed", "shipped", "refunded"): 3,
    ("confirmed", "cancelled"): 3,
}

# Recipients with a scenario (docs/local-cloud.md), out of a thousand orders; the others get the message.
_NUMBERS = {
    "+12065550199": (Result.FAILS, 40),  # cannot be reached
    "+12065550197": (Result.FAILS, 20),  # blocked
    "+12065550196": (Result.UNKNOWN, 20),  # the handset never answers
    "+12065550194": (Result.ARRIVES, 20),  # failed, then delivered after all
    "+12065550193": (Result.ARRIVES, 30),  # receipt twice
    "+12065550192": (Result.ARRIVES, 30),  # receipt late
}
_LABELS = {
    "doubled": (Result.ARRIVES, 40),
    "late": (Result.ARRIVES, 40),
    "ooto": (Result.ARRIVES, 20),
}
# Suppressed afterwards, so only an order's last message goes there.
_LAST_LABELS = {
    "bounce": (Result.FAILS, 60),
    "contradictory": (Result.FAILS, 20),
    "complaint": (Result.ARRIVES, 20),
}
_OPTS_OUT = ("+12065550198", "+14255550198")
_INVALID_PHONE = "555"


def _order(order_id: str, chance: Random, one_time_numbers: list[str]) -> Order:
    (country,) = chance.choices(_COUNTRIES, [each.share for each in _COUNTRIES])
    (statuses,) = chance.choices(list(_STATUSES), list(_STATUSES.values()))
    by_email = country.phone is None
    channel = "email" if by_email else chance.choices(("sms", "email", "both"), (45, 40, 15))[0]
    reach: dict[str, Reach] = {"email": _email(order_id, chance)}
    last: dict[str, Reach] = {}
    if country.phone:
        reach["sms"] = _number(country.phone, chance)
    if ending := _picked(_LAST_LABELS, chance):
        last["email"] = _at_simulator(*ending, order_id)
    if channel == "sms" and country.code == "US" and one_time_numbers:
        last["sms"] = Reach(address=one_time_numbers.pop(), result=Result.FAILS)
    refuses: frozenset[str] = frozenset()
    fallback = channel == "sms" and chance.random() < _BY_FALLBACK
    if fallback:
        reach["sms"] = Reach(address=_INVALID_PHONE, result=Result.SUPPRESSED)
        last.pop("sms", None)
    if channel == "both" and chance.random() < _NOT_BY_TEXT:
        refuses = frozenset({"sms"})
    elif channel == "both" and chance.random() < _NOT_BY_TEXT:
        reach["sms"] = Reach(address=_INVALID_PHONE, result=Result.SUPPRESSED)
    return Order(
        id=order_id,
        document=_document(order_id, country, channel, chance, fallback=fallback),
        contact={"locale": country.locale, "country": country.code, "time_zone": country.zone},
        statuses=statuses,
        channel=channel,
        reach=reach,
        last=last,
        refuses=refuses,
        fallback=fallback,
    )


_NOT_BY_TEXT = 0.12
_BY_FALLBACK = 0.08


def _email(order_id: str, chance: Random) -> Reach:
    picked = _picked(_LABELS, chance)
    if picked:
        return _at_simulator(*picked, order_id)
    return Reach(address=f"{chance.choice(_NAMES)}.{order_id}@example.com")


def _at_simulator(label: str, result: Result, order_id: str) -> Reach:
    return Reach(address=f"{label}+{order_id}@simulator.amazonses.com", result=result)


def _number(phone: str, chance: Random) -> Reach:
    if not phone.startswith("+1"):
        return Reach(address=phone)
    picked = _picked(_NUMBERS, chance)
    # 555-0100 to 555-0189: reserved for fiction, and none of them has a scenario.
    return (
        Reach(address=picked[0], result=picked[1])
        if picked
        else Reach(address=f"+1206555{100 + chance.randrange(90):04}")
    )


def _picked(results: Mapping[str, tuple[Result, int]], chance: Random) -> tuple[str, Result] | None:
    drawn = chance.randrange(1000)
    for whom, (result, share) in results.items():
        drawn -= share
        if drawn < 0:
            return whom, result
    return None


def _document(
    order_id: str, country: _Country, channel: str, chance: Random, *, fallback: bool
) -> dict[str, object]:
    basket = chance.sample(_GOODS, chance.randint(1, 3))
    quantities = [chance.randint(1, 2) for _ in basket]
    total = sum(price * n for (_, price), n in zip(basket, quantities, strict=True))
    campaign = chance.choice(_CAMPAIGNS)
    return {
        "order_id": order_id,
        "shop": SHOP,
        # One for each order: the hourly cap counts by customer.
        "customer_id": f"c-{order_id}",
        "amount": {"value": _money(total, country), "currency": country.currency},
        "items": [
            {"name": name, "quantity": n} for (name, _), n in zip(basket, quantities, strict=True)
        ],
        "channel": channel,
        # What a day expects is known before it begins: an e-mail in place of a text that no number
        # can get is sent at once, one in place of a failed text may be stale by then, or not.
        **({"fallback": "email" if fallback else "none"} if channel == "sms" else {}),
        "tracking_url": f"https://shop.example.com/orders/{order_id}",
        **({"campaign": campaign} if campaign else {}),
    }


def _money(dollars: int, country: _Country) -> str:
    if country.currency == "JPY":
        return str(dollars * 150)
    cents = dollars * country.cents - 10
    return f"{cents // 100}.{cents % 100:02}"
