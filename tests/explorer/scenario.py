"""Define one small day at a shop with everything that can come of an order. Used by the explorer.

Names tell the parts: `o-stale` is the order whose second status is old news.
"""

import gzip
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import time, timedelta
from decimal import Decimal
from functools import cache
from itertools import count
from typing import Any

from ordercast.budgets.budget import Budget, BudgetPeriod, Limits
from ordercast.events.identity import address_key, customer_key, notification_id
from ordercast.events.order_event import Channel, parse_order_event
from ordercast.pacing.holds import Hold, Why
from ordercast.people.person import AGREED, Person, QuietHours
from tests.aggregates import aggregate
from tests.examples import paused
from tests.explorer.deployed.fitting import Fitting
from tests.explorer.deployed.receipt_script import LATE, ReceiptScript
from tests.explorer.deployed.script import Script
from tests.explorer.deployed.stage import Stage
from tests.explorer.faults.points import Point
from tests.templates.review import REVIEW

SHOP = "Example Tea"
BULK = 18
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
END = 60 * HOUR

SPRING, AUTUMN, NIGHT = (paused(campaign=each) for each in ("spring", "autumn", "night"))
WINTER = replace(paused(campaign="winter"), why=Why.ACCOUNT)

HOLDS: tuple[tuple[timedelta, Hold, timedelta | None], ...] = (
    (timedelta(), SPRING, 4 * MINUTE),
    # When the sweeper is about to end it; and it is let go when a sender holds something back.
    (19 * MINUTE + 10 * SECOND, SPRING, 25 * MINUTE),
    # For longer than anything may wait.
    (timedelta(), AUTUMN, 30 * HOUR),
    # When quiet hours end.
    (80 * MINUTE, NIGHT, 100 * MINUTE),
    # A provider that takes nothing at first.
    (timedelta(), WINTER, None),
)
"""What is held from when on, and when it is let go; trouble at the provider is by a probe."""

SMS, EMAIL = Channel.SMS, Channel.EMAIL

CALLS = {
    ("o-throttled", SMS): ("throttled",),
    ("o-refused", SMS): ("refused",),
    ("o-answer-lost", SMS): ("answer lost",),
    ("o-request-lost", SMS): ("request lost",),
    ("o-error", SMS): ("server error",),
    ("o-crash", SMS): ("crash",),
    ("o-bulk-1", SMS): ("slow",),
    ("o-no-quota", SMS): ("no quota",),
    ("o-no-quota", EMAIL): ("sending paused",),
    **{(f"o-winter-{n}", SMS): ("throttled",) for n in (1, 2, 3)},
    ("o-throttled", EMAIL): ("throttled",) * 3,
    ("o-returned", EMAIL): ("throttled",) * 3,
    ("o-refused", EMAIL): ("refused",),
    ("o-answer-lost", EMAIL): ("answer lost",),
    ("o-request-lost", EMAIL): ("request lost",),
    ("o-error", EMAIL): ("server error",),
}
"""What a provider does when it is called for these the first time, and the next."""

RECEIPTS = {
    # Twice, late, cheaper the second time, and in the wrong order.
    ("o-plain", SMS): (
        ReceiptScript(kind="delivered", price="0.00645"),
        ReceiptScript(kind="carrier", after=LATE),
        ReceiptScript(kind="delivered", after=LATE, price="0.005"),
    ),
    ("o-part-1", SMS): (ReceiptScript(kind="unreachable", price="0.00645"),),
    ("o-answer-lost", SMS): (ReceiptScript(kind="opted out", price="0.00645"),),
    ("o-bulk-1", SMS): (ReceiptScript(kind="delivered", price="0"),),
    # Of its second message, which ends the hold.
    ("o-no-quota", SMS): (ReceiptScript(kind="delivered", price="0.00645"),),
    ("o-bulk-2", SMS): (
        ReceiptScript(kind="unreachable", price="0.02"),
        ReceiptScript(kind="delivered", after=LATE),
    ),
    ("o-plain", EMAIL): (
        ReceiptScript(kind="delivered"),
        ReceiptScript(kind="complained", after=LATE, tagged=False),
    ),
    ("o-part-3", EMAIL): (
        ReceiptScript(kind="delivered"),
        ReceiptScript(kind="bounced", after=LATE),
    ),
}
"""Which receipts come: of text messages these only, of e-mails a delivery but for these."""

TEXTS = Budget(period=BudgetPeriod.MONTH, limit=Decimal(5), channel="sms")
HARVEST = Budget(period=BudgetPeriod.DAY, limit=Decimal("0.02"), campaign="harvest")
"""Budgets: of all texts, and of a campaign for which the second text waits until it is raised."""

WITHHELD = {
    ("o-bulk-3", SMS): range(1, 100),
    ("o-bulk-4", SMS): range(2, 100),
    ("o-bulk-5", SMS): range(2, 3),
    ("o-plain", SMS): range(4, 5),
}
"""Which changes the ledger's stream never brings: all, all but the first, or one in between."""


def stage(
    *,
    fitting: Fitting | None = None,
    points: tuple[Point, ...] = (),
    say: Callable[[str], None] | None = None,
) -> Stage:
    """Return the stage, set for the whole story."""
    script = Script(
        calls=dict(CALLS),
        receipts=RECEIPTS,
        lost={_sms_of(news()[0])},
        doubled={_sms_of(_event("o-bulk-2"))},
        delayed={_sms_of(_evening())},
        returned={_id_of(returned(), EMAIL)},
        withheld=WITHHELD,
    )
    set_up = Stage(script=script, fitting=fitting or Fitting(), points=points, say=say)
    set_up.ledger.people.put(*people())
    set_up.ledger.limits = Limits(budgets=(TEXTS, HARVEST))
    set_up.after(6 * MINUTE, lambda: _raise(set_up))
    for wait, hold, released in HOLDS:
        set_up.operator.hold(wait, hold)
        if released:
            set_up.operator.let_go(released, hold)
    set_up.after(timedelta(), lambda: set_up.stream.put(*morning()))
    set_up.after(2 * SECOND, lambda: set_up.stream.put(*news()))
    set_up.after(3 * SECOND, lambda: _opt_out(set_up, address_key(phone("o-opt-out")), SMS))
    set_up.after(3 * SECOND, lambda: _unsubscribe(set_up, _customer("c-no-fan")))
    set_up.after(9 * MINUTE, lambda: _opt_out(set_up, _customer("c-auto"), EMAIL))
    set_up.after(10 * MINUTE, lambda: set_up.stream.put(*again()))
    set_up.after(24 * MINUTE + 50 * SECOND, lambda: set_up.stream.put(*during_a_pause()))
    set_up.after(2 * HOUR, lambda: set_up.stream.put(returned()))
    set_up.after(3 * HOUR, lambda: set_up.stream.put(*in_trouble()))
    set_up.after(3 * HOUR + MINUTE, lambda: set_up.stream.put(_event("o-held")))
    set_up.after(49 * HOUR, set_up.audit)
    set_up.after(50 * HOUR, set_up.expire)
    set_up.after(52 * HOUR, lambda: set_up.stream.put(*long_after()))
    return set_up


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
        _event("o-plain", channel="both"),
        gzip.compress(_gzipped(), mtime=0),
        aggregate(_event("o-part-1"), _not_json(), _event("o-part-3", channel="email")),
        _event("o-plain", channel="both"),
        _event("o-plain", channel="both", amount=9),
        _not_json(),
        _event("o-wrong", contact={"email": 1, "phone": phone("o-wrong")}),
        _event("o-newer", schema_version=2),
        _event("o-stale", event_id="stale-2", status="shipped"),
        _event("o-stale", event_id="stale-1"),
        _event("o-night", customer_id="c-night", campaign="night"),
        _evening(),
        *(_review(of) for of in ("fan", "no-fan", "no")),
        *(_event(f"o-busy-{n}", customer_id="c-busy", channel="email") for n in (1, 2, 3)),
        _event("o-half", customer_id="c-no", channel="both"),
        _event("o-guest-refuses", channel="email"),
        _event("o-stranger", contact={"email": "ada.lovelace@example.net"}, channel="email"),
        _event("o-no-number", contact={"email": "", "phone": "call me"}),
        _event("o-nowhere", contact={}, channel="email"),
        _event("o-no-consent", channel="auto"),
        _event("o-urgent", status="cancelled", channel="both"),
        _event("o-crash", status="cancelled"),
        _event("o-news", event_id="news-1", channel="both"),
        _event("o-opt-out"),
        _event("o-stopped", campaign="spring"),
        *(_event(f"o-harvest-{n}", campaign="harvest") for n in (1, 2)),
        _event("o-expires", campaign="autumn"),
        *(_event(f"o-winter-{n}", campaign="winter") for n in (1, 2, 3)),
        *(_event(f"o-{name}", channel="both") for name in _TROUBLES),
        *(_event(f"o-bulk-{n}") for n in range(1, BULK + 1)),
    )


@cache
def news() -> tuple[bytes, ...]:
    """Return what comes before the senders have had their turn, and a producer's own retry."""
    return (
        _event("o-news", event_id="news-2", status="shipped", channel="both"),
        gzip.compress(_gzipped(), mtime=0),
    )


@cache
def during_a_pause() -> tuple[bytes, ...]:
    """Return what comes while its campaign is paused for the second time."""
    return (_event("o-stopped-again", campaign="spring"),)


@cache
def again() -> tuple[bytes, ...]:
    """Return what comes again when preferences have changed, and what comes too late."""
    return (_gzipped(), _event("o-stale", event_id="stale-0"), _event("o-part-1"))


@cache
def returned() -> bytes:
    """Return an order whose queue has brought it in vain as often as it may but once."""
    return _event("o-returned", channel="email")


@cache
def in_trouble() -> tuple[bytes, ...]:
    """Return an order at which the account's trouble begins, on either channel."""
    return (_event("o-no-quota", channel="both"),)


@cache
def long_after() -> tuple[bytes, ...]:
    """Return what comes again when every row of it has expired, and something new beside it."""
    return (
        _event("o-plain", channel="both"),
        _gzipped(),
        _event("o-bulk-1"),
        _event("o-fresh", channel="email"),
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


def _event(order: str, **changes: Any) -> bytes:
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
    return _event("o-gzip", customer_id="c-auto", channel="auto", contact=None)


def _review(of: str) -> bytes:
    """Return a promotional event, which calls itself urgent and consented to."""
    urgent = {"status": REVIEW, "channel": "email", "priority": "high"}
    return _event(f"o-review-{of}", customer_id=f"c-{of}", **urgent)


def _evening() -> bytes:
    """Return what waits behind a backlog until quiet hours have begun."""
    return _event("o-evening", customer_id="c-evening")


def _not_json() -> bytes:
    """Return what a broken producer put: it is no use, and still somebody's."""
    return _event("o-broken")[:-9]


def _sms_of(payload: bytes) -> str:
    return _id_of(payload, SMS)


def _id_of(payload: bytes, channel: Channel) -> str:
    return notification_id(parse_order_event(payload, default_currency="USD"), channel)


def _customer(customer_id: str) -> str:
    return customer_key(shop=SHOP, customer_id=customer_id)


def _person(customer_id: str, **known: Any) -> Person:
    return Person(key=_customer(customer_id), customer_id=customer_id, shop=SHOP, **known)


def _raise(set_up: Stage) -> None:
    """Raise the campaign's budget, as an operator does."""
    raised = replace(HARVEST, limit=Decimal("0.05"))
    set_up.ledger.limits = Limits(budgets=set_up.ledger.limits.with_budget(raised))


def _opt_out(set_up: Stage, key: str, channel: Channel) -> None:
    people = set_up.ledger.people
    known = people.kept.get(key, Person(key=key))
    people.put(replace(known, refusals={**known.refusals, channel: "opted-out"}))


def _unsubscribe(set_up: Stage, key: str) -> None:
    people = set_up.ledger.people
    people.put(replace(people.kept[key], promotions={EMAIL: "unsubscribed"}))
