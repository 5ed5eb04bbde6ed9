"""Send messages of a world again, as the command does. Used by the tests of resending."""

from datetime import timedelta

from ordercast.events.identity import resend_id
from ordercast.events.order_event import Channel
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.wiring.resend import ResendPorts, resend_message
from ordercast.workflows.resend_message import Resend, ResendMessage
from tests.examples import notification
from tests.fakes.world import World

LATER = timedelta(hours=1)
DELIVERED = notification(1, state=State.DELIVERED, due_at=None)
TEXT = notification(1, Channel.SMS, state=State.DELIVERED, due_at=None)
AGAIN = resend_id(DELIVERED.id, 1)


def world_with(*rows: Notification) -> World:
    """Return a world whose ledger has these rows, an hour after they were entered."""
    world = World()
    world.enter(*rows)
    world.now.turn(LATER)
    return world


def go_on(world: World) -> None:
    """Let time pass, the sweeper look, and the senders send what was published."""
    for _ in range(3):
        world.send_published()
        world.now.turn(LATER)
        world.sweep()
    world.send_published()


def resending(world: World) -> ResendMessage:
    """Return the workflow over a world's fakes."""
    ports = ResendPorts(
        ledger=world.ledger,
        notifications_topic=world.notifications_topic,
        send_within=lambda _: world.send_within,
        now=world.now,
    )
    return resend_message(ports, world.policy)


def resend(world: World, row: Notification, number: int = 1, *, may_double: bool = False) -> Resend:
    """Send *row*, by its id, again."""
    return resending(world)(world.row(row.id), number, may_double=may_double)


def refused(world: World, row: Notification, number: int = 1, *, may_double: bool = False) -> str:
    """Return why *row* is not sent again; nothing is changed by it."""
    before, published = dict(world.ledger.rows), len(world.notifications_topic.published)
    done = resend(world, row, number, may_double=may_double)
    assert before == world.ledger.rows
    assert published == len(world.notifications_topic.published)
    assert done.refusal
    return done.refusal.what
