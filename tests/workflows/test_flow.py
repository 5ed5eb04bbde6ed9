"""The whole flow over fakes: what one order becomes, from the stream to the handset."""

from collections import Counter

from notifications.lifecycle import State
from notifications.order_event import Channel
from notifications.receipt import Receipt
from tests.examples import EMAIL, PHONE, payload
from tests.fakes.world import World


def reached(world: World) -> Counter[str | None]:
    return Counter(out.notification.recipient for out in world.provider.calls)


def send_published(world: World) -> None:
    world.send(*[n.id for n in world.hub.published])


def test_one_order_becomes_one_text_and_one_e_mail_and_both_arrive(world: World) -> None:
    world.relay(payload())
    send_published(world)
    for out in world.provider.calls:
        message_id = world.ledger.rows[out.notification.id].message_id
        assert message_id is not None
        world.apply(
            Receipt(
                channel=out.notification.channel,
                message_id=message_id,
                notification_id=None,
                state=State.DELIVERED,
            )
        )

    assert {PHONE: 1, EMAIL: 1} == reached(world)
    assert {Channel.SMS: State.DELIVERED, Channel.EMAIL: State.DELIVERED} == {
        row.channel: row.state for row in world.ledger.rows.values()
    }


def test_nobody_hears_twice_whatever_comes_twice(world: World) -> None:
    """The record, the publication, the queue's message: each may come again, in any mixture."""
    for _ in range(3):
        world.relay(payload(), payload())
        send_published(world)
        send_published(world)

    assert {PHONE: 1, EMAIL: 1} == reached(world)


def test_two_events_of_one_order_are_two_messages(world: World) -> None:
    world.relay(payload(event_id="e-1"), payload(event_id="e-2"))
    send_published(world)

    assert {PHONE: 2, EMAIL: 2} == reached(world)
