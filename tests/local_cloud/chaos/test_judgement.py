"""A chaos run's judgement sees each broken promise, and takes nothing documented for one."""

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from local_cloud.chaos.flow import ChaosOrder, Wanted, orders
from local_cloud.chaos.judgement import judge
from local_cloud.inbox import SentMessage
from local_cloud.provider_simulator.faults.fault import FaultKind
from ordercast.events.order_event import Channel
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from tests.examples import notification

NAME = "chaos-00001"
SMS, EMAIL = (NAME, "sms"), (NAME, "email")
CLOSED = "ConnectionClosedError"


def an_order(channel: Channel = Channel.SMS) -> ChaosOrder:
    return ChaosOrder(id=NAME, event={}, channels=(channel,))


def sent(channel: str = "sms", *, receipts: bool = True) -> SentMessage:
    return SentMessage(
        channel="sms" if channel == "sms" else "email",
        message_id="m",
        to="",
        sender="",
        at=datetime(2026, 11, 21, tzinfo=UTC),
        text=f"Your order {NAME} is confirmed.",
        receipts=receipts,
    )


def a_row(state: State, rule: str | None = None, **changes: object) -> Notification:
    return replace(
        notification(1), **{"channel": Channel.SMS} | {"state": state, "rule": rule} | changes
    )


def faults(*kinds: FaultKind) -> dict[str, int]:
    return dict.fromkeys(kinds, 1)


def broken(
    rows: Mapping[Wanted, Notification],
    *messages: SentMessage,
    order: ChaosOrder | None = None,
    thrown: Mapping[str, int] | None = None,
) -> dict[str, int]:
    return judge([order or an_order()], rows, messages, thrown or {}).broken


def test_a_message_that_arrived_once_breaks_nothing() -> None:
    assert {} == broken({SMS: a_row(State.DELIVERED)}, sent())


def test_a_message_that_the_ledger_calls_sent_and_nobody_took_is_lost() -> None:
    assert {"lost": 1} == broken({SMS: a_row(State.DELIVERED)})


def test_a_message_without_a_row_is_lost() -> None:
    assert {"lost": 1, "still waiting": 1} == broken({})


def test_a_text_that_was_taken_twice_is_doubled() -> None:
    twice = {"doubled outside the documented resend": 1}
    assert twice == broken({SMS: a_row(State.DELIVERED)}, sent(), sent())


def test_an_email_in_doubt_that_was_sent_again_is_not_doubled_but_a_third_is() -> None:
    row = a_row(State.DELIVERED, channel=Channel.EMAIL, resends=1)
    order = an_order(Channel.EMAIL)

    assert {} == broken({EMAIL: row}, sent("email"), sent("email"), order=order)
    assert {"doubled outside the documented resend": 1} == broken(
        {EMAIL: row}, sent("email"), sent("email"), sent("email"), order=order
    )


def test_a_doubt_is_explained_by_a_fault_of_its_kind_only() -> None:
    row = {SMS: a_row(State.IN_DOUBT, CLOSED)}

    assert {} == broken(row, thrown=faults(FaultKind.LOST_ANSWERS))
    assert {"in doubt and unexplained": 1} == broken(row, thrown=faults(FaultKind.ERRORS))
    assert {"in doubt and unexplained": 1} == broken(
        {SMS: a_row(State.IN_DOUBT, "NewError")}, thrown=faults(*FaultKind)
    )


def test_a_text_in_doubt_whose_receipt_names_it_has_to_end() -> None:
    row = {SMS: a_row(State.IN_DOUBT, CLOSED, route="sms-voice/us-east-1/default")}
    thrown = faults(FaultKind.LOST_ANSWERS)

    assert {"in doubt though a receipt names it": 1} == broken(row, sent(), thrown=thrown)
    assert {} == broken(row, sent(receipts=False), thrown=thrown)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (a_row(State.REQUESTED), "still waiting"),
        (a_row(State.DEFERRED), "still waiting"),
        (a_row(State.SUPPRESSED, "expired"), "suppressed"),
        (a_row(State.PARKED, "out-of-attempts"), "parked"),
    ],
)
def test_what_was_not_sent_breaks_a_promise(row: Notification, said: str) -> None:
    assert {said: 1} == broken({SMS: row})


def test_an_email_in_doubt_is_waited_for_until_it_was_sent_again() -> None:
    order, thrown = an_order(Channel.EMAIL), faults(FaultKind.CLOSED)
    doubt = a_row(State.IN_DOUBT, CLOSED, channel=Channel.EMAIL)

    assert "still waiting" in broken({EMAIL: doubt}, order=order, thrown=thrown)
    closed = replace(doubt, closed_at=datetime(2026, 11, 21, tzinfo=UTC))
    assert {"e-mails in doubt that were not sent again": 1} == broken(
        {EMAIL: closed}, order=order, thrown=thrown
    )
    assert {} == broken({EMAIL: replace(doubt, resends=1)}, order=order, thrown=thrown)


def test_the_same_seed_makes_the_same_orders_of_every_channel() -> None:
    made = list(orders(50, seed=3))

    assert made == list(orders(50, seed=3))
    assert made != list(orders(50, seed=4))
    assert {"sms", "email", "both"} == {each.event["channel"] for each in made}
