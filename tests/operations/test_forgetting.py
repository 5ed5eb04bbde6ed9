"""What an operator forgets is gone from the ledger, none of it is sent, and what was refused stays so."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from ordercast.events.identity import address_key
from ordercast.events.order_event import Channel
from ordercast.notifications.lifecycle import State
from ordercast.sending.outcome import Outcome, Outgoing, not_now, unknown
from tests.examples import EMAIL, PHONE, notification, paused
from tests.fakes.clock import START
from tests.fakes.services import FALLBACK_GRACE, RESEND_EMAIL_AFTER
from tests.fakes.world import World
from tests.operations.forgotten_world import (
    ADA,
    CUSTOMER,
    PERSONAL,
    counted,
    event,
    forgetting,
    left,
    states,
)
from tests.workflows.receipts.provider_receipts import (
    BOUNCE,
    HANDSET,
    UNREACHABLE,
    mail_says,
    text_says,
)


def test_nothing_personal_is_left_of_a_customer_and_what_is_counted_stays(world: World) -> None:
    world.know(ADA)
    world.relay(event(1), event(2))
    world.send_published()
    before = counted(world)
    assert all(each in left(world) for each in PERSONAL if each != "42.50")

    did = forgetting(world)

    assert (4, 0, 1) == (did.rows, did.ended, did.records)
    assert [] == [each for each in PERSONAL if each in left(world)]
    assert {"o-1", "o-2"} == {row.order.order_id for row in world.ledger.rows.values()}
    assert before == counted(world)
    assert {State.SENT} == states(world)


@pytest.mark.parametrize("state", [State.REQUESTED, State.DEFERRED, State.PARKED])
def test_what_waits_is_suppressed_and_never_sent(world: World, state: State) -> None:
    """Published before, found by the sweeper, or redriven by an operator: none goes out."""
    row = notification(1, state=state, customer_id="c-1", due_at=START)
    world.enter(row)
    did = forgetting(world)
    world.send(row.id)
    world.sweep_all()
    world.send_published()

    assert 1 == did.ended
    assert (State.SUPPRESSED, "forgotten") == (world.row(row.id).state, world.row(row.id).rule)
    assert not world.got()


def test_what_waits_behind_a_hold_does_not_go_when_that_is_let_go(world: World) -> None:
    world.ledger.holds = (paused(channel=Channel.SMS),)
    world.relay(event(channel="sms"))
    world.send_published()
    assert {State.DEFERRED} == states(world)

    forgetting(world)
    world.ledger.holds = ()
    world.sweep_all()
    world.send_published()
    assert (not world.got(), {State.SUPPRESSED}) == (True, states(world))


def test_a_claimed_message_ends_as_its_call_did_and_is_not_tried_again(world: World) -> None:
    """It was on its way: its outcome counts, and a further attempt would have no address."""
    world.relay(event(channel="email"))
    (row,) = world.ledger.rows.values()

    def while_called(_: Outgoing) -> Outcome:
        forgetting(world)
        return not_now("ServiceUnavailable")

    world.provider.answer = while_called
    world.send(row.id)
    assert State.REQUESTED == world.state(row.id)
    assert world.row(row.id).recipient is None

    world.send(row.id)
    assert (State.SUPPRESSED, "forgotten") == (world.row(row.id).state, world.row(row.id).rule)
    assert 1 == world.got()[row.id]
    assert [] == [each for each in PERSONAL if each in left(world)]


def test_an_email_in_doubt_is_not_sent_once_more(world: World) -> None:
    world.relay(event(channel="email"))
    (row,) = world.ledger.rows.values()
    world.provider.answer = lambda _: unknown("ReadTimeoutError")
    world.send(row.id)
    assert State.IN_DOUBT == world.state(row.id)

    forgetting(world)
    for _ in range(4):
        world.now.turn(RESEND_EMAIL_AFTER)
        world.sweep_all()
        world.send_published()
    assert 1 == world.got()[row.id]


def test_a_late_receipt_counts_and_suppresses_by_the_hash_alone(world: World) -> None:
    mail = notification(1, customer_id="c-1")
    world.enter(mail)
    world.send(mail.id)
    forgetting(world)
    world.apply(mail_says(BOUNCE, "message-1"))

    assert State.BOUNCED == world.state(mail.id)
    assert "bounced" == world.people.kept[address_key(EMAIL)].refusal(Channel.EMAIL, EMAIL)
    assert [] == [each for each in PERSONAL if each in left(world)]


def test_an_orphan_receipt_still_finds_its_text_in_doubt(world: World) -> None:
    text = notification(2, Channel.SMS, customer_id="c-1")
    world.enter(text)
    world.provider.answer = lambda _: unknown("ReadTimeoutError")
    world.send(text.id, channel=Channel.SMS)
    forgetting(world)
    world.apply(text_says(HANDSET, "m-9"))
    world.now.turn(RESEND_EMAIL_AFTER)
    world.sweep_all()

    assert State.DELIVERED == world.state(text.id)


def test_a_replayed_event_brings_nothing_back_and_a_new_one_is_a_new_relation(world: World) -> None:
    world.know(ADA)
    world.relay(event(1))
    world.send_published()
    forgetting(world)
    before = dict(world.ledger.rows)
    world.relay(event(1))
    world.relay(event(1), at=500)
    world.send_published()
    assert (before, 2) == (world.ledger.rows, world.got().total())

    world.relay(event(2, status="shipped"), at=600)
    world.send_published()
    assert 4 == world.got().total()
    assert (2, 2) == ((did := forgetting(world)).rows, did.before)


def test_what_was_refused_stays_refused(world: World) -> None:
    world.know(replace(ADA, refusals={Channel.SMS: "opted-out"}))
    mail = notification(1, customer_id="c-1")
    world.enter(mail)
    world.send(mail.id)
    world.apply(mail_says(BOUNCE, "message-1"))
    did = forgetting(world)
    world.relay(event(3), at=700)
    world.send_published()

    assert ("email: bounced", "sms, promotional: opted-out", "sms: opted-out") == did.kept
    assert {"bounced", "opted-out"} == {
        row.rule for row in world.ledger.rows.values() if row.order.order_id == "o-3"
    }
    kept = world.people.kept[CUSTOMER]
    assert (frozenset(), {Channel.SMS: "opted-out"}) == (kept.consents, kept.promotions)


def test_a_guest_s_rows_to_their_addresses_go_with_them_and_another_customer_s_stay(
    world: World,
) -> None:
    world.know(ADA)
    world.relay(event(1), event(2, customer_id=None), event(3, customer_id="c-2"))
    forgetting(world)

    assert {"o-1": None, "o-2": None, "o-3": "c-2"} == {
        row.order.order_id: row.customer_id for row in world.ledger.rows.values()
    }
    assert {EMAIL, PHONE, None} == {row.recipient for row in world.ledger.rows.values()}


def test_an_address_is_forgotten_wherever_it_is(world: World) -> None:
    """Rows of each customer, their records, and texts whose fallback would go there."""
    world.know(ADA)
    world.policy = replace(world.policy, fallback=True)
    world.relay(event(1), event(2, customer_id=None), event(3, channel="sms"))
    assert any(row.fallback for row in world.ledger.rows.values())
    forgetting(world, address=address_key(EMAIL))

    assert EMAIL not in left(world)
    assert PHONE in left(world)
    assert "c-1" == world.people.kept[CUSTOMER].customer_id
    texts = [row for row in world.ledger.rows.values() if row.channel is Channel.SMS]
    assert {State.REQUESTED} == {row.state for row in texts}


def test_a_fallback_that_is_entered_meanwhile_is_not_sent(world: World) -> None:
    """The sweeper has read the text before it was forgotten, and enters its e-mail afterwards."""
    text = notification(1, Channel.SMS, customer_id="c-1")
    mail = notification(2, customer_id="c-1", fallback_for=text.id)
    world.enter(text)
    forgetting(world)
    world.enter(mail)
    world.send(mail.id)

    assert (State.SUPPRESSED, "forgotten") == (world.row(mail.id).state, world.row(mail.id).rule)
    forgetting(world)
    assert [] == [each for each in PERSONAL if each in left(world)]


@pytest.mark.parametrize("entered", [False, True])
def test_the_address_of_a_text_s_fallback_goes_with_the_customer(
    world: World, *, entered: bool
) -> None:
    """Before the e-mail is entered it is on the text's row; afterwards the e-mail is a row of its own."""
    world.policy = replace(world.policy, fallback=True)
    world.relay(event(channel="sms", fallback="email"))
    world.send_published()
    if entered:
        world.apply(text_says(UNREACHABLE))
        world.now.turn(FALLBACK_GRACE)
        world.sweep()
    assert (1 + entered) == len(world.ledger.rows)
    assert [EMAIL] == [row.fallback.to for row in world.ledger.rows.values() if row.fallback]

    forgetting(world)
    assert [] == [each for each in PERSONAL if each in left(world)]
    world.apply(text_says(UNREACHABLE))
    world.now.turn(FALLBACK_GRACE)
    world.sweep_all()
    world.send_published()
    assert {Channel.SMS} == {call.notification.channel for call in world.provider.calls}


def test_a_text_that_could_not_reach_its_phone_is_not_tried_again(world: World) -> None:
    world.retry_after_receipt, world.retry_for_now = "normal 2 over 2 h, high 2 over 2 h", True
    world.relay(event(channel="sms"))
    world.send_published()
    world.apply(text_says(UNREACHABLE))
    forgetting(world)
    (before,) = world.ledger.rows.values()
    for _ in range(4):
        world.now.turn(timedelta(hours=1))
        world.sweep_all()
        world.send_published()

    (after,) = world.ledger.rows.values()
    assert (1, before.state, before.messages) == (
        world.got().total(),
        after.state,
        after.messages,
    )
