"""Receipts and our own writes lead to one state in any order and number."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from decimal import Decimal
from random import Random

import pytest

from ordercast.events.order_event import Channel
from ordercast.notifications.channels import rank
from ordercast.notifications.lifecycle import COUNTS_AS_DELIVERED, State
from ordercast.notifications.message import CostSource
from ordercast.receipts.provider_events import meaning_of
from ordercast.receipts.receipt import Receipt
from tests.examples import EMAIL, PHONE
from tests.sampling import SAMPLED, sampled
from tests.workflows.receipts.provider_receipts import price_in
from tests.workflows.receipts.receipts_in_any_order import (
    ESTIMATE,
    KINDS,
    ROWS,
    Case,
    End,
    case,
    ended,
    message_id,
    shuffled,
    straight,
)

CASES = sampled(400, whole=2_000)

pytestmark = SAMPLED


def cases(channel: Channel) -> Iterable[tuple[Random, Case]]:
    for seed in range(CASES):
        random = Random(f"{channel}-{seed}")  # noqa: S311 - a seeded story
        yield random, case(random, channel)


@pytest.mark.parametrize("channel", Channel)
def test_any_order_and_number_of_receipts_and_writes_ends_in_one_state_price_and_history(
    channel: Channel,
) -> None:
    for random, receipt_events in cases(channel):
        order = shuffled(random, receipt_events)
        end = ended(receipt_events, order)

        assert ended(receipt_events, straight(receipt_events)) == end, (receipt_events, order)
        assert_best_of_attempts(receipt_events, end)


def assert_best_of_attempts(receipt_events: Case, end: End) -> None:
    """Hold the row to what is said of each of its messages: the best state, the sum of the dearest."""
    said: defaultdict[str, list[Receipt]] = defaultdict(list)
    for each in receipt_events.receipts:
        said[each.message_id].append(each)
    ours = ours_of(receipt_events)
    assert ours <= {i for i, (notification_id, *_) in end.history.items() if notification_id}
    messages = {i: state_of(receipt_events.channel, said[i]) for i in end.row.messages}
    assert ours <= messages.keys()
    sent = {i: state for i, state in messages.items() if state is not State.DEFERRED}
    if sent:
        assert end.row.state is best(sent.values(), receipt_events.channel), receipt_events
        assert expected_cost(said, sent) == (end.row.cost, end.row.cost_source), receipt_events
    else:
        assert (None, None) == (end.row.cost, end.row.cost_source)


def ours_of(receipt_events: Case) -> set[str]:
    """Return the ids that somebody has said to be the notification's: a sender or a tag."""
    recorded = {
        message_id(each.attempt) for each in receipt_events.written if each.does == "record"
    }
    return recorded | {each.message_id for each in receipt_events.receipts if each.notification_id}


def state_of(channel: Channel, receipts: Iterable[Receipt]) -> State:
    """Return what receipts of one message come to; without any but that it was sent, silence."""
    said = [meaning_of(each.kind, channel).state for each in receipts]
    strongest = max((*said, State.SENT), key=lambda state: rank(state, channel))
    return State.UNCONFIRMED if strongest is State.SENT else strongest


def best(of: Iterable[State], channel: Channel) -> State:
    return max(of, key=lambda state: (state in COUNTS_AS_DELIVERED, rank(state, channel)))


def expected_cost(
    said: dict[str, list[Receipt]], messages: Iterable[str]
) -> tuple[Decimal, CostSource]:
    """Add up the dearest of each message; one without a price counts at the estimate, and not at 0."""
    ids = list(messages)
    prices = [[p for each in said[i] if (p := price_in(each)) is not None] for i in ids]
    source = CostSource.CARRIER if all(prices) else CostSource.ESTIMATE
    return sum((max(each, default=ESTIMATE) for each in prices), Decimal()), source


def test_the_generated_receipts_are_of_every_kind() -> None:
    """Among them are all that may go wrong: several messages, prices of each, doubts, orphans.

    Their addresses are the receipts' own, so that a match by destination is among the cases.
    """
    assert (EMAIL, PHONE) == (ROWS[Channel.EMAIL].recipient, ROWS[Channel.SMS].recipient)
    met: Counter[str] = Counter()
    for channel in Channel:
        for _, receipt_events in cases(channel):
            ids = {each.message_id for each in receipt_events.receipts}
            priced = {each.message_id for each in receipt_events.receipts if each.price is not None}
            met["several messages are spoken of"] += len(ids) > 1
            met["several prices are added up"] += len(priced) > 1
            met["one has a price, another has none"] += 0 < len(priced) < len(ids)
            met["nobody says whose it is"] += bool(ids - ours_of(receipt_events))
            met["nobody settles"] += not any(
                each.does == "settle" for each in receipt_events.written
            )
            met |= {"kind " + each.kind: 1 for each in receipt_events.receipts}

    assert {"kind " + kind for kinds in KINDS.values() for kind in kinds} <= met.keys()
    assert min(n for name, n in met.items() if not name.startswith("kind ")) > CASES // 20
