"""An address that has refused is never written to, whoever's record or country leads to it."""

from typing import Any

import pytest

from ordercast.events.identity import address_key
from ordercast.events.order_event import Channel
from ordercast.notifications.lifecycle import State
from ordercast.people.person import Person
from tests.examples import EMAIL, PHONE, payload, person
from tests.fakes.world import World

SWEDISH = "+46701740605"
OWN = "own@example.com"
BOTH = frozenset(Channel)
LED_TO = {
    "the event's number, read in the record's country": (
        *(person(country="SE"), {"phone": "070-174 06 05", "country": "US"}, "sms", SWEDISH),
    ),
    "the event's number, a valid one in either country": (
        *(person(country="GB"), {"phone": "7405550100", "country": "US"}, "sms", "+447405550100"),
    ),
    "the record's number, not the event's": (
        *(person(phone=SWEDISH, consents=BOTH), {"phone": PHONE}, "sms", SWEDISH),
    ),
    "the record's mailbox, not the event's": (
        *(person(email=OWN, consents=BOTH), {"email": EMAIL}, "email", OWN),
    ),
}


@pytest.mark.parametrize(("known", "contact", "channel", "address"), LED_TO.values(), ids=LED_TO)
def test_an_address_that_has_refused_is_never_written_to(
    world: World, known: Person, contact: dict[str, Any], channel: str, address: str
) -> None:
    event = payload(customer_id="c-1", contact=contact, channel=channel)
    world.know(known)
    world.know(Person(key=address_key(address), refusals={Channel(channel): "opted-out"}))
    world.relay(event)
    world.send_published()

    (row,) = world.rows()
    assert (address, []) == (row.recipient, world.provider.calls)
    assert (State.SUPPRESSED, "opted-out") == (row.state, row.rule)


@pytest.mark.parametrize(("known", "contact", "channel", "address"), LED_TO.values(), ids=LED_TO)
def test_the_refusal_of_another_address_holds_nothing_back(
    world: World, known: Person, contact: dict[str, Any], channel: str, address: str
) -> None:
    """A number that the event's country would make of the same digits is somebody else's."""
    world.know(known)
    for each in (PHONE, "+17405550100", EMAIL):
        world.know(Person(key=address_key(each), refusals=dict.fromkeys(Channel, "opted-out")))
    world.relay(payload(customer_id="c-1", contact=contact, channel=channel))
    world.send_published()

    assert [address] == [call.notification.recipient for call in world.provider.calls]
