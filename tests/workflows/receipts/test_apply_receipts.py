"""A receipt finds its notification and is merged, in any order and any number of times."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace

from ordercast.errors import LedgerUnavailable
from ordercast.events.order_event import Channel
from ordercast.notifications.lifecycle import State
from ordercast.receipts.reading import read_receipt
from ordercast.receipts.receipt import Receipt
from ordercast.sending.outcome import Outcome, Outgoing, accepted
from ordercast.workflows.apply_receipts import Applied
from tests.fakes.clock import START
from tests.fakes.services import ORPHAN_WAIT
from tests.fakes.world import World
from tests.workflows.receipts.provider_receipts import (
    BOUNCE,
    DELIVERY,
    HANDSET,
    MAIL,
    TEXT,
    UNREACHABLE,
    mail_says,
    text_says,
)


def test_a_tagged_receipt_finds_its_notification_by_the_tag(world: World) -> None:
    world.enter(replace(MAIL, state=State.SENT))

    assert Applied(messages=1, repeated=0, orphans=0, without_row=0) == world.apply(
        mail_says(DELIVERY)
    )
    assert State.DELIVERED == world.state(MAIL.id)


def test_a_text_message_s_receipt_finds_its_notification_by_message_id(world: World) -> None:
    world.enter(TEXT)
    world.send(TEXT.id, channel=Channel.SMS)
    world.apply(text_says(HANDSET))

    assert State.DELIVERED == world.state(TEXT.id)
    assert START == world.row(TEXT.id).delivered_at


def test_a_receipt_that_comes_before_the_sender_has_recorded_anything_is_applied_by_it(
    world: World,
) -> None:
    """943 receipts in four weeks were once dropped because they were faster than the sender."""
    world.enter(TEXT)

    def carried(_: Outgoing) -> Outcome:
        assert 1 == world.apply(text_says(HANDSET, price="0.00645")).orphans
        return accepted("message-1")

    world.provider.answer = carried
    world.send(TEXT.id, channel=Channel.SMS)

    row = world.row(TEXT.id)
    assert (State.DELIVERED, Decimal("0.00645")) == (row.state, row.cost)
    assert world.receipt_logs.kept["message-1"].due_at is None


def test_what_neither_the_sender_nor_the_tracker_applied_stays_due_until_the_sweeper_does(
    world: World,
) -> None:
    world.enter(TEXT)

    def carried(_: Outgoing) -> Outcome:
        world.apply(text_says(HANDSET))
        return accepted("message-1")

    world.provider.answer = carried
    world.ledger.troubled = lambda method, _: method == "change"
    world.send(TEXT.id, channel=Channel.SMS)
    assert State.SENT == world.state(TEXT.id)

    world.ledger.troubled = lambda *_: False
    world.now.turn(ORPHAN_WAIT)
    assert 1 == world.sweep_receipts().applied
    assert State.DELIVERED == world.state(TEXT.id)
    assert 0 == world.sweep_receipts().applied


def test_a_receipt_that_matches_nothing_keeps_nobody_else_back(world: World) -> None:
    world.enter(replace(MAIL, state=State.SENT))
    applied = world.apply(text_says(HANDSET, "foreign"), mail_says(DELIVERY))

    assert (2, 1) == (applied.messages, applied.orphans)
    assert State.DELIVERED == world.state(MAIL.id)


def test_a_receipt_of_no_notification_is_looked_up_once_and_kept(world: World) -> None:
    """Another stage's, or another sender's of the account: counted, and no alarm."""
    world.apply(text_says(HANDSET, "foreign", price="0.02"))
    world.now.turn(ORPHAN_WAIT)

    assert (1, 0) == (world.sweep_receipts().unattributed, world.sweep_receipts().unattributed)
    assert world.receipt_logs.kept["foreign"].unattributed


def test_who_records_a_message_long_after_its_receipt_has_it_applied_all_the_same(
    world: World,
) -> None:
    """The first time the sender's table was in trouble; its batch came again a day later."""
    world.apply(text_says(HANDSET))
    world.now.turn(timedelta(days=1))
    world.sweep_receipts()
    world.enter(TEXT)
    world.send(TEXT.id, channel=Channel.SMS)

    assert State.DELIVERED == world.state(TEXT.id)


def test_an_out_of_office_reply_never_turns_a_delivered_e_mail_into_a_failed_one(
    world: World,
) -> None:
    world.enter(replace(MAIL, state=State.SENT))
    mail = {"messageId": "m-1", "tags": {"notification_id": [MAIL.id]}}
    bounce = {"bounceType": "Transient", "bounceSubType": "General"}
    bodies = [
        {"eventType": "Delivery", "mail": mail},
        {"eventType": "Bounce", "mail": mail, "bounce": bounce},
    ]
    read = [read_receipt(json.dumps(body), received_at=START) for body in bodies]
    world.apply(*[each for each in read if isinstance(each, Receipt)])

    assert State.DELIVERED == world.state(MAIL.id)


def test_a_bounce_after_a_delivery_is_a_bounce_with_its_reason(world: World) -> None:
    world.enter(replace(MAIL, state=State.SENT))
    world.apply(mail_says(DELIVERY))
    world.apply(mail_says(BOUNCE))

    row = world.row(MAIL.id)
    assert (State.BOUNCED, BOUNCE, START) == (row.state, row.rule, row.delivered_at)


def test_a_delivery_after_a_carrier_s_failure_leaves_no_reason_of_it(world: World) -> None:
    world.enter(TEXT)
    world.send(TEXT.id, channel=Channel.SMS)
    world.apply(text_says(UNREACHABLE))
    assert "Phone is currently unreachable/unavailable" == world.row(TEXT.id).rule

    world.apply(text_says(HANDSET))
    assert (State.DELIVERED, None) == (world.state(TEXT.id), world.row(TEXT.id).rule)


def test_the_delivery_of_one_message_stands_against_the_bounce_of_another(world: World) -> None:
    """An e-mail in doubt was sent again: one copy arrived."""
    world.enter(replace(MAIL, state=State.SENT))
    world.apply(mail_says(BOUNCE, "m-1"), mail_says(DELIVERY, "m-2"))

    assert State.DELIVERED == world.state(MAIL.id)


def test_any_event_with_our_tag_resolves_a_doubt(world: World) -> None:
    world.enter(replace(MAIL, state=State.IN_DOUBT, rule="ReadTimeoutError", in_doubt_since=START))
    world.apply(mail_says("Send"))

    assert (State.SENT, None) == (world.state(MAIL.id), world.row(MAIL.id).rule)
    assert "m-1" in world.row(MAIL.id).messages


@pytest.mark.parametrize("state", [State.SUPPRESSED, State.PARKED, State.DEFERRED])
def test_what_a_provider_has_was_sent_whatever_we_thought(world: World, state: State) -> None:
    world.enter(replace(MAIL, state=state, rule="why", closed_at=START))
    world.apply(mail_says("Send"))
    row = world.row(MAIL.id)

    assert (State.SENT, None, None, None) == (row.state, row.rule, row.due_at, row.closed_at)


def test_a_receipt_for_a_row_that_is_gone_is_no_failure(world: World) -> None:
    """Retention removed the row; the receipt of another stage never had one."""
    assert 1 == world.apply(mail_says(DELIVERY)).without_row
    assert {} == world.ledger.rows


def test_what_is_closed_is_no_longer_looked_at(world: World) -> None:
    world.enter(replace(MAIL, state=State.SENT))
    world.apply(mail_says(DELIVERY))
    row = world.row(MAIL.id)

    assert (None, START) == (row.due_at, row.closed_at)


def test_a_second_copy_writes_nothing_and_looks_at_no_row(world: World) -> None:
    world.enter(replace(MAIL, state=State.SENT))
    world.apply(mail_says(DELIVERY))
    before = world.row(MAIL.id)
    calls = len(world.ledger.calls)

    assert 1 == world.apply(mail_says(DELIVERY), mail_says(DELIVERY)).repeated
    assert (before, calls) == (world.row(MAIL.id), len(world.ledger.calls))


def test_an_empty_batch_changes_nothing(world: World) -> None:
    assert Applied(messages=0, repeated=0, orphans=0, without_row=0) == world.apply()


@pytest.mark.parametrize("method", ["look_up", "change"])
def test_a_failure_of_the_ledger_has_the_batch_redelivered_and_loses_nothing(
    world: World, method: str
) -> None:
    world.enter(replace(MAIL, state=State.SENT))
    world.ledger.unavailable = {method}
    with pytest.raises(LedgerUnavailable):
        world.apply(mail_says(DELIVERY))

    world.ledger.unavailable = set()
    world.apply(mail_says(DELIVERY))
    assert State.DELIVERED == world.state(MAIL.id)


@pytest.mark.parametrize("method", ["find", "change"])
def test_a_failure_of_the_receipts_table_has_the_batch_redelivered(
    world: World, method: str
) -> None:
    world.enter(replace(MAIL, state=State.SENT))
    world.receipt_logs.unavailable = {method}
    with pytest.raises(LedgerUnavailable):
        world.apply(mail_says(DELIVERY))

    world.receipt_logs.unavailable = set()
    world.apply(mail_says(DELIVERY))
    assert DELIVERY in world.receipt_logs.kept["m-1"].receipt_events
