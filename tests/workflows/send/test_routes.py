"""Each message is called on the route that its claim pinned; a new provider is a module and a line."""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from types import MappingProxyType, ModuleType

import pytest
from msgspec.structs import replace

from ordercast.events.order_event import Channel
from ordercast.gateways.providers import open_provider as registry_reader
from ordercast.gateways.providers.open_provider import ProviderParts, open_provider
from ordercast.gateways.providers.routed import RoutedProvider
from ordercast.notifications import providers
from ordercast.notifications.lifecycle import State
from ordercast.notifications.providers import PROVIDERS, ProviderTraits
from ordercast.notifications.route_reason import RouteReason
from ordercast.notifications.route_scores import RouteScore, ScoredRoutes
from ordercast.rollups.rollup import hour_of
from ordercast.sending.choice_by_cost import CostPolicy
from ordercast.sending.outcome import accepted, not_now, unknown
from ordercast.sending.routes import Route, Routes, home_route
from tests.examples import notification
from tests.fakes.provider import FakeProvider
from tests.fakes.world import World

HOME = home_route(Channel.SMS, "us-east-1")
PIGEON = Route(provider="pigeon", region="us-east-1")


@dataclass
class Toy:
    """A stage whose texts to Japan go by a provider of this test's own, and all others by SNS."""

    world: World
    sns: FakeProvider
    pigeon: FakeProvider

    def send(self, *countries: str) -> list[str]:
        """Send a text to each country; return their ids."""
        rows = [notification(n, Channel.SMS, country=each) for n, each in enumerate(countries)]
        self.world.enter(*rows)
        self.world.send(*(row.id for row in rows), channel=Channel.SMS)
        return [row.id for row in rows]


@pytest.fixture
def toy(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Toy]:
    sns, pigeon = FakeProvider(), FakeProvider()
    pigeon.answer = lambda message: accepted(f"pigeon-{message.notification.id}")
    module = ModuleType("pigeon_post")
    module.open_provider = lambda route, _: pigeon if route == PIGEON else None  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "pigeon_post", module)
    line = ProviderTraits(
        label="Pigeon Post",
        channel=Channel.SMS,
        module="pigeon_post",
        receipts_name_notification=False,
    )
    lines = MappingProxyType({**PROVIDERS, "pigeon": line})
    for reader in (providers, registry_reader):
        monkeypatch.setattr(reader, "PROVIDERS", lines)
    world.routes = Routes(home=HOME, usual=HOME, by_country={"JP": PIGEON})
    with ThreadPoolExecutor(2) as executor:
        given = ProviderParts(settings=None, executor=executor, wait=lambda _: None, now=world.now)
        world.provider = RoutedProvider(  # type: ignore[assignment]  # a provider as well
            home=HOME,
            open_route=lambda route: sns if route == HOME else open_provider(route, given),
            executor=executor,
        )
        yield Toy(world, sns, pigeon)


def test_a_new_provider_is_a_module_and_a_line_of_the_registry(toy: Toy) -> None:
    us, jp, again = toy.send("US", "JP", "US")

    assert {us, again} == {call.notification.id for call in toy.sns.calls}
    assert [jp] == [call.notification.id for call in toy.pigeon.calls]
    rows = [toy.world.row(i) for i in (us, jp, again)]
    assert [State.SENT] * 3 == [row.state for row in rows]
    assert [None, "pigeon/us-east-1/default", None] == [row.route for row in rows]
    assert [f"pigeon-{jp}"] == list(rows[1].messages)


def test_the_claim_pins_the_route_that_the_provider_is_called_on(toy: Toy) -> None:
    toy.send("JP")

    (call,) = toy.pigeon.calls
    assert (State.SENDING, PIGEON.key) == (call.notification.state, call.notification.route)
    assert RouteReason.COUNTRY is call.notification.route_reason


def test_what_was_not_taken_goes_by_the_route_of_its_next_claim(toy: Toy) -> None:
    """A setting that has changed since is followed, also back to the channel's first route."""
    toy.pigeon.answer = lambda _: not_now("Tired")
    (jp,) = toy.send("JP")
    assert (State.REQUESTED, PIGEON.key) == (toy.world.state(jp), toy.world.row(jp).route)

    toy.world.routes = Routes(home=HOME, usual=HOME)
    toy.world.send(jp, channel=Channel.SMS)

    assert [jp] == [call.notification.id for call in toy.sns.calls]
    assert (State.SENT, None) == (toy.world.state(jp), toy.world.row(jp).route)


def test_the_cheapest_route_that_delivers_well_enough_is_taken_and_the_row_says_why(
    toy: Toy,
) -> None:
    """What is known of routes is read with what a wave reads anyway."""
    prices = {HOME: Decimal("0.04"), PIGEON: Decimal("0.03")}
    by_cost = CostPolicy(
        price=lambda route, _: prices[route], at_least=lambda _: 95, samples=100, trial=0
    )
    toy.world.routes = Routes(
        home=HOME, usual=HOME, more_by_country={"JP": [PIGEON]}, by_cost=by_cost
    )
    toy.world.ledger.scored_routes = ScoredRoutes(
        hour=hour_of(toy.world.now()), scores={("JP", PIGEON.key): RouteScore(delivered=100)}
    )
    (jp,) = toy.send("JP")

    row = toy.world.row(jp)
    assert (PIGEON.key, RouteReason.COST) == (row.route, row.route_reason)
    with_scores = [each for each, _ in toy.world.ledger.calls].count("look_up")
    toy.world.routes = replace(toy.world.routes, by_cost=None)
    toy.world.ledger.calls.clear()
    row = notification(7, Channel.SMS, country="JP")
    toy.world.enter(row)
    toy.world.send(row.id, channel=Channel.SMS)
    assert toy.world.row(row.id).route is None
    assert with_scores == [each for each, _ in toy.world.ledger.calls].count("look_up")


def test_a_provider_that_cannot_be_opened_leaves_nobody_in_doubt(toy: Toy) -> None:
    """Raised, it would leave the claims of the whole wave without an end."""
    gone = Route(provider="gone", region="us-east-1")
    toy.world.routes = Routes(home=HOME, usual=HOME, by_country={"JP": gone})
    us, jp = toy.send("US", "JP")

    assert State.SENT == toy.world.state(us)
    row = toy.world.row(jp)
    assert (State.REQUESTED, "bug:KeyError") == (row.state, row.rule)


def test_an_email_in_doubt_is_sent_again_on_its_first_route(toy: Toy) -> None:
    world, first = toy.world, Route(provider="pigeon", region="eu-west-1")
    row, home = notification(7), home_route(Channel.EMAIL, "us-east-1")
    world.enter(row)
    world.routes = Routes(home=home, usual=first)
    world.provider = FakeProvider(answer=lambda _: unknown("ReadTimeoutError"))
    world.send(row.id)
    assert (State.IN_DOUBT, first.key) == (world.state(row.id), world.row(row.id).route)

    world.routes = Routes(home=home, usual=home)
    world.now.turn(timedelta(hours=3))
    for _ in range(3):
        world.sweep()
        world.send_published()
        world.now.turn(timedelta(minutes=10))

    assert {first.key} == {call.notification.route for call in world.provider.calls}
    assert 2 == len(world.provider.calls)
