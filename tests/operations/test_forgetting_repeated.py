"""Interrupted, repeated, tried or raced, forgetting ends the same."""

from types import SimpleNamespace

from msgspec.structs import replace

from ordercast.notifications.notification import Notification
from ordercast.operations.forgetting import Whom, forget
from tests.examples import notification
from tests.fakes.world import World
from tests.operations.forgotten_world import (
    ADA,
    ADDRESSES,
    CUSTOMER,
    event,
    forgetting,
    interrupted,
    left,
)


def test_interrupted_anywhere_and_repeated_it_ends_the_same() -> None:
    """Each call of the ledger fails in turn, before it is done and after."""

    def world_of() -> World:
        world = World()
        world.know(ADA)
        world.relay(event(1), event(2), event(3, customer_id=None), event(4, channel="sms"))
        return world

    whole = world_of()
    forgetting(whole)
    for trouble, methods in (
        ("unavailable", ("of_customer", "of_address", "change")),
        ("unheard", ("change",)),
    ):
        for method in methods:
            world = world_of()
            setattr(world.ledger, trouble, {method})
            interrupted(world)
            setattr(world.ledger, trouble, set())
            forgetting(world)
            assert left(whole) == left(world), (trouble, method)


def test_repeated_it_changes_nothing(world: World) -> None:
    world.know(ADA)
    world.relay(event(1))
    first = forgetting(world)
    before = left(world)
    world.now.turn(world.send_within)
    again = forgetting(world)

    assert before == left(world)
    assert (2, 0) == (first.rows, first.before)
    assert (0, 0, 0, 2) == (again.rows, again.ended, again.records, again.before)


def test_a_look_changes_nothing_and_counts_what_would_be(world: World) -> None:
    world.know(ADA)
    world.relay(event(1))
    before = left(world)
    seen = forget(Whom(customer=CUSTOMER), world.ledger, world.people, at=world.now(), really=False)

    assert before == left(world)
    assert (2, 2, 1) == (seen.rows, seen.ended, seen.records)
    assert ADDRESSES == set(seen.addresses)


def test_a_row_that_changes_meanwhile_is_read_again(world: World) -> None:
    world.relay(event(channel="email"))
    (row,) = world.ledger.rows.values()
    changes = world.ledger.change
    races = 2

    def raced(pairs: list[tuple[Notification, Notification]]) -> set[str]:
        nonlocal races
        if races and pairs:
            races -= 1
            now = world.ledger.rows[row.id]
            world.ledger.rows[row.id] = replace(now, version=now.version + 1)
        return changes(pairs)

    ledger = SimpleNamespace(
        change=raced,
        look_up=world.ledger.look_up,
        of_customer=world.ledger.of_customer,
        of_address=world.ledger.of_address,
    )
    did = forget(Whom(customer=CUSTOMER), ledger, world.people, at=world.now())
    assert (1, 0, None) == (did.rows, did.changing, world.row(row.id).recipient)


def test_what_is_entered_while_it_runs_is_found_by_the_next_pass(world: World) -> None:
    """An event that the relay has read already, or a fallback."""
    world.relay(event(1))
    late = notification(7, customer_id="c-1")
    changes = world.ledger.change

    def then_entered(pairs: list[tuple[Notification, Notification]]) -> set[str]:
        done = changes(pairs)
        world.enter(late)
        return done

    ledger = SimpleNamespace(
        change=then_entered,
        look_up=world.ledger.look_up,
        of_customer=world.ledger.of_customer,
        of_address=world.ledger.of_address,
    )
    did = forget(Whom(customer=CUSTOMER), ledger, world.people, at=world.now())
    assert (3, None) == (did.rows, world.row(late.id).recipient)
