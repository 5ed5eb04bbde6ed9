"""Whatever the order in which receipts and our own writes come, and however often: one end."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifications.claim import Asked
from notifications.facts import PLACES
from notifications.identity import address_key
from notifications.notification import Notification
from notifications.order_event import Channel
from notifications.outcome import Outcome, Settlement, accepted, not_now, refused, unknown
from notifications.receipt import Receipt
from notifications.trail import Trail
from tests.examples import EMAIL, PHONE, notification
from tests.fakes.clock import START
from tests.fakes.world import LEASE, ORPHAN_WAIT, RECEIPT_RETENTION, SILENCE, World

OURS = ("claim", "record", "settle")
"""What a sender writes, in this order: receipts cannot come before the first of them."""

SECOND = timedelta(seconds=1)
ROWS = {channel: notification(7, channel) for channel in Channel}
SMS_KINDS = [*PLACES[Channel.SMS], "PENDING", "FAILURE/Phone is on the moon"]
EMAIL_KINDS = [*PLACES[Channel.EMAIL], "Teleported", "Bounce/Transient/New"]
KINDS = {Channel.SMS: SMS_KINDS, Channel.EMAIL: EMAIL_KINDS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One set of facts: what the sender got to write, how the call ended, and which receipts came."""

    channel: Channel
    written: frozenset[str]
    outcome: Outcome
    receipts: tuple[Receipt, ...]


def cases(channel: Channel) -> st.SearchStrategy[Case]:
    # A claim that is given back or refused got no message, so there are no receipts of it.
    ended = st.sampled_from([accepted("m-1"), unknown("ReadTimeoutError")])
    written = st.sampled_from([("record", "settle"), ("record",), ("settle",), ()])
    return st.builds(
        Case,
        channel=st.just(channel),
        written=written.map(frozenset),
        outcome=ended,
        receipts=st.lists(receipts(channel), max_size=6).map(tuple),
    )


def receipts(channel: Channel) -> st.SearchStrategy[Receipt]:
    price = st.sampled_from([None, Decimal(0), Decimal("0.00645"), Decimal("0.0129")])
    return st.builds(
        Receipt,
        channel=st.just(channel),
        message_id=st.just("m-1"),
        kind=st.sampled_from(KINDS[channel]),
        at=st.integers(1, 90).map(lambda n: START + n * SECOND),
        sent_at=st.integers(0, 3).map(lambda n: START + n * SECOND),
        notification_id=st.sampled_from(
            [None, ROWS[channel].id] if channel is Channel.EMAIL else [None]
        ),
        price=price if channel is Channel.SMS else st.none(),
        to=st.just(address_key(PHONE)) if channel is Channel.SMS else st.none(),
    )


@st.composite
def stories(draw: st.DrawFn, channel: Channel) -> tuple[Case, list[Any]]:
    """Return a case, and an order of everything in it, with repetitions and rounds of the sweeper."""
    case = draw(cases(channel))
    told = [*case.receipts, *draw(st.lists(st.sampled_from(case.receipts or [None]), max_size=4))]
    sweeps = ["sweep"] * draw(st.integers(0, 3))
    loose = draw(st.permutations([*filter(None, told), *sweeps]))
    own = ["claim", *(each for each in OURS if each in case.written)]
    places = sorted(
        draw(st.lists(st.integers(0, len(loose)), min_size=len(own) - 1, max_size=len(own) - 1))
    )
    story: list[Any] = list(loose)
    for place, step in reversed(list(zip(places, own[1:], strict=True))):
        story.insert(place, step)
    return case, [own[0], *story]


@pytest.mark.parametrize("channel", Channel)
def test_any_order_and_number_of_receipts_and_writes_ends_in_one_state_price_and_history(
    channel: Channel,
) -> None:
    @settings(max_examples=1500)
    @given(stories(channel))
    def holds(story: tuple[Case, list[Any]]) -> None:
        case, order = story
        straight = ["claim", *(s for s in OURS if s in case.written), *case.receipts]
        assert ended(case, straight) == ended(case, order)

    holds()


@given(stories(Channel.SMS), st.sampled_from([not_now("no"), refused("no")]))
def test_a_provider_that_has_the_message_is_believed_whatever_it_answered(
    story: tuple[Case, list[Any]], outcome: Outcome
) -> None:
    """Its refusal may come before or after the receipt of what it refused."""
    case = replace(story[0], outcome=outcome, written=frozenset({"record", "settle"}))
    loose = [each for each in story[1] if each not in OURS]
    orders = (["claim", "record", "settle", *loose], ["claim", "record", *loose, "settle"])

    assert ended(case, orders[0]) == ended(case, orders[1])


def ended(case: Case, order: Sequence[Any]) -> tuple[Notification, Any, Any]:
    """Play the story to its end; return the row, what is known of the message, and who learnt what."""
    world = World(resend_email_after=None)
    row = ROWS[case.channel]
    world.enter(row)
    for step in order:
        _play(world, case, row, step)
    _come_to_rest(world)
    trail = world.trails.kept.get("m-1")
    history = trail and (trail.notification_id, trail.sent_at, trail.facts, trail.due_at)
    learnt = {key: (p.learnt, p.soft_bounces) for key, p in world.people.kept.items()}
    # What counts writes and looks differs with their number, and says nothing of the message.
    return replace(world.row(row.id), version=0, sweeps=0), history, learnt


def _play(world: World, case: Case, row: Notification, step: Any) -> None:
    at = START + 2 * SECOND
    match step:
        case "claim":
            asked = Asked(id=row.id, parts=2, reserved=Decimal("0.02"))
            until = START + LEASE
            world.ledger.claim([asked], owner="me", lease_until=until, now=START)
        case "record":
            mine = Trail(
                message_id="m-1",
                channel=row.channel,
                notification_id=row.id,
                sent_at=at,
                expires_at=at + RECEIPT_RETENTION,
                due_at=at + SILENCE,
            )
            world.trails.join([mine])
        case "settle":
            claimed = replace(row, owner="me", parts=2, reserved=Decimal("0.02"))
            world.ledger.settle(
                [Settlement(notification=claimed, owner="me", outcome=case.outcome, at=at)]
            )
        case "sweep":
            world.sweep_trails()
            world.sweep()
        case _:
            world.apply(step)


def _come_to_rest(world: World) -> None:
    """Let claims lapse, orphans be looked at, and silence be taken for one."""
    for wait in _waits():
        world.now.turn(wait)
        world.sweep()
        world.sweep_trails()


def _waits() -> Iterable[timedelta]:
    yield LEASE + SECOND
    yield SECOND
    yield ORPHAN_WAIT
    yield from [SILENCE] * 4


def test_the_story_above_is_worth_telling() -> None:
    """Its addresses are the receipts' own, so that a match by destination is among the cases."""
    assert (EMAIL, PHONE) == (ROWS[Channel.EMAIL].recipient, ROWS[Channel.SMS].recipient)
