"""On many seeded days everybody who was not heard of by text is e-mailed once, or a rule says why not."""

from collections import Counter
from collections.abc import Iterator

import pytest

from ordercast.events.order_event import Channel
from ordercast.notifications.lifecycle import State
from ordercast.notifications.message import CostSource
from ordercast.notifications.notification import Notification
from ordercast.notifications.route_reason import RouteReason
from ordercast.receipts.receipt_log import REFUSED
from ordercast.sending.send_rules import NOT_REPLACED
from tests.explorer.checks.rollups import imbalance
from tests.sampling import SAMPLED, sampled
from tests.workflows.flow.fallback_day import FallbackDay
from tests.workflows.flow.regions import SECOND_REGION

DAYS = sampled(15, whole=1000)
UNHEARD = frozenset({State.FAILED, State.FAILED_FOR_NOW})
AT_REST = frozenset(State) - {State.REQUESTED, State.SENDING, State.DEFERRED, State.SENT}
EXPLAINED = frozenset({State.SUPPRESSED, State.FAILED, State.PARKED})


@SAMPLED
@pytest.mark.parametrize("tens", range(-(-DAYS // 10)))
def test_nobody_is_forgotten_nobody_hears_it_twice_and_the_books_agree(tens: int) -> None:
    for seed in range(tens * 10, min(DAYS, tens * 10 + 10)):
        assert [] == list(broken(FallbackDay.of(seed))), f"seed {seed}"


def test_the_days_have_everything_in_them() -> None:
    days = [FallbackDay.of(seed) for seed in range(100, 125)]
    assert {None, SECOND_REGION.key} == {row.route for day in days for row in day.happened}
    rows = [row for day in days for row in day.world.rows()]
    assert RouteReason.SECOND_REGION in {row.route_reason for row in rows}
    texts = [row for row in rows if row.channel is Channel.SMS and row.fallback]
    fallbacks = [row for row in rows if row.fallback_for]

    assert {State.SUPPRESSED, State.FAILED, State.FAILED_FOR_NOW, State.UNCONFIRMED} <= {
        row.state for row in texts if row.fallback and row.fallback.entered_at
    }
    assert {State.UNCONFIRMED, State.SUPPRESSED} <= {row.state for row in fallbacks}
    assert {"no-consent", "stale"} <= {row.rule for row in fallbacks}
    assert {"event", "record"} <= {row.consent for row in fallbacks}
    assert any(row.delivered_at for row in texts if row.fallback and not row.fallback.entered_at)
    tried = [row for row in texts if any(each.number for each in row.messages.values())]
    assert {State.DELIVERED, State.FAILED} <= {row.state for row in tried}
    # Some of them called off by a delivery, or forbidden by a rule; some with more than one.
    assert {1, 2, 3} <= {len(row.messages) for row in tried}
    assert {CostSource.CARRIER, CostSource.ESTIMATE} <= {row.cost_source for row in tried}
    assert {True, False} == {bool(r.fallback and r.fallback.entered_at) for r in tried}


def broken(day: FallbackDay) -> Iterator[str]:
    """Yield each way in which a day went wrong."""
    rows = list(day.world.rows())
    yield from day.out_of_place
    emailed = Counter(_event(row) for row in day.happened if row.channel is Channel.EMAIL)
    yield from (f"{each} got {times} e-mails" for each, times in emailed.items() if times > 1)
    emails = Counter(_event(row) for row in rows if row.channel is Channel.EMAIL)
    yield from (f"{each} has {times} e-mails" for each, times in emails.items() if times > 1)
    for row in rows:
        if row.channel is Channel.SMS and _is_unheard(row) and not emails[_event(row)]:
            yield from _unless_forbidden(row, day)
        if row.fallback_for and row.state in EXPLAINED and not row.rule:
            yield f"{_event(row)} was not e-mailed, and no rule says why"
        charges = [
            day.charged.get(each, 0) for each in row.messages if not each.startswith(REFUSED)
        ]
        if sum(each.number is None for each in row.messages.values()) > 1:
            yield f"{_event(row)} has two tries at once"
        if (row.cost or 0) != sum(charges):
            yield f"{_event(row)} cost {charges}, and {row.cost} is on the ledger"
        if row.due_at is not None and row.state not in AT_REST:
            yield f"{_event(row)} is not at rest: {row.state}"
    yield from imbalance(day.world.rollups, rows)


def _unless_forbidden(row: Notification, day: FallbackDay) -> Iterator[str]:
    if day.wishes[_event(row)] != "none":
        yield f"{_event(row)} was not heard of ({row.state}, {row.rule}), and there is no e-mail"


def _event(row: Notification) -> tuple[str, str]:
    return row.order.order_id, row.status


def _is_unheard(row: Notification) -> bool:
    if row.state is State.SUPPRESSED:
        return row.rule not in NOT_REPLACED
    return row.state in UNHEARD
