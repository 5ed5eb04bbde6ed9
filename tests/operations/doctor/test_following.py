"""The operator's test messages are followed to their receipts, with an end for every wait."""

import json
from collections.abc import Callable
from datetime import timedelta

from msgspec.structs import replace

from ordercast.events.order_event import Channel
from ordercast.events.parse import parse_order_event
from ordercast.notifications.lifecycle import State
from ordercast.operations.doctor.following import (
    ARRIVED_WITHIN,
    DECIDED_WITHIN,
    TrialStep,
    event_to_both,
    followed,
)
from ordercast.pacing.holds import held
from ordercast.pacing.opening import unopened
from tests.examples import decision_of, drafts
from tests.fakes.clock import START, HandTurnedClock
from tests.fakes.ledger import FakeLedger

EVENT = event_to_both(email="ada@example.com", phone="+12065550100", at=START)
ORDER = EVENT["order_id"]
SMS, EMAIL = Channel.SMS, Channel.EMAIL


def playing(*moments: Callable[[FakeLedger], None]) -> tuple[list[TrialStep], timedelta]:
    """Follow while one thing after the other happens, a second each; return the steps and how long it took."""
    ledger, clock, coming = FakeLedger(), HandTurnedClock(), list(moments)

    def pause(_: float) -> None:
        clock.turn(timedelta(seconds=1))
        if coming:
            coming.pop(0)(ledger)

    began = clock()
    return list(followed(ledger, ORDER, now=clock, pause=pause)), clock() - began


def becoming(state: State, *channels: Channel) -> Callable[[FakeLedger], None]:
    """Return how rows of the order come to a state."""

    def happen(ledger: FakeLedger) -> None:
        for row in drafts(**EVENT, shop=None):
            if row.channel in channels:
                ledger.rows[row.id] = replace(row, state=state)

    return happen


def test_the_event_is_one_that_the_relay_reads_for_both_channels():
    event = parse_order_event(_encoded(), default_currency="USD")

    assert {SMS, EMAIL} == set(decision_of(event).verdicts)


def test_each_step_is_told_once_and_the_last_are_receipts():
    steps, took = playing(
        becoming(State.REQUESTED, SMS, EMAIL),
        becoming(State.REQUESTED, SMS, EMAIL),
        becoming(State.SENT, SMS, EMAIL),
        becoming(State.DELIVERED, EMAIL),
        becoming(State.CARRIER_ACCEPTED, SMS),
    )

    assert [
        *((each, state) for state in (State.REQUESTED, State.SENT) for each in (SMS, EMAIL)),
        (EMAIL, State.DELIVERED),
        (SMS, State.CARRIER_ACCEPTED),
    ] == [(each.channel, each.state) for each in steps]
    assert timedelta(seconds=5) == took


def test_what_waits_behind_a_hold_is_not_waited_for():
    def held_back(ledger: FakeLedger) -> None:
        for row in drafts(**EVENT, shop=None):
            hold = unopened(row.channel)
            ledger.rows[row.id] = held(row, hold, until=START + timedelta(days=1))

    steps, took = playing(held_back)

    assert {"unopened:channel=sms", "unopened:channel=email"} == {each.why for each in steps}
    assert timedelta(seconds=1) == took


def test_what_was_decided_not_to_be_sent_is_told_by_its_rule():
    def decided(ledger: FakeLedger) -> None:
        stranger = EVENT | {"contact": {"email": "ada@example.net", "phone": "+4670174060"}}
        decision = decision_of(parse_order_event(_encoded(stranger), default_currency="USD"))
        ledger.decisions[decision.order, decision.event] = decision

    steps, _ = playing(decided)

    assert {State.SUPPRESSED} == {each.state for each in steps}
    assert all(each.why for each in steps)


def test_every_wait_has_an_end():
    assert ([], DECIDED_WITHIN) == playing()
    steps, took = playing(becoming(State.SENT, SMS, EMAIL))
    assert (2, ARRIVED_WITHIN) == (len(steps), took)


def _encoded(event: dict[str, object] = EVENT) -> bytes:
    return json.dumps(event).encode()
