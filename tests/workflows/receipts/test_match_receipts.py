"""A text in doubt is matched with a receipt that can belong to no other text."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace

from ordercast.errors import LedgerUnavailable
from ordercast.events.identity import address_key
from ordercast.events.order_event import Channel
from ordercast.notifications.lifecycle import State
from ordercast.receipts.matching import TAKEN_LATE
from ordercast.sending.claim import ClaimRequest
from ordercast.sending.due_partitions import SHARDS, looks
from ordercast.workflows import match_receipts
from tests.examples import PHONE, notification
from tests.fakes.clock import START
from tests.fakes.services import LEASE, ORPHAN_WAIT, RECEIPT_TIMEOUT
from tests.fakes.world import World
from tests.workflows.receipts.provider_receipts import HANDSET, OPTED_OUT, UNREACHABLE, text_says


def doubtful(world: World, number: int = 2) -> str:
    row = notification(number, Channel.SMS, state=State.IN_DOUBT, in_doubt_since=START)
    world.enter(row)
    return row.id


def later(world: World) -> None:
    world.now.turn(ORPHAN_WAIT)


def test_a_receipt_to_the_same_number_at_the_same_time_resolves_it(world: World) -> None:
    doubt = doubtful(world)
    world.apply(text_says(HANDSET, price="0.02"))
    later(world)

    assert 1 == world.sweep_receipts().matched
    row = world.row(doubt)
    assert (State.DELIVERED, Decimal("0.02")) == (row.state, row.cost)
    assert doubt == world.receipt_logs.kept["message-1"].notification_id


@pytest.mark.parametrize("late", [timedelta(seconds=15), TAKEN_LATE])
def test_a_text_taken_after_we_hung_up_is_found_and_has_its_price(
    world: World, late: timedelta
) -> None:
    """The provider had the request already, and took it when nobody waited any more."""
    doubt = doubtful(world)
    world.apply(replace(text_says(HANDSET, price="0.02"), sent_at=START + late))
    later(world)

    assert 1 == world.sweep_receipts().matched
    assert (State.DELIVERED, Decimal("0.02")) == (world.row(doubt).state, world.row(doubt).cost)


def test_a_receipt_long_after_we_hung_up_is_another_s(world: World) -> None:
    doubt = doubtful(world)
    world.apply(replace(text_says(HANDSET), sent_at=START + TAKEN_LATE + timedelta(seconds=1)))
    later(world)

    assert 0 == world.sweep_receipts().matched
    assert State.IN_DOUBT == world.state(doubt)


def test_of_two_texts_that_one_may_have_been_taken_late_none_is_chosen(world: World) -> None:
    """The first may have been taken a minute after we hung up, which is when the second was sent."""
    first = doubtful(world)
    minute = START + timedelta(minutes=1)
    second = notification(3, Channel.SMS, state=State.IN_DOUBT, in_doubt_since=minute)
    world.enter(second)
    world.apply(replace(text_says(HANDSET), sent_at=minute))
    later(world)

    assert 0 == world.sweep_receipts().matched
    assert {State.IN_DOUBT} == {world.state(first), world.state(second.id)}


def test_a_round_killed_after_the_ledger_has_it_leaves_it_to_the_next(
    world: World,
) -> None:
    """The text is in doubt no longer, so that nothing would be matched to it any more."""
    doubt = doubtful(world)
    world.apply(text_says(OPTED_OUT))
    later(world)
    world.ledger.unheard = {"change"}
    with pytest.raises(LedgerUnavailable):
        world.sweep_receipts()
    world.ledger.unheard = set()

    assert 1 == world.sweep_receipts().applied
    receipt_log = world.receipt_logs.kept["message-1"]
    assert (doubt, None, False) == (
        receipt_log.notification_id,
        receipt_log.due_at,
        receipt_log.unattributed,
    )
    assert "opted-out" == world.people.kept[address_key(PHONE)].refusal(Channel.SMS, PHONE)


def test_of_two_texts_in_doubt_none_is_chosen(world: World) -> None:
    doubts = [doubtful(world, number) for number in (2, 3)]
    world.apply(text_says(HANDSET))
    later(world)

    assert (0, 1) == (world.sweep_receipts().matched, len(world.receipt_logs.kept))
    assert {State.IN_DOUBT} == {world.state(each) for each in doubts}


def test_of_two_receipts_none_is_chosen(world: World) -> None:
    doubt = doubtful(world)
    world.apply(text_says(HANDSET), text_says(UNREACHABLE, "message-2"))
    later(world)

    assert 0 == world.sweep_receipts().matched
    assert State.IN_DOUBT == world.state(doubt)


@pytest.mark.parametrize("apart", [timedelta(hours=1), timedelta(hours=-1)])
def test_a_receipt_of_another_hour_is_another_s(world: World, apart: timedelta) -> None:
    doubt = doubtful(world)
    world.apply(replace(text_says(HANDSET), sent_at=START + apart))
    later(world)

    assert 0 == world.sweep_receipts().matched
    assert State.IN_DOUBT == world.state(doubt)


def test_a_receipt_to_another_number_is_another_s(world: World) -> None:
    doubt = doubtful(world)
    world.apply(replace(text_says(HANDSET), to=address_key("+12065550111")))
    later(world)

    assert 0 == world.sweep_receipts().matched
    assert State.IN_DOUBT == world.state(doubt)


MINUTE = timedelta(minutes=1)


def claimed(world: World, *, looked_at_after: timedelta, number: int = 2) -> str:
    """Return a text whose sender never came back, and which the sweeper looks at some time."""
    row = notification(number, Channel.SMS, due_at=START + looked_at_after)
    world.enter(row)
    requests = [ClaimRequest(id=row.id, parts=1, estimate=Decimal("0.01"))]
    world.ledger.claim(requests, owner="me", lease_until=START + LEASE, now=START)
    return row.id


def rounds(world: World, until: timedelta) -> int:
    """Let the sweeper do its rounds until then; return how many receipts it matched."""
    matched = 0
    while world.now() < START + until:
        world.now.turn(MINUTE)
        if not (
            world.ledger.due(looks(SHARDS), until=world.now(), limit=1)
            or world.receipt_logs.due(SHARDS, now=world.now(), limit=1)
        ):
            continue  # a round without anything to do
        matched += world.sweep_receipts().matched
        matched += world.sweep().matched
    return matched


@pytest.mark.parametrize("recorded", [MINUTE * n for n in (1, 3, 4, 5, 6, 7, 8, 9, 180, 720)])
@pytest.mark.parametrize("spoken", [MINUTE * n for n in (0, 1, 2, 3, 4, 5, 6, 7, 179, 181, 1440)])
def test_a_receipt_sees_its_text_however_late_either_is_known(
    world: World, recorded: timedelta, spoken: timedelta
) -> None:
    """A message that its queue kept for long is looked at for a lapsed claim hours later only."""
    doubt = claimed(world, looked_at_after=recorded)
    matched = rounds(world, spoken)
    world.apply(text_says(HANDSET, price="0.02"))
    matched += rounds(world, timedelta(hours=30))

    row = world.row(doubt)
    assert (1, State.DELIVERED, Decimal("0.02")) == (matched, row.state, row.cost)
    receipt_log = world.receipt_logs.kept["message-1"]
    assert (doubt, None, False) == (
        receipt_log.notification_id,
        receipt_log.due_at,
        receipt_log.unattributed,
    )


def test_a_round_killed_before_the_ledger_has_a_receipt_given_up_leaves_it_to_the_next(
    world: World,
) -> None:
    doubt = claimed(world, looked_at_after=timedelta(hours=3))
    world.apply(text_says(OPTED_OUT))
    rounds(world, timedelta(hours=3))
    world.ledger.unheard = {"change"}
    with pytest.raises(LedgerUnavailable):
        world.sweep()
    world.ledger.unheard = set()

    rounds(world, timedelta(hours=3, minutes=2))
    assert State.FAILED == world.state(doubt)
    assert "opted-out" == world.people.kept[address_key(PHONE)].refusal(Channel.SMS, PHONE)


def test_a_failure_to_read_receipts_holds_up_no_other_text_and_is_tried_again(
    world: World,
) -> None:
    doubt = claimed(world, looked_at_after=MINUTE * 10)
    world.apply(text_says(HANDSET))
    rounds(world, MINUTE * 10)
    world.enter(other := notification(5, due_at=START))
    world.receipt_logs.unavailable = {"orphans"}
    with pytest.raises(LedgerUnavailable):
        world.sweep()

    assert [other.id] == [each.id for each in world.notifications_topic.published]
    world.receipt_logs.unavailable = set()
    assert 1 == world.sweep().matched
    assert State.DELIVERED == world.state(doubt)


def test_a_receipt_that_still_waits_for_its_sender_stands_against_a_match(world: World) -> None:
    """It may be that of the text in doubt as well; when it has found its sender, one is left."""
    doubt = claimed(world, looked_at_after=MINUTE * 10)
    world.apply(text_says(HANDSET))
    rounds(world, MINUTE * 9)
    world.apply(text_says(UNREACHABLE, "message-2"))
    assert 0 == rounds(world, MINUTE * 12)
    assert State.IN_DOUBT == world.state(doubt)

    world.receipt_logs.join(
        [replace(world.receipt_logs.kept["message-2"], notification_id="another", to=None)]
    )
    assert 1 == rounds(world, RECEIPT_TIMEOUT + timedelta(minutes=10))
    assert State.DELIVERED == world.state(doubt)


def test_a_receipt_that_was_given_up_long_ago_stands_against_a_match(world: World) -> None:
    world.apply(text_says(HANDSET))
    rounds(world, timedelta(hours=1))
    doubt = doubtful(world)
    world.apply(text_says(UNREACHABLE, "message-2"))

    assert 0 == rounds(world, timedelta(hours=2))
    assert State.IN_DOUBT == world.state(doubt)


@pytest.mark.parametrize("kind", ["receipts", "texts"])
def test_among_more_than_can_be_compared_nobody_guesses(
    world: World, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(match_receipts, "PAGES", 2)
    doubt = doubtful(world)
    if kind == "receipts":
        strangers = [replace(text_says(HANDSET, f"m-{n}"), to=f"hash-{n}") for n in range(2)]
        world.apply(*strangers)
    else:
        others = (notification(n, Channel.SMS, state=State.IN_DOUBT) for n in range(10, 300))
        world.enter(
            *(replace(row, in_doubt_since=START, recipient="+12065550111") for row in others)
        )
    world.apply(text_says(HANDSET))
    later(world)

    swept = world.sweep_receipts()
    assert (0, 0) == (swept.matched, swept.applied)
    assert State.IN_DOUBT == world.state(doubt)
    assert world.receipt_logs.kept["message-1"].unattributed


@pytest.mark.parametrize("apart", [-TAKEN_LATE, 2 * LEASE - timedelta(seconds=1)])
def test_a_text_that_came_to_be_in_doubt_on_another_day_is_found(
    world: World, apart: timedelta
) -> None:
    """A doubt is filed under the day of its claim's end."""
    midnight = datetime(2026, 3, 3, tzinfo=UTC)
    row = notification(2, Channel.SMS, state=State.IN_DOUBT, in_doubt_since=midnight + apart / 2)
    world.enter(row)
    world.now.at = midnight
    world.apply(replace(text_says(HANDSET), sent_at=midnight - apart / 2))
    later(world)

    assert 1 == world.sweep_receipts().matched
    assert State.DELIVERED == world.state(row.id)
