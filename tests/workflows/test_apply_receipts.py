import json
from dataclasses import replace
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.errors import LedgerUnavailable
from notifications.lifecycle import CHAINS, State
from notifications.order_event import Channel
from notifications.receipt import Receipt, read_receipt
from tests.examples import notification
from tests.fakes.world import World

MAIL, TEXT = notification(1, Channel.EMAIL), notification(2, Channel.SMS)


def receipt(
    state: State, channel: Channel = Channel.EMAIL, *, tagged: bool = True, message_id: str = "m-1"
) -> Receipt:
    owner = MAIL if channel is Channel.EMAIL else TEXT
    return Receipt(
        channel=channel,
        message_id=message_id,
        notification_id=owner.id if tagged else None,
        state=state,
        reason="bounced" if state is State.FAILED else None,
    )


def test_a_tagged_receipt_finds_its_notification_by_the_tag(world: World) -> None:
    world.enter(replace(MAIL, state=State.SENT))
    applied = world.apply(receipt(State.DELIVERED))

    assert (1, ()) == (applied.changed, applied.unmatched)
    assert State.DELIVERED == world.state(MAIL.id)


def test_a_text_message_s_receipt_finds_its_notification_by_message_id(world: World) -> None:
    world.enter(TEXT)
    world.send(TEXT.id, channel=Channel.SMS)
    world.apply(receipt(State.DELIVERED, Channel.SMS, tagged=False, message_id="message-1"))

    assert State.DELIVERED == world.state(TEXT.id)


def test_a_receipt_that_comes_before_the_sender_s_own_row_is_kept_for_later(world: World) -> None:
    """943 receipts in four weeks were once dropped because they were faster than the sender."""
    world.enter(TEXT)
    early = receipt(State.DELIVERED, Channel.SMS, tagged=False, message_id="message-1")

    assert (early,) == world.apply(early).unmatched

    world.send(TEXT.id, channel=Channel.SMS)
    assert () == world.apply(early).unmatched
    assert State.DELIVERED == world.state(TEXT.id)


def test_a_receipt_that_matches_nothing_keeps_nobody_else_back(world: World) -> None:
    world.enter(replace(MAIL, state=State.SENT))
    foreign = receipt(State.DELIVERED, Channel.SMS, tagged=False, message_id="foreign")
    applied = world.apply(foreign, receipt(State.DELIVERED))

    assert (1, (foreign,)) == (applied.changed, applied.unmatched)


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
    read = [read_receipt(json.dumps(body)) for body in bodies]
    world.apply(*[each for each in read if each])

    assert State.DELIVERED == world.state(MAIL.id)


def test_a_bounce_after_a_delivery_is_a_failure_with_its_reason(world: World) -> None:
    world.enter(replace(MAIL, state=State.SENT))
    world.apply(receipt(State.DELIVERED))
    world.apply(receipt(State.FAILED))

    assert (State.FAILED, "bounced") == (world.state(MAIL.id), world.ledger.rows[MAIL.id].rule)


def test_a_delivery_after_a_carrier_s_failure_leaves_no_reason_of_it(world: World) -> None:
    world.enter(replace(TEXT, state=State.SENT))
    world.apply(receipt(State.FAILED, Channel.SMS))
    world.apply(receipt(State.DELIVERED, Channel.SMS))

    assert (State.DELIVERED, None) == (world.state(TEXT.id), world.ledger.rows[TEXT.id].rule)


def test_a_receipt_resolves_what_was_in_doubt(world: World) -> None:
    world.enter(replace(MAIL, state=State.IN_DOUBT))
    world.apply(receipt(State.SENT))

    assert State.SENT == world.state(MAIL.id)


def test_a_receipt_for_what_was_suppressed_changes_nothing(world: World) -> None:
    world.enter(replace(MAIL, state=State.SUPPRESSED))

    assert 0 == world.apply(receipt(State.DELIVERED)).changed


def test_a_receipt_for_a_row_that_is_gone_is_no_trouble(world: World) -> None:
    """Retention removed the row; the receipt of another stage never had one."""
    applied = world.apply(receipt(State.DELIVERED))

    assert (0, ()) == (applied.changed, applied.unmatched)
    assert {} == world.ledger.rows


def test_what_is_closed_is_no_longer_looked_at(world: World) -> None:
    world.enter(replace(MAIL, state=State.SENT))
    world.apply(receipt(State.DELIVERED))
    row = world.ledger.rows[MAIL.id]

    assert (None, world.now.at) == (row.due_at, row.closed_at)


def test_an_empty_batch_changes_nothing(world: World) -> None:
    applied = world.apply()

    assert (0, ()) == (applied.changed, applied.unmatched)


def test_trouble_with_the_ledger_brings_the_batch_again(world: World) -> None:
    world.ledger.unavailable = {"apply"}

    with pytest.raises(LedgerUnavailable):
        world.apply(receipt(State.DELIVERED))


def _batches(channel: Channel) -> st.SearchStrategy[tuple[Channel, list[list[State]]]]:
    words = [State.SENT, State.CARRIER_ACCEPTED, State.FAILED, State.DELIVERED]
    heard = st.sampled_from([state for state in words if state in CHAINS[channel]])
    return st.tuples(st.just(channel), st.lists(st.lists(heard, max_size=4), max_size=5))


@given(
    st.sampled_from(Channel).flatmap(_batches),
    st.sampled_from([State.SENDING, State.IN_DOUBT, State.SENT]),
)
def test_receipts_in_any_order_number_and_batch_end_in_the_strongest_word(
    told: tuple[Channel, list[list[State]]], before: State
) -> None:
    channel, batches = told
    world = World()
    row = replace(MAIL if channel is Channel.EMAIL else TEXT, state=before)
    world.enter(row)
    for batch in batches:
        world.apply(*[receipt(state, channel) for state in batch])

    strongest = max({before, *chain.from_iterable(batches)}, key=CHAINS[channel].index)
    ended = world.ledger.rows[row.id]
    reason = "bounced" if strongest is State.FAILED else None
    assert (strongest, reason) == (ended.state, ended.rule)
    assert (ended.closed_at is not None) == (strongest in {State.FAILED, State.DELIVERED})


@given(st.permutations([State.SENT, State.CARRIER_ACCEPTED, State.FAILED, State.DELIVERED]))
def test_a_second_copy_of_every_receipt_changes_nothing(states: list[State]) -> None:
    world = World()
    world.enter(replace(TEXT, state=State.SENT))
    receipts = [receipt(state, Channel.SMS) for state in states]
    for each in receipts:
        world.apply(each)
    row = world.ledger.rows[TEXT.id]

    assert 0 == world.apply(*receipts).changed
    assert row == world.ledger.rows[TEXT.id]
