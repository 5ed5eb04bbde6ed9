"""What holds of one notification holds of a thousand that are redelivered many times."""

from datetime import timedelta

from msgspec.structs import replace

from ordercast.events.order_event import Channel
from ordercast.people.person import Person
from tests.examples import POLICY, payload
from tests.fakes.world import World

THOUSAND = range(1000)


def events(**changes: object) -> list[bytes]:
    return [
        payload(
            order_id=f"o-{n}",
            event_id=f"e-{n}",
            channel="email",
            contact={"email": f"c{n}@example.com"},
            **changes,
        )
        for n in THOUSAND
    ]


def test_a_thousand_events_put_again_after_everything_has_changed_send_nothing(
    world: World,
) -> None:
    """Neither retention nor a change of mind, of code or of numbers makes an event new."""
    relayed = world.relay(*events())
    world.send_published()
    assert (1000, 1000) == (relayed.accepted, len(world.provider.calls))

    world.ledger.rows.clear()  # retention removes rows; decisions stay
    world.know(*(Person(key=key, consents=frozenset(Channel)) for key in [*world.people.kept]))
    world.policy = replace(POLICY, cap=10**6, quiet=None, allowed=("*",))
    world.now.turn(POLICY.retention + timedelta(days=1))
    again = world.relay(*events(), at=5001)
    world.send_published()
    world.sweep(limit=2000)

    assert (0, 1000, 0) == (again.accepted, again.repeated, again.parked)
    assert 1000 == len(world.provider.calls)


def test_a_thousand_ids_with_other_content_are_parked_and_send_nothing(world: World) -> None:
    world.relay(*events())
    world.send_published()

    other = world.relay(*events(amount={"value": "1.00", "currency": "USD"}), at=5001)
    world.send_published()

    assert 1000 == other.parked
    assert {"conflicting-event"} == set(world.parked.reasons.values())
    assert 1000 == len(world.provider.calls)
