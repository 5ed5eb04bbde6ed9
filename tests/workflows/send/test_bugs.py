"""A message that a bug keeps from being sent backs off and is parked in the end."""

import pytest
from msgspec.structs import replace

from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.sending.backoff import MAX_ATTEMPTS
from ordercast.templates.rendering import words
from ordercast.templates.words import Words
from ordercast.workflows.redrive.notifications import ParkedNotifications
from tests.examples import notification
from tests.fakes.world import World
from tests.workflows.redrive.bench import redrive_all

ONE = notification(1)


@pytest.fixture
def broken(world: World) -> World:
    """A world in which no template can be rendered."""

    def trip(_: Notification) -> Words:
        raise KeyError("brewed")

    world.words = trip
    return world


def test_each_time_it_waits_longer_and_in_the_end_it_is_parked_uncalled(broken: World) -> None:
    broken.enter(ONE)
    sent = [broken.send(ONE.id, received=n) for n in range(1, MAX_ATTEMPTS + 1)]
    *waits, last = [each.retry.get(ONE.id) for each in sent]

    assert None not in waits
    assert waits == sorted(waits)  # type: ignore[type-var]  # none is None, see above
    assert (2 * waits[0], None) == (waits[1], last)  # type: ignore[operator]  # none is None, see above
    row = broken.row(ONE.id)
    assert (State.PARKED, "bug:KeyError", 0) == (row.state, row.rule, row.attempts)
    assert (broken.now.at, None) == (row.closed_at, row.due_at)
    assert ({State.PARKED: 1}, ["KeyError"]) == (sent[-1].settled, sent[-1].bugs)
    assert {} == broken.got()


def test_its_template_is_named_from_the_first_try_on(world: World) -> None:
    """In `status` and in the log; its neighbour is sent."""
    broken, other = replace(ONE, template="brewed", locale="sv-SE"), notification(2)
    world.enter(broken, other)

    sent = world.send(broken.id, other.id)

    row = world.row(broken.id)
    assert (State.REQUESTED, "bug:FileNotFoundError:brewed/en") == (row.state, row.rule)
    assert ["FileNotFoundError:brewed/en"] == sent.bugs
    assert State.SENT is world.state(other.id)
    world.send(broken.id, received=2)
    assert row == world.row(broken.id)  # it is written once


def test_mended_and_redriven_it_is_sent_once(broken: World) -> None:
    broken.enter(ONE)
    broken.send(ONE.id, received=MAX_ATTEMPTS)
    broken.words = words

    redrive_all(
        ParkedNotifications(
            ledger=broken.ledger,
            notifications_topic=broken.notifications_topic,
            now=broken.now,
            days=lambda: [broken.now.at.date()],
            first_wait=broken.policy.republish_after,
            paced=broken.paced(),
        )
    )
    broken.send_published()

    assert ({ONE.id: 1}, State.SENT) == (broken.got(), broken.state(ONE.id))


def test_what_may_have_been_sent_before_is_as_much_in_doubt_as_it_was(broken: World) -> None:
    broken.enter(replace(ONE, resends=1, attempts=1, in_doubt_since=broken.now.at))

    broken.send(ONE.id, received=MAX_ATTEMPTS)

    assert State.IN_DOUBT is broken.state(ONE.id)


def test_what_moved_on_meanwhile_is_not_parked(world: World) -> None:
    world.enter(ONE)

    def trip_after_somebody_else_sent_it(_: Notification) -> Words:
        world.ledger.rows[ONE.id] = replace(ONE, state=State.SENT, version=ONE.version + 1)
        raise KeyError("brewed")

    world.words = trip_after_somebody_else_sent_it
    sent = world.send(ONE.id, received=MAX_ATTEMPTS)

    assert (State.SENT, {}) == (world.state(ONE.id), sent.settled)
