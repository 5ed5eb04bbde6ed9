"""Let routes fail and recover, and read what became of the texts. Used by the tests of breakers."""

from datetime import timedelta

from ordercast.events.order_event import Channel
from ordercast.pacing.holds import Hold, Scope, Why
from ordercast.sending.outcome import (
    BackPressure,
    Outcome,
    Outgoing,
    accepted,
    back_pressure,
    unknown,
)
from ordercast.sending.routes import Route, Routes, home_route
from tests.examples import notification
from tests.fakes.world import World

SMS = Channel.SMS
FIRST = home_route(SMS, "us-east-1")
SECOND = Route(provider="sns", region="us-west-2")
ONE_ROUTE = Routes(home=FIRST, usual=FIRST)
TWO_ROUTES = Routes(home=FIRST, usual=FIRST, in_second_region={FIRST: SECOND})
MINUTE, SECONDS = timedelta(minutes=1), timedelta(seconds=1)

REFUSED = back_pressure("EndpointConnectionError", kind=BackPressure.OUTAGE)
HANGS = unknown("ReadTimeoutError")
BREAKER = f"breaker:route={FIRST.key}"


def texts(world: World, *numbers: int) -> list[str]:
    """Enter so many texts; return their ids."""
    rows = [notification(n, SMS) for n in numbers]
    world.enter(*rows)
    return [row.id for row in rows]


def down(world: World, meets: Outcome, *routes: Route) -> None:
    """Let calls on *routes*, the first without any, meet that; the others are taken."""
    down = {None if each == FIRST else each.key for each in routes or [FIRST]}

    def answer(message: Outgoing) -> Outcome:
        row = message.notification
        return meets if row.route in down else accepted(f"m-{row.id}")

    world.provider.answer = answer


def up(world: World) -> None:
    down(world, REFUSED, Route(provider="none", region="nowhere"))


def calls_on(world: World, route: Route) -> int:
    key = None if route == FIRST else route.key
    return sum(call.notification.route == key for call in world.provider.calls)


def minute(world: World) -> None:
    """Let a minute pass, and the sweeper and the senders do what is to be done."""
    world.now.turn(MINUTE)
    world.sweep_all()
    world.send_published()


def the_hold(world: World) -> Hold:
    [hold] = world.ledger.holds
    return hold


def breaker(route: Route, world: World) -> Hold:
    return Hold(why=Why.BREAKER, scope=Scope(route=route.key), by="sms-sender", since=world.now())
