"""The whole flow over fakes, from the stream to the provider."""

from collections import Counter
from datetime import timedelta

from msgspec.structs import replace

from ordercast.events.identity import order_of
from ordercast.events.order_event import Channel
from ordercast.notifications.lifecycle import FINAL, State
from ordercast.receipts.receipt import Receipt
from tests.examples import EMAIL, PHONE, payload, quiet_for
from tests.fakes.world import World

ARRIVED = {Channel.SMS: "SUCCESS/Delivered", Channel.EMAIL: "Delivery"}


def reached(world: World) -> Counter[str | None]:
    return Counter(out.notification.recipient for out in world.provider.calls)


def test_one_order_becomes_one_text_and_one_e_mail_and_both_arrive(world: World) -> None:
    world.relay(payload())
    world.send_published()
    for out in world.provider.calls:
        message_id = world.row(out.notification.id).message_id
        assert message_id is not None
        world.apply(
            Receipt(
                channel=out.notification.channel,
                message_id=message_id,
                notification_id=None,
                kind=ARRIVED[out.notification.channel],
                at=world.now.at,
                sent_at=world.now.at,
            )
        )

    assert {PHONE: 1, EMAIL: 1} == reached(world)
    assert {Channel.SMS: State.DELIVERED, Channel.EMAIL: State.DELIVERED} == {
        row.channel: row.state for row in world.rows()
    }


def test_nothing_is_sent_twice_whatever_comes_twice(world: World) -> None:
    """The record, the publication, the queue's message: each may come again, in any mixture."""
    for at in (101, 101, 900):
        world.relay(payload(), payload(), at=at)
        world.send_published()
        world.delivered = 0
        world.send_published()

    assert {PHONE: 1, EMAIL: 1} == reached(world)


def test_two_events_of_one_order_are_two_messages(world: World) -> None:
    world.relay(payload(event_id="e-1"), payload(event_id="e-2"))
    world.send_published()

    assert {PHONE: 2, EMAIL: 2} == reached(world)


def test_a_thousand_events_again_after_all_has_changed_send_nothing(world: World) -> None:
    """Preferences changed, caps filled up, rows expired, a year went by."""
    world.policy = replace(world.policy, cap=10_000)
    batch = [
        payload(order_id=f"o-{n % 250}", event_id=f"e-{n}", channel="email", status="brewed")
        for n in range(1000)
    ]
    for start in range(0, 1000, 100):
        world.relay(*batch[start : start + 100], at=101 + start)
    world.send_published()
    sent = len(world.provider.calls)
    world.ledger.rows.clear()
    world.people.kept.clear()
    quiet = quiet_for(timedelta(hours=1), since=world.now.at)
    world.policy = replace(world.policy, cap=0, allowed=(), quiet=quiet)
    world.now.turn(timedelta(days=365))
    again = [world.relay(*batch[start : start + 100], at=5000 + start) for start in (0, 500)]
    world.sweep()
    world.send_published()

    assert 1000 == sent == len(world.provider.calls)
    assert [100, 100] == [each.repeated for each in again]


def test_every_story_of_an_order_is_in_its_own_partition(world: World) -> None:
    world.relay(*[payload(event_id=f"e-{n}") for n in range(4)])

    (order,) = {decision.order for decision in world.ledger.decisions.values()}
    assert {order} == {order_of(row.id) for row in world.rows()}
    assert {order} == {
        latest_status.order for latest_status in world.ledger.latest_statuses.values()
    }
    assert not [row for row in world.rows() if row.state in FINAL]
