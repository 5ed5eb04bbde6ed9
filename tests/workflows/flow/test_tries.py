"""A text that could not reach its phone is tried again by policy, never beside a try that is open, and never after a delivery."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace

from ordercast.errors import LedgerUnavailable
from ordercast.events.order_event import Channel, Priority
from ordercast.notifications.lifecycle import State
from ordercast.notifications.message import CostSource
from ordercast.notifications.notification import Notification
from ordercast.people.person import Person
from ordercast.receipts.provider_events import FINALLY
from ordercast.sending.outcome import Outcome, Outgoing, accepted, refused, unknown
from tests.examples import paused, payload
from tests.fakes.services import FALLBACK_GRACE, LEASE, SEND_WITHIN
from tests.fakes.world import World
from tests.workflows.flow.test_fallback import AGREES, BY_RECORD, E_MAIL, TEXT, TEXT_ONLY
from tests.workflows.receipts.provider_receipts import CARRIER, HANDSET, UNREACHABLE, text_says

FINAL = f"{UNREACHABLE}{FINALLY}"
WAIT = timedelta(minutes=15)
SECOND = timedelta(seconds=1)


@dataclass(slots=True)
class Day:
    """A text to somebody who agreed to e-mail; each try gets a message id of its own."""

    world: World
    calls: int = 0

    def answer(self, message: Outgoing) -> Outcome:
        if message.notification.channel is Channel.EMAIL:
            return accepted("mail-1")
        self.calls += 1
        return accepted(f"m-{self.calls}")

    def turn(self, by: timedelta) -> None:
        self.world.now.turn(by)
        self.world.sweep()
        self.world.send_published()

    def says(self, kind: str, message_id: str = "m-1", price: str | None = None) -> None:
        receipt = text_says(kind, message_id, price)
        now = self.world.now()
        self.world.apply(replace(receipt, at=now, sent_at=now))

    def fails(self, kind: str = FINAL, message_id: str = "m-1", price: str | None = None) -> None:
        """Report it, and let the sweeper look."""
        self.says(kind, message_id, price)
        self.world.sweep()

    @property
    def text(self) -> Notification:
        return self.world.row(TEXT)


def day_of(
    policy: str = "normal 2 over 30 min", *people: Person, for_now: bool = False, **changes: object
) -> Day:
    world = World(policy=BY_RECORD, retry_after_receipt=policy, retry_for_now=for_now)
    day = Day(world)
    world.provider.answer = day.answer
    world.know(*(people or (AGREES,)))
    world.relay(payload(**{**TEXT_ONLY, **changes}))
    world.send_published()
    return day


@pytest.fixture
def day() -> Day:
    """A day with up to two more tries, a quarter of an hour after each failure."""
    return day_of()


def test_it_is_tried_again_when_its_time_has_come_and_not_before(day: Day) -> None:
    day.fails()
    assert (State.DEFERRED, "retry", day.world.now() + WAIT) == (
        day.text.state,
        day.text.rule,
        day.text.due_at,
    )
    day.turn(WAIT - SECOND)
    assert 1 == day.calls

    day.turn(SECOND)
    assert (2, State.SENT) == (day.calls, day.text.state)
    assert {"m-1": 1, "m-2": None} == {i: e.number for i, e in day.text.messages.items()}


def test_what_nobody_asked_for_is_not_tried_again() -> None:
    for policy, kind, for_now in (
        ("", FINAL, True),
        ("high 2 over 30 min", FINAL, True),
        ("normal 2 over 30 min", UNREACHABLE, False),
        ("normal 2 over 30 min", "FAILURE/Invalid phone number", True),
    ):
        day = day_of(policy, for_now=for_now)
        day.fails(kind)
        day.turn(WAIT)
        assert 1 == day.calls, (policy, kind)
        assert day.text.fallback
        assert day.text.fallback.entered_at == day.world.now()


def test_what_its_carrier_may_still_deliver_is_tried_again_only_where_the_stage_says_so() -> None:
    day = day_of(for_now=True)
    day.fails(UNREACHABLE)
    day.turn(WAIT)

    assert 2 == day.calls


def test_the_fallback_comes_only_after_the_last_try(day: Day) -> None:
    for message_id in ("m-1", "m-2", "m-3"):
        assert E_MAIL not in day.world.ledger.rows
        day.fails(message_id=message_id)
        day.turn(FALLBACK_GRACE)
        day.turn(WAIT - FALLBACK_GRACE)

    assert 3 == day.calls
    assert 1 == day.world.got()[E_MAIL]
    assert (State.FAILED, [1, 2, None]) == (
        day.text.state,
        [each.number for each in day.text.messages.values()],
    )
    day.says(FINAL, "m-1", price="0.01")
    day.turn(timedelta(hours=2))
    assert 3 == day.calls


def test_a_delivery_that_comes_first_calls_the_next_try_off(day: Day) -> None:
    day.fails()
    day.says(HANDSET)
    day.turn(2 * WAIT)

    assert (1, State.DELIVERED) == (day.calls, day.text.state)
    assert E_MAIL not in day.world.ledger.rows


def test_a_delivery_after_its_release_calls_it_off_before_the_claim(day: Day) -> None:
    day.fails()
    day.world.now.turn(WAIT)
    day.world.sweep()
    assert State.REQUESTED is day.text.state
    day.says(HANDSET)
    day.world.send_published()

    assert (1, State.DELIVERED) == (day.calls, day.text.state)


def test_no_further_try_while_one_is_in_doubt(day: Day) -> None:
    """What is known of the first neither ends the doubt nor begins a third."""
    day.fails()
    day.world.provider.answer = lambda _: unknown("ReadTimeoutError")
    day.turn(WAIT)
    assert State.IN_DOUBT is day.text.state
    day.world.provider.answer = day.answer
    day.fails(price="0.01")
    for _ in range(8):
        day.turn(WAIT)

    assert (1, State.IN_DOUBT) == (day.calls, day.text.state)


def test_a_late_receipt_of_the_first_leaves_the_lease_of_the_second(day: Day) -> None:
    day.fails()

    def meanwhile(_: Outgoing) -> Outcome:
        day.says(CARRIER)
        day.says(FINAL, price="0.03")
        assert State.SENDING is day.text.state
        assert day.text.lease_until == day.world.now() + LEASE
        return day.answer(_)

    day.world.provider.answer = meanwhile
    day.turn(WAIT)

    assert (2, State.SENT) == (day.calls, day.text.state)
    assert (Decimal("0.04"), CostSource.ESTIMATE) == (day.text.cost, day.text.cost_source)


def test_it_is_not_tried_past_the_time_in_which_it_is_news() -> None:
    day = day_of("normal 1 over 1 d")
    day.world.now.turn(SEND_WITHIN - timedelta(hours=12))
    day.fails()

    assert State.FAILED is day.text.state


def test_it_ends_as_it_was_if_a_rule_forbids_the_next_try(day: Day) -> None:
    """Then its fallback comes at once: its grace time is over."""
    day.fails()
    day.world.know(replace(AGREES, refusals={Channel.SMS: "opted-out"}))
    day.turn(WAIT)
    assert (1, State.FAILED) == (day.calls, day.text.state)
    day.turn(SECOND)

    assert 1 == day.world.got()[E_MAIL]


def test_a_refused_try_ends_it(day: Day) -> None:
    day.fails(price="0.01")
    day.world.provider.answer = lambda _: refused("InvalidParameter")
    day.turn(WAIT)

    assert State.FAILED is day.text.state
    assert "InvalidParameter" in {each.reason for each in day.text.messages.values()}
    assert (Decimal("0.01"), CostSource.CARRIER) == (day.text.cost, day.text.cost_source)


def test_it_waits_behind_holds_like_any_other(day: Day) -> None:
    day.fails()
    day.world.ledger.hold([paused(channel=Channel.SMS, since=day.world.now())])
    day.turn(WAIT)
    assert (1, State.DEFERRED, "paused") == (day.calls, day.text.state, day.text.rule)
    day.says(HANDSET)

    assert (State.DELIVERED, None) == (day.text.state, day.text.held_by)


def test_a_try_that_nobody_heard_of_counts_from_its_own_sending() -> None:
    """An urgent text's fallback waits for word of the second try, not of the first."""
    day = day_of("high 1 over 50 min", priority="high")
    assert Priority.HIGH is day.text.priority
    day.fails()
    day.turn(timedelta(minutes=50))
    for _ in range(3):
        day.turn(WAIT)
        day.world.sweep_receipts()
    assert E_MAIL not in day.world.ledger.rows
    for _ in range(2):
        day.turn(WAIT)
        day.world.sweep_receipts()
    day.turn(SECOND)

    assert 1 == day.world.got()[E_MAIL]


def test_a_crash_of_the_sweeper_makes_no_try_more(day: Day) -> None:
    day.says(FINAL)
    for until in (SECOND, WAIT):
        day.world.ledger.unheard = {"change"}
        with pytest.raises(LedgerUnavailable):
            day.turn(until)
        day.world.ledger.unheard = set()
    for _ in range(3):
        day.turn(WAIT)

    assert 2 == day.calls
