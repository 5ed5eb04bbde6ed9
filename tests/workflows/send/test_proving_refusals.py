"""A refusal that says something of the recipient is learnt from, as a receipt that says the same."""

from datetime import timedelta
from decimal import Decimal

import pytest

from ordercast.errors import LedgerUnavailable
from ordercast.events.order_event import Channel
from ordercast.gateways.providers.sms_voice_errors import REASONS
from ordercast.notifications.lifecycle import State
from tests.examples import notification
from tests.fakes.world import World

FIRST, SECOND = notification(1, Channel.SMS), notification(2, Channel.SMS)
OPTED_OUT = REASONS["DESTINATION_PHONE_NUMBER_OPTED_OUT"]


def refused(world: World) -> None:
    world.provider.answer = lambda _: OPTED_OUT
    world.send(FIRST.id, channel=Channel.SMS)


def test_who_has_opted_out_at_the_provider_is_suppressed_and_not_called_for_again(
    world: World,
) -> None:
    """The shop would go on showing them as subscribed."""
    world.enter(FIRST, SECOND)
    refused(world)
    world.sweep_receipts()
    world.send(SECOND.id, channel=Channel.SMS)

    assert {FIRST.id: 1} == world.got()
    second = world.row(SECOND.id)
    assert (State.SUPPRESSED, "opted-out") == (second.state, second.rule)


def test_the_text_ends_as_one_whose_receipt_says_so_and_costs_nothing(world: World) -> None:
    world.enter(FIRST)
    refused(world)
    world.sweep_receipts()

    row = world.row(FIRST.id)
    assert (State.FAILED, "Phone number is opted out") == (row.state, row.rule)
    assert Decimal() == row.cost
    assert row.due_at is None


def test_it_is_learnt_too_if_the_sender_ends_before_it_can_settle(world: World) -> None:
    world.enter(FIRST, SECOND)
    world.ledger.unavailable = {"settle", "change"}
    with pytest.raises(LedgerUnavailable):
        refused(world)
    world.ledger.unavailable = set()
    world.now.turn(timedelta(hours=1))
    world.sweep_receipts()
    world.send(SECOND.id, channel=Channel.SMS)

    assert [State.FAILED, State.SUPPRESSED] == [world.state(i) for i in (FIRST.id, SECOND.id)]
    assert {FIRST.id: 1} == world.got()


def test_what_says_nothing_of_the_recipient_writes_no_receipt_log(world: World) -> None:
    world.enter(FIRST)
    world.provider.answer = lambda _: REASONS["PRICE_OVER_THRESHOLD"]
    world.send(FIRST.id, channel=Channel.SMS)

    assert {} == world.receipt_logs.kept
    assert (State.FAILED, "over-price") == (world.state(FIRST.id), world.row(FIRST.id).rule)
