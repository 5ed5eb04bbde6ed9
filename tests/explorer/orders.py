"""Define the orders and the customers of the explorer's day. Used by the scenario and the checks.

Names tell the parts: `o-stale` is the order whose second status is old news.
"""

import gzip
import json
from collections.abc import Mapping
from datetime import time
from functools import cache
from itertools import count
from typing import Any

from ordercast.events.identity import address_key, customer_key
from ordercast.events.order_event import Channel
from ordercast.people.person import AGREED, Person, QuietHours
from tests.aggregates import aggregate
from tests.templates.review import REVIEW

SHOP = "Example Tea"
BULK = 18
PUMPED = "o-pumped"
"""The order whose text costs more than the velocity limit of its hour."""

SMS, EMAIL = Channel.SMS, Channel.EMAIL


def people() -> list[Person]:
    """Return who is on record."""
    refusing = address_key(mail("o-guest-refuses"))
    return [
        _person("c-auto", email=mail("o-gzip"), channels=(EMAIL,), consents=frozenset({EMAIL})),
        _person("c-night", quiet=QuietHours(start=time(22), end=time(11)), time_zone="UTC"),
        _person(
            "c-evening", quiet=QuietHours(start=time(9, 33), end=time(10, 30)), time_zone="UTC"
        ),
        _person("c-fan", promotions={EMAIL: AGREED}),
        _person("c-no-fan", promotions={EMAIL: AGREED}),
        _person("c-no", refusals={SMS: "opted-out"}),
        _person("c-busy"),
        Person(key=refusing, refusals={EMAIL: "complained"}),
    ]


@cache
def morning() -> tuple[bytes, ...]:
    """Return the first records: nearly everything that can be wrong with an order, and many good ones."""
    return (
        event("o-plain", channel="both"),
        gzip.compress(_gzipped(), mtime=0),
        aggregate(event("o-part-1"), _not_json(), event("o-part-3", channel="email")),
        event("o-plain", channel="both"),
        event("o-plain", channel="both", amount=9.5),
        _not_json(),
        event("o-wrong", contact={"email": 1, "phone": phone("o-wrong")}),
        event("o-newer", schema_version=2),
        event("o-stale", event_id="stale-2", status="shipped"),
        event("o-stale", event_id="stale-1"),
        event("o-night", customer_id="c-night", campaign="night"),
        evening(),
        *(_review(of) for of in ("fan", "no-fan", "no")),
        *(event(f"o-busy-{n}", customer_id="c-busy", channel="email") for n in (1, 2, 3)),
        event("o-half", customer_id="c-no", channel="both"),
        event("o-guest-refuses", channel="email"),
        event("o-stranger", contact={"email": "ada.lovelace@example.net"}, channel="email"),
        event("o-no-number", contact={"email": "", "phone": "call me"}),
        event("o-nowhere", contact={}, channel="email"),
        event("o-no-consent", channel="auto"),
        event("o-urgent", status="cancelled", channel="both"),
        event("o-crash", status="cancelled"),
        event("o-news", event_id="news-1", channel="both"),
        event("o-opt-out"),
        event("o-stopped", campaign="spring"),
        *(event(f"o-harvest-{n}", campaign="harvest") for n in (1, 2, 3)),
        event("o-expires", campaign="autumn"),
        *(event(f"o-winter-{n}", campaign="winter") for n in (1, 2, 3)),
        *(event(f"o-{name}", channel="both") for name in _TROUBLES),
        *_instead(),
        *_again(),
        *(event(f"o-bulk-{n}") for n in range(1, BULK + 1)),
    )


@cache
def news() -> tuple[bytes, ...]:
    """Return what comes before the senders have had their turn, and a producer's own retry."""
    return (
        event("o-news", event_id="news-2", status="shipped", channel="both"),
        gzip.compress(_gzipped(), mtime=0),
    )


@cache
def during_a_pause() -> tuple[bytes, ...]:
    """Return what comes while its campaign is paused for the second time."""
    return (event("o-stopped-again", campaign="spring"),)


def _instead() -> tuple[bytes, ...]:
    """Return texts in whose place an e-mail may go: without a number, failed, late, in doubt."""
    nobody = {"email": mail("o-instead-none")}
    return (
        event("o-instead-none", contact=nobody, fallback="email"),
        *(event(f"o-instead-{name}", fallback="email") for name in ("failed", "late")),
        *(event(f"o-instead-{n}", campaign="instead", fallback="email") for n in ("known", "news")),
        event("o-instead-doubt", status="cancelled", fallback="email"),
    )


def _again() -> tuple[bytes, ...]:
    """Return texts that are tried again: reached then, late, overtaken by word of the first, in doubt."""
    names = ("reached", "late", "overtaken", "doubt")
    return tuple(event(f"o-again-{name}", fallback="email") for name in names)


def _silent() -> bytes:
    """Return an urgent text of which nobody ever says a word."""
    return event("o-instead-silent", status="cancelled", fallback="email")


@cache
def newer_than_a_fallback() -> tuple[bytes, ...]:
    """Return what makes an e-mail stale that waits in place of a text, by a text."""
    return (event("o-instead-news", event_id="instead-2", status="shipped", fallback="none"),)


@cache
def again() -> tuple[bytes, ...]:
    """Return what comes again when preferences have changed, and what comes too late."""
    return (_gzipped(), event("o-stale", event_id="stale-0"), event("o-part-1"), _silent())


@cache
def returned() -> bytes:
    """Return an order whose queue has brought it in vain as often as it may but once."""
    return event("o-returned", channel="email")


@cache
def in_trouble() -> tuple[bytes, ...]:
    """Return an order at which the account's trouble begins, on either channel."""
    return (event("o-no-quota", channel="both"),)


@cache
def bounced(number: int) -> bytes:
    """Return an order that is told by e-mail around the time at which too many bounce."""
    return event(f"o-bounced-{number}", channel="email")


@cache
def pumped() -> bytes:
    """Return an order that only serves to have a dear text sent."""
    return event(PUMPED)


@cache
def long_after() -> tuple[bytes, ...]:
    """Return what comes again when every row of it has expired, and something new beside it."""
    return (
        event("o-plain", channel="both"),
        _gzipped(),
        event("o-bulk-1"),
        event("o-fresh", channel="email"),
    )


def phone(order: str) -> str:
    """Return the number that is given with an order; each has its own, all fictitious."""
    return f"+1206555{100 + _number(order):04d}"


def mail(order: str) -> str:
    """Return the address that is given with an order."""
    return f"ada.lovelace.{_number(order)}@example.com"


PERSONAL = ("lovelace", "5550")
"""What every address and every number above has in it, and no id of ours."""


_TROUBLES = ("throttled", "refused", "answer-lost", "request-lost", "error")


_NUMBERS: dict[str, int] = {}


_COUNT = count()


def _number(order: str) -> int:
    if order not in _NUMBERS:
        _NUMBERS[order] = next(_COUNT)
    return _NUMBERS[order]


def event(order: str, **changes: Any) -> bytes:
    fields: Mapping[str, Any] = {
        "event_id": f"event-of-{order}",
        "order_id": order,
        "status": "confirmed",
        "occurred_at": "2026-03-02T09:29:58Z",
        "amount": 42.5,
        "items": ["Teapot"],
        "contact": {"email": mail(order), "phone": phone(order)},
        "channel": "sms",
        "shop": SHOP,
    }
    return json.dumps({**fields, **changes}).encode()


def _gzipped() -> bytes:
    return event("o-gzip", customer_id="c-auto", channel="auto", contact=None)


def _review(of: str) -> bytes:
    """Return a promotional event, which calls itself urgent and consented to."""
    urgent = {"status": REVIEW, "channel": "email", "priority": "high"}
    return event(f"o-review-{of}", customer_id=f"c-{of}", **urgent)


def evening() -> bytes:
    """Return what waits behind a backlog until quiet hours have begun."""
    return event("o-evening", customer_id="c-evening")


def _not_json() -> bytes:
    """Return what a broken producer put: it is no use, and still somebody's."""
    return event("o-broken")[:-9]


def customer(customer_id: str) -> str:
    return customer_key(shop=SHOP, customer_id=customer_id)


def _person(customer_id: str, **known: Any) -> Person:
    return Person(key=customer(customer_id), customer_id=customer_id, shop=SHOP, **known)
