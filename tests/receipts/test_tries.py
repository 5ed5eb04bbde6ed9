"""What is known of a text's tries makes one state and one cost, in any order of its receipts."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from itertools import permutations

import pytest
from msgspec.structs import replace

from ordercast.events.order_event import Channel
from ordercast.notifications.lifecycle import State
from ordercast.notifications.message import CostSource, Message
from ordercast.notifications.notification import Notification
from ordercast.notifications.tries import may_have_cost, numbered
from ordercast.receipts.merge import merge_message
from ordercast.receipts.provider_events import FINALLY, SMS, UNREACHABLE, reason
from ordercast.receipts.unreached import unreached
from ordercast.sending.outcome import Outcome, Settlement, accepted, refused, settled, unknown
from ordercast.sending.send_rules import EXPIRED, suppressed
from tests.examples import notification
from tests.fakes.clock import START

MINUTE = timedelta(minutes=1)
PHONE_AWAY = "Phone is currently unreachable/unavailable"
PRICE = Decimal("0.00645")


def said(state: State, *, why: str | None = None, price: Decimal | None = None) -> Message:
    return Message(state=state, at=START + MINUTE, reason=why, price=price)


UNREACHED = said(State.FAILED_FOR_NOW, why=PHONE_AWAY)


def once(*, parts: int = 2, estimate: str = "0.02", reserved: str = "0.03") -> Notification:
    """Return a text whose first try was taken and could not reach the phone."""
    row = notification(2, Channel.SMS, sent_at=START, attempts=1, route="sns/us-east-1/x")
    row = replace(
        row, parts=parts, estimate=Decimal(estimate), reserved=Decimal(reserved), due_at=None
    )
    return merge_message(row, "m-1", UNREACHED, sent_at=START)


def again(row: Notification, state: State = State.SENDING) -> Notification:
    """Return it with its second try claimed, of one part."""
    claimed = replace(numbered(row), state=state, rule=None, closed_at=None, due_at=START)
    return replace(
        claimed,
        owner="me",
        lease_until=START + 5 * MINUTE,
        attempts=2,
        parts=1,
        route=None,
        estimate=Decimal("0.005"),
        reserved=Decimal("0.007"),
    )


def test_a_try_keeps_what_it_was_claimed_at_when_the_next_one_is_claimed() -> None:
    """It has a number by which they are listed."""
    first = again(once()).messages["m-1"]

    assert (1, "sns/us-east-1/x", 2) == (first.number, first.route, first.parts)
    assert (Decimal("0.02"), Decimal("0.03")) == (first.estimate, first.reserved)
    assert again(once()) == numbered(again(once()))


@pytest.mark.parametrize("state", [State.SENDING, State.IN_DOUBT, State.REQUESTED, State.DEFERRED])
def test_a_late_receipt_of_an_earlier_try_leaves_the_next_one_as_it_is(state: State) -> None:
    """Its lease and its estimate stay, and only the earlier one's price is added."""
    row = again(once(), state)
    late = merge_message(
        row, "m-1", said(State.FAILED, why=PHONE_AWAY + FINALLY, price=PRICE), sent_at=START
    )

    assert row == replace(late, messages=row.messages, cost=row.cost, cost_source=row.cost_source)
    assert (PRICE, CostSource.CARRIER) == (late.cost, late.cost_source)
    assert 1 == late.messages["m-1"].number


@pytest.mark.parametrize("state", [State.SENDING, State.IN_DOUBT, State.REQUESTED, State.DEFERRED])
def test_its_delivery_decides_and_calls_the_next_one_off(state: State) -> None:
    row = again(once(), state)
    late = merge_message(row, "m-1", said(State.DELIVERED), sent_at=START, delivered_at=START)

    assert (State.DELIVERED, None) == (late.state, late.due_at)
    # Its sender may be calling: what it may cost is not forgotten before it has settled.
    assert row.lease_until == late.lease_until
    for outcome in (refused("no"), unknown("?"), accepted("m-2")):
        end = settled(late, _settlement(late, outcome))
        assert (State.DELIVERED, None) == (end.state, end.lease_until)
        assert (outcome.state is State.IN_DOUBT) == (end.in_doubt_since is not None)


def test_the_open_try_decides_although_the_earlier_one_failed() -> None:
    row = settled(again(once()), _settlement(again(once()), accepted("m-2")))

    assert (State.SENT, None, None) == (row.state, row.closed_at, row.due_at)
    carrier = merge_message(row, "m-2", said(State.CARRIER_ACCEPTED), sent_at=START)
    assert State.CARRIER_ACCEPTED is carrier.state


def test_when_no_try_is_open_the_best_of_them_decides() -> None:
    row = settled(again(once()), _settlement(again(once()), accepted("m-2")))
    silent = merge_message(row, "m-2", said(State.UNCONFIRMED), sent_at=START)

    assert (State.FAILED_FOR_NOW, PHONE_AWAY) == (silent.state, silent.rule)


def test_each_try_costs_its_price_or_its_own_estimate() -> None:
    """The first one's two parts are not charged at the price of the second's one."""
    row = settled(again(once()), _settlement(again(once()), accepted("m-2")))
    assert (Decimal("0.025"), CostSource.ESTIMATE) == (row.cost, row.cost_source)

    priced = merge_message(row, "m-2", said(State.DELIVERED, price=PRICE), sent_at=START)
    assert (Decimal("0.02") + PRICE, CostSource.ESTIMATE) == (priced.cost, priced.cost_source)
    both = merge_message(priced, "m-1", replace(UNREACHED, price=Decimal(0)), sent_at=START)
    assert (PRICE, CostSource.CARRIER) == (both.cost, both.cost_source)


def test_the_next_try_is_reserved_beside_what_the_earlier_ones_may_cost() -> None:
    row = again(once())
    assert Decimal("0.03") == may_have_cost(row.messages.values())

    priced = merge_message(row, "m-1", replace(UNREACHED, price=PRICE), sent_at=START)
    assert PRICE == may_have_cost(priced.messages.values())


def test_a_try_that_is_refused_counts_beside_the_one_that_was_taken() -> None:
    """It costs nothing, and its reason is kept."""
    row = settled(again(once()), _settlement(again(once()), refused("no-such-pool")))

    assert (State.FAILED, "no-such-pool", None) == (row.state, row.rule, row.lease_until)
    assert Decimal("0.02") == row.cost


def test_a_rule_that_forbids_the_next_try_leaves_the_text_as_the_last_one_ended() -> None:
    row = suppressed(again(once(), State.DEFERRED), EXPIRED, at=START)

    assert (State.FAILED_FOR_NOW, PHONE_AWAY) == (row.state, row.rule)
    assert (START + MINUTE, None) == (row.closed_at, unreached(row))


def test_what_the_account_could_not_send_as_its_second_try_waits_beside_the_first() -> None:
    row = again(once())
    waits = merge_message(row, "m-2", said(State.DEFERRED, price=Decimal(0)), sent_at=START)

    assert (State.DEFERRED, "account", START) == (waits.state, waits.rule, waits.sent_at)
    assert (Decimal("0.02"), CostSource.ESTIMATE) == (waits.cost, waits.cost_source)


RECEIPTS: Sequence[tuple[str, Message]] = [
    ("m-1", UNREACHED),
    ("m-1", said(State.FAILED, why=PHONE_AWAY + FINALLY, price=PRICE)),
    ("m-1", said(State.CARRIER_ACCEPTED, price=Decimal("0.001"))),
    ("m-2", said(State.SENT)),
    ("m-2", said(State.FAILED_FOR_NOW, why=PHONE_AWAY, price=Decimal("0.002"))),
    ("m-2", said(State.FAILED, why="Invalid phone number")),
    ("m-1", said(State.DELIVERED, price=Decimal("0.01"))),
    ("m-2", said(State.DELIVERED)),
]


@pytest.mark.parametrize("left_out", range(len(RECEIPTS) + 1))
def test_the_receipts_of_two_tries_make_one_row_in_any_order(left_out: int) -> None:
    """Whatever of them comes, however often, before or after the second try is settled."""
    came = [*RECEIPTS[:left_out], *RECEIPTS[left_out + 1 :]][:5] + [RECEIPTS[-1]] * (left_out < 2)
    ends = set()
    for order in permutations(range(len(came))):
        row = again(once())
        for number in [*order, *order[:2]]:
            message_id, message = came[number]
            row = merge_message(row, message_id, message, sent_at=START)
        row = settled(row, _settlement(row, accepted("m-2")))
        ends.add(str(replace(row, messages=dict(sorted(row.messages.items())))))
    assert 1 == len(ends)


def test_unreachable_phones_and_carriers_may_be_tried_again_and_nothing_else() -> None:
    """End User Messaging tries again by itself what it does not call final."""
    for kind in SMS:
        why = reason(kind, Channel.SMS)
        state = State.FAILED if kind.endswith(FINALLY) else State.FAILED_FOR_NOW
        row = merge_message(
            notification(2, Channel.SMS), "m-1", said(state, why=why), sent_at=START
        )
        assert (why in UNREACHABLE) == (unreached(row) is not None), kind
        voice = replace(row, route="sms-voice/us-east-1/default")
        assert kind.endswith(FINALLY) == (unreached(voice) is not None), kind


def _settlement(row: Notification, outcome: Outcome) -> Settlement:
    return Settlement(notification=row, owner="me", outcome=outcome, at=START)
