"""A text that SNS took and the account could not send is sent again, behind a hold, and costs nothing."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from itertools import permutations

import pytest
from msgspec.structs import replace

from ordercast.events.identity import address_key
from ordercast.events.order_event import Channel
from ordercast.notifications.lifecycle import State
from ordercast.notifications.message import CostSource
from ordercast.pacing.holds import STALE_VIEW, Hold
from ordercast.receipts.provider_events import NO_ORIGINATION, NOT_SENT_REASONS
from ordercast.receipts.reading import read_receipt
from ordercast.receipts.receipt import Receipt
from ordercast.sending.backoff import MAX_ATTEMPTS, MAX_MESSAGES, OUT_OF_ATTEMPTS
from ordercast.sending.outcome import Outcome, Outgoing, accepted
from ordercast.workflows.sweep.probe_holds import FIRST, LATER, SOON
from tests.examples import PHONE, notification
from tests.fakes.clock import START
from tests.fakes.world import World
from tests.receipts.provider_bodies import recorded
from tests.workflows.receipts.provider_receipts import HANDSET, UNREACHABLE

TEXTS = [notification(n, Channel.SMS) for n in (2, 3)]
TEXT, OTHER = TEXTS
NO_QUOTA = "FAILURE/No quota left for account"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def spent(world: World) -> World:
    """A world whose SNS takes every text, and gives each an id of its own."""
    taken: list[str] = []

    def answer(message: Outgoing) -> Outcome:
        taken.append(message.notification.id)
        return accepted(f"m-{len(taken)}")

    world.provider.answer = answer
    world.enter(*TEXTS)
    return world


def said(
    world: World, message_id: str = "m-1", kind: str = NO_QUOTA, sent_at: timedelta | None = None
) -> Receipt:
    at = START + sent_at if sent_at is not None else world.now()
    return Receipt(
        channel=Channel.SMS,
        message_id=message_id,
        kind=kind,
        at=at,
        sent_at=at,
        to=address_key(PHONE),
    )


def send(world: World) -> None:
    """Let the sender have what was published, or is requested at first."""
    world.send(*(row.id for row in world.rows()), channel=Channel.SMS)


def holds(world: World) -> Sequence[Hold]:
    return [each for each in world.ledger.holds if each.is_active]


@pytest.mark.parametrize("reason", sorted(NOT_SENT_REASONS))
def test_its_channel_is_held_and_it_waits_behind_the_hold_uncharged(
    spent: World, reason: str
) -> None:
    spent.send(TEXT.id, channel=Channel.SMS)
    spent.apply(said(spent, kind=f"FAILURE/{reason}"))
    spent.sweep()

    [hold] = holds(spent)
    scope = "channel=sms,country=US" if reason == NO_ORIGINATION else "channel=sms"
    assert (f"account:{scope}", reason) == (hold.id, hold.reason)
    row = spent.row(TEXT.id)
    assert (State.DEFERRED, "account", hold.id) == (row.state, row.rule, row.held_by)
    assert (None, None, None) == (row.cost, row.cost_source, row.sent_at)
    assert (1, 0) == (row.attempts, row.judged)


def test_texts_to_other_countries_go_on_where_one_has_no_origination(spent: World) -> None:
    abroad = notification(4, Channel.SMS, country="SE")
    spent.enter(abroad)
    spent.send(TEXT.id, channel=Channel.SMS)
    spent.apply(said(spent, kind=f"FAILURE/{NO_ORIGINATION}"))
    spent.send(abroad.id, OTHER.id, channel=Channel.SMS)
    assert (State.SENT, State.DEFERRED) == (spent.state(abroad.id), spent.state(OTHER.id))

    spent.now.turn(MINUTE)
    spent.apply(said(spent, "m-2", HANDSET))
    # Of another country it says nothing.
    assert 1 == len(holds(spent))


def test_a_failure_that_needs_no_account_does_not_say_that_it_sends_again(spent: World) -> None:
    """An invalid number is refused before anything is charged: the rest would go into the limit again."""
    send(spent)
    spent.apply(said(spent, "m-1"))
    spent.now.turn(MINUTE)
    spent.apply(said(spent, "m-2", "FAILURE/Invalid phone number"))

    assert 1 == len(holds(spent))


def test_the_line_that_sns_logs_is_read_so(spent: World) -> None:
    spent.send(TEXT.id, channel=Channel.SMS)
    line = recorded("sns_sms_log_failure_no_quota")
    read = read_receipt(
        line.replace("3077257a-92f3-5ca3-bc97-6a915b310625", "m-1"), received_at=START
    )
    assert isinstance(read, Receipt)
    spent.apply(read)

    assert (State.DEFERRED, None) == (spent.state(TEXT.id), spent.row(TEXT.id).cost)
    assert "No quota left for account" == holds(spent)[0].reason


def test_what_is_not_sent_yet_is_held_without_a_call(spent: World) -> None:
    spent.send(TEXT.id, channel=Channel.SMS)
    spent.apply(said(spent))
    spent.send(OTHER.id, channel=Channel.SMS)

    assert {TEXT.id: 1} == spent.got()
    assert (State.DEFERRED, "account") == (spent.state(OTHER.id), spent.row(OTHER.id).rule)


def test_a_taken_probe_lets_nothing_go_but_its_receipt_does(spent: World) -> None:
    """SNS takes every text: only the receipt tells that the account sends again."""
    spent.send(TEXT.id, channel=Channel.SMS)
    spent.apply(said(spent))
    spent.sweep()
    spent.now.turn(15 * MINUTE)
    spent.sweep()
    spent.send_published()
    assert ({TEXT.id: 2}, 1) == (spent.got(), len(holds(spent)))

    spent.now.turn(MINUTE)
    spent.apply(said(spent, "m-2", HANDSET, sent_at=15 * MINUTE))

    assert [] == holds(spent)
    row = spent.row(TEXT.id)
    assert (State.DELIVERED, START + 15 * MINUTE) == (row.state, row.sent_at)
    assert {"m-1": State.DEFERRED, "m-2": State.DELIVERED} == {
        i: each.state for i, each in row.messages.items()
    }


def test_it_is_probed_seldom_and_parks_nothing_however_long_it_lasts(spent: World) -> None:
    spent.send(TEXT.id, channel=Channel.SMS)
    spent.apply(said(spent))
    for minute in range(23 * 60):
        spent.now.turn(MINUTE)
        spent.sweep()
        calls = sum(spent.got().values())
        spent.send_published()
        if sum(spent.got().values()) > calls:
            assert (minute + 1) % (SOON if minute < FIRST else LATER) == 0
            spent.apply(said(spent, f"m-{calls + 1}"))

    assert MAX_ATTEMPTS < max(spent.got().values())
    assert {0} == {row.judged for row in spent.rows()}
    assert {State.DEFERRED} == {row.state for row in spent.rows()}
    assert 1 == len(holds(spent))


def test_when_it_is_let_go_what_waited_is_sent(spent: World) -> None:
    send(spent)
    spent.apply(said(spent, "m-1"), said(spent, "m-2"))
    spent.sweep()
    spent.now.turn(MINUTE)
    spent.ledger.let_go({holds(spent)[0].id}, at=spent.now())
    spent.sweep()
    spent.send_published()

    assert {State.SENT} == {row.state for row in spent.rows()}
    assert {TEXT.id: 2, OTHER.id: 2} == spent.got()


@pytest.mark.parametrize(
    "late", [MINUTE, STALE_VIEW + MINUTE], ids=["before it was let go", "long ago"]
)
def test_a_receipt_from_before_says_nothing_of_now(spent: World, late: timedelta) -> None:
    """Its text is sent again all the same."""
    send(spent)
    spent.apply(said(spent, "m-1"))
    spent.now.turn(MINUTE)
    spent.ledger.let_go({holds(spent)[0].id}, at=spent.now())
    spent.now.turn(late)
    spent.apply(said(spent, "m-2", sent_at=timedelta()))

    assert [] == holds(spent)
    assert State.DEFERRED is spent.state(OTHER.id)


@pytest.mark.parametrize("on_its_way", [State.REQUESTED, State.SENT])
def test_the_same_receipt_again_does_not_call_back_what_is_on_its_way(
    spent: World, on_its_way: State
) -> None:
    """A tracker that ends before it has written the receipt log merges it once more."""
    spent.send(TEXT.id, channel=Channel.SMS)
    unmerged = spent.receipt_logs.kept["m-1"]
    spent.apply(said(spent, sent_at=timedelta()))
    spent.now.turn(MINUTE)
    spent.ledger.let_go({holds(spent)[0].id}, at=spent.now())
    spent.sweep()
    if on_its_way is State.SENT:
        spent.send_published()
    before = spent.row(TEXT.id)
    assert on_its_way is before.state
    spent.receipt_logs.kept["m-1"] = unmerged
    spent.apply(said(spent, sent_at=timedelta()))

    assert before == spent.row(TEXT.id)


@pytest.mark.parametrize("order", list(permutations([NO_QUOTA, UNREACHABLE, HANDSET])))
def test_a_receipt_that_says_more_decides_in_any_order(spent: World, order: Sequence[str]) -> None:
    spent.send(TEXT.id, channel=Channel.SMS)
    for kind in order:
        receipt = said(spent, kind=kind, sent_at=timedelta())
        spent.apply(replace(receipt, price=Decimal("0.02") if kind == HANDSET else None))

    row = spent.row(TEXT.id)
    assert (State.DELIVERED, Decimal("0.02"), CostSource.CARRIER) == (
        row.state,
        row.cost,
        row.cost_source,
    )
    assert (None, START) == (row.held_by, row.sent_at)


def test_a_text_in_doubt_that_the_account_could_not_send_is_in_doubt_no_longer(
    world: World,
) -> None:
    row = notification(2, Channel.SMS, state=State.IN_DOUBT, in_doubt_since=START)
    world.enter(row)
    world.apply(said(world))
    world.now.turn(timedelta(minutes=10))
    world.sweep_receipts()

    assert (State.DEFERRED, None) == (world.state(row.id), world.row(row.id).in_doubt_since)


def test_it_does_not_go_round_for_ever(spent: World) -> None:
    """An operator who lets it go again and again, while nothing is mended, ends it at last."""
    for attempt in range(1, MAX_MESSAGES + 1):
        spent.send(TEXT.id, channel=Channel.SMS)
        spent.apply(said(spent, f"m-{attempt}"))
        spent.now.turn(MINUTE)
        spent.ledger.let_go({each.id for each in holds(spent)}, at=spent.now())
        spent.sweep()

    row = spent.row(TEXT.id)
    assert (State.PARKED, OUT_OF_ATTEMPTS) == (row.state, row.rule)
    assert {TEXT.id: MAX_MESSAGES} == spent.got()


def test_what_waited_too_long_is_suppressed_as_expired(spent: World) -> None:
    spent.send(TEXT.id, channel=Channel.SMS)
    spent.apply(said(spent))
    spent.sweep()
    spent.now.turn(spent.send_within + 2 * MINUTE)
    spent.sweep()

    assert (State.SUPPRESSED, "expired") == (spent.state(TEXT.id), spent.row(TEXT.id).rule)
