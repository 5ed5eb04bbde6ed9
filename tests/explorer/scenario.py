"""Define one small day at a shop with everything that can come of an order. Used by the explorer."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

from msgspec.structs import replace

from ordercast.budgets.budget import Budget, BudgetPeriod, Limits
from ordercast.events.identity import address_key, notification_id
from ordercast.events.order_event import Channel
from ordercast.events.parse import parse_order_event
from ordercast.pacing.holds import Hold, Why
from ordercast.people.person import Person
from tests.examples import paused
from tests.explorer.bad_reputation import lose_reputation
from tests.explorer.deployed.fitting import Fitting
from tests.explorer.deployed.receipt_script import LATE, ReceiptScript
from tests.explorer.deployed.script import Script
from tests.explorer.deployed.stage import Stage
from tests.explorer.faults.points import Point
from tests.explorer.orders import (
    again,
    bounced,
    customer,
    during_a_pause,
    evening,
    event,
    in_trouble,
    long_after,
    morning,
    newer_than_a_fallback,
    news,
    people,
    phone,
    pumped,
    returned,
)
from tests.explorer.outages import lose_routes

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
END = 60 * HOUR

SPRING, AUTUMN, NIGHT = (paused(campaign=each) for each in ("spring", "autumn", "night"))
INSTEAD = paused(campaign="instead")
WINTER = replace(paused(campaign="winter"), why=Why.ACCOUNT)

HOLDS: tuple[tuple[timedelta, Hold, timedelta | None], ...] = (
    (timedelta(), SPRING, 4 * MINUTE),
    # When the sweeper is about to end it; and it is let go when a sender holds something back.
    (19 * MINUTE + 10 * SECOND, SPRING, 25 * MINUTE),
    # For longer than anything may wait.
    (timedelta(), AUTUMN, 30 * HOUR),
    # When quiet hours end.
    (80 * MINUTE, NIGHT, 100 * MINUTE),
    # From after two texts have failed until their e-mails have become needless.
    (5 * MINUTE, INSTEAD, 15 * MINUTE),
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
    ("o-again-reached", SMS): ("given up", "given up"),
    ("o-again-overtaken", SMS): ("given up", "overtaken"),
    ("o-again-doubt", SMS): ("given up", "answer lost"),
    ("o-throttled", EMAIL): ("throttled",) * 3,
    ("o-returned", EMAIL): ("throttled",) * 3,
    ("o-refused", EMAIL): ("refused",),
    ("o-answer-lost", EMAIL): ("answer lost",),
    ("o-request-lost", EMAIL): ("request lost",),
    ("o-error", EMAIL): ("server error",),
}
"""What a provider does when it is called for these the first time, and the next."""

_REACHED = (ReceiptScript(kind="delivered", price="0.00645"),)
_FAILED = (ReceiptScript(kind="unreachable", price="0.00645"),)
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
    **{(f"o-instead-{n}", SMS): _FAILED for n in ("failed", "news")},
    ("o-instead-late", SMS): (*_FAILED, ReceiptScript(kind="delivered", after=LATE)),
    ("o-instead-known", SMS): (*_FAILED, ReceiptScript(kind="delivered", after=13 * MINUTE)),
    **{(f"o-again-{n}", SMS): _REACHED for n in ("reached", "overtaken")},
    # Before the sweeper would let it be tried again.
    ("o-again-late", SMS): (
        ReceiptScript(kind="given up", price="0.00645"),
        ReceiptScript(kind="delivered", after=12 * MINUTE),
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
"""Budgets: of all texts, and of a campaign whose second text waits until it is raised, its third in vain."""

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
        doubled={_sms_of(event("o-bulk-2"))},
        delayed={_sms_of(evening()), _id_of(bounced(2), EMAIL)},
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
    set_up.after(3 * SECOND, lambda: _unsubscribe(set_up, customer("c-no-fan")))
    set_up.after(13 * MINUTE, lambda: set_up.stream.put(*newer_than_a_fallback()))
    set_up.after(9 * MINUTE, lambda: _opt_out(set_up, customer("c-auto"), EMAIL))
    set_up.after(10 * MINUTE, lambda: set_up.stream.put(*again()))
    set_up.after(24 * MINUTE + 50 * SECOND, lambda: set_up.stream.put(*during_a_pause()))
    set_up.after(2 * HOUR, lambda: set_up.stream.put(returned()))
    set_up.after(3 * HOUR, lambda: set_up.stream.put(*in_trouble()))
    set_up.after(3 * HOUR + MINUTE, lambda: set_up.stream.put(event("o-held")))
    set_up.after(2 * HOUR, lambda: set_up.stream.put(pumped()))
    lose_reputation(set_up)
    lose_routes(set_up)
    set_up.after(49 * HOUR, set_up.audit)
    set_up.after(50 * HOUR, set_up.expire)
    set_up.after(52 * HOUR, lambda: set_up.stream.put(*long_after()))
    return set_up


def _sms_of(payload: bytes) -> str:
    return _id_of(payload, SMS)


def _id_of(payload: bytes, channel: Channel) -> str:
    return notification_id(parse_order_event(payload, default_currency="USD"), channel)


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
