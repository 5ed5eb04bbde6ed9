"""Build a world with a customer to be forgotten, and look at what is left of them. Used by the tests of forgetting."""

import msgspec
import pytest
from msgspec.structs import replace

from ordercast.errors import LedgerUnavailable
from ordercast.events.identity import address_key, customer_key
from ordercast.events.order_event import Channel
from ordercast.gateways.ledger.items import write
from ordercast.gateways.ledger.stream_changes import rollup_input_of
from ordercast.notifications.lifecycle import State
from ordercast.operations.forgetting import ForgetOutcome, Whom, forget
from ordercast.people.person import AGREED, Person
from tests.examples import EMAIL, PHONE, payload
from tests.fakes.world import World

SHOP = "Example Tea"
CUSTOMER = customer_key(shop=SHOP, customer_id="c-1")
ADDRESSES = {address_key(EMAIL), address_key(PHONE)}
ADA = Person(
    key=CUSTOMER,
    customer_id="c-1",
    shop=SHOP,
    email=EMAIL,
    phone=PHONE,
    locale="sv-SE",
    time_zone="Europe/Stockholm",
    consents=frozenset({Channel.EMAIL}),
    promotions={Channel.EMAIL: AGREED, Channel.SMS: "opted-out"},
)
PERSONAL = (EMAIL, PHONE, "c-1", "Teapot", "Cup", "Stockholm", "sv-SE", "42.50")


def event(number: int = 1, **changes: object) -> bytes:
    named = {"order_id": f"o-{number}", "event_id": f"e-{number}", "customer_id": "c-1"}
    return payload(**{**named, **changes})


def forgetting(world: World, **whom: str) -> ForgetOutcome:
    who = Whom(**(whom or {"customer": CUSTOMER}))
    return forget(who, world.ledger, world.people, at=world.now())


def left(world: World) -> str:
    """Return all that the ledger and the customers table hold."""
    kept = [*world.ledger.rows.values(), *world.people.kept.values()]
    return msgspec.json.encode(kept).decode()


def counted(world: World) -> list[object]:
    inputs = (rollup_input_of(write(row)) for row in world.ledger.rows.values())
    return [replace(each, version=0) for each in inputs]


def interrupted(world: World) -> None:
    with pytest.raises(LedgerUnavailable):
        forgetting(world)


def states(world: World) -> set[State]:
    return {row.state for row in world.ledger.rows.values()}
