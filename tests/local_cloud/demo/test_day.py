"""The demo's made-up day has everything that the demo promises, and is the same for one seed."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec.structs import replace

from local_cloud.demo.day import Day, DemoRecord, RecordKind, made_up_day
from local_cloud.demo.shop import SHOP, Result
from ordercast.errors import MalformedOrderEvent
from ordercast.events.identity import customer_key
from ordercast.events.order_event import Channel
from ordercast.events.parse import parse_order_event
from ordercast.notifications.lifecycle import State
from ordercast.people.person import Person
from ordercast.sending.prices import price_list
from ordercast.settings.processors import recipient_patterns
from pipeline.settings.files import read_stage
from tests.examples import POLICY
from tests.fakes.world import World

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def records(day: Day) -> list[DemoRecord]:
    return [put for cohort in day.cohorts for each in cohort for put in each]


def in_order(day: Day) -> Iterator[list[DemoRecord]]:
    """Round by round, as the demo plays them."""
    for each in zip(*day.cohorts, strict=True):
        yield [put for cohort in each for put in cohort]


def test_a_seed_makes_up_the_same_day_again() -> None:
    assert made_up_day(20, seed=7) == made_up_day(20, seed=7)
    assert made_up_day(20, seed=7) != made_up_day(20, seed=8)


def test_a_thousand_orders_are_three_thousand_events_of_every_kind() -> None:
    put = records(made_up_day(1000, seed=1))
    kinds = Counter(each.kind for each in put)
    events = [each.event for each in put if each.event]

    assert 2900 <= kinds[RecordKind.ACCEPTED] <= 3100
    assert 0.015 <= kinds[RecordKind.DUPLICATE] / len(put) <= 0.025
    assert 0.007 <= kinds[RecordKind.PARKED] / len(put) <= 0.013
    assert kinds[RecordKind.STALE]
    assert 0.4 <= sum(each.aggregated for each in put) / len(put) <= 0.6
    assert {"confirmed", "shipped", "delivered", "cancelled", "refunded", "failed"} == {
        event["status"] for event in events
    }
    assert 5 == len({event["contact"]["country"] for event in events})  # type: ignore[index]  # the event is JSON
    assert 5 == len({event["amount"]["currency"] for event in events})  # type: ignore[index]  # the event is JSON
    assert set(Result) == {result for each in put for result in each.promised.values()}


def test_a_few_texts_go_to_a_country_without_a_known_price() -> None:
    """They are to be seen among the costs, and not to be most of them."""
    made_up = [event for put in records(made_up_day(1000, seed=1)) if (event := put.event)]
    texts = [e["contact"]["country"] for e in made_up if e["channel"] in {"sms", "both"}]  # type: ignore[index]  # the event is JSON
    unpriced = [country for country in texts if country not in price_list().parts[Channel.SMS]]

    assert 0.01 < len(unpriced) / len(texts) < 0.05


def test_nobody_real_can_be_reached() -> None:
    """Example domains (RFC 2606), SES's simulator, and numbers that are set aside for fiction."""
    fictitious = r"\+1206555\d{4}|\+1425555\d{4}|\+46701740605|\+61491570156|555"
    for event in (put.event for put in records(made_up_day(1000, seed=1)) if put.event):
        address = event["contact"]["email"]  # type: ignore[index]  # the event is JSON
        assert address.endswith(("@example.com", "@simulator.amazonses.com"))
        assert re.fullmatch(fictitious, event["contact"].get("phone", "555"))  # type: ignore[attr-defined]  # the event is JSON


def test_only_the_malformed_are_malformed() -> None:
    for put in records(made_up_day(300, seed=1)):
        if put.kind is RecordKind.PARKED:
            with pytest.raises(MalformedOrderEvent):
                parse_order_event(put.payload(NOW), default_currency="USD")
        else:
            parse_order_event(put.payload(NOW), default_currency="USD")


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_is_promised_is_what_the_pipeline_does(seed: int) -> None:
    """The promise is the contract's, written down by itself; here the two are compared."""
    day = made_up_day(100, seed=seed)
    world = World()
    allowed = recipient_patterns(read_stage("local").allowed_recipients)
    world.policy = replace(POLICY, allowed=allowed)
    for customer, channels in day.refusing.items():
        key = customer_key(shop=SHOP, customer_id=customer)
        refusals = dict.fromkeys(map(Channel, channels), "opted-out")
        world.know(Person(key=key, customer_id=customer, refusals=refusals))

    said: dict[str, Any] = {}
    at = 101
    for each in in_order(day):
        payloads = [said.setdefault(_identity(put), put.payload(NOW)) for put in each]  # type: ignore[call-overload]  # the event is JSON
        world.relay(*payloads, at=at)
        world.send_published()
        at += len(payloads)

    promised = Counter(
        (channel, result is not Result.SUPPRESSED)
        for put in records(day)
        for channel, result in put.promised.items()
    )
    rows = Counter((row.channel, row.state is State.SENT) for row in world.rows())
    assert promised == rows
    assert {State.SENT, State.SUPPRESSED} == {row.state for row in world.rows()}
    assert [1] * promised[Channel.SMS, True] + [1] * promised[Channel.EMAIL, True] == list(
        world.got().values()
    )
    parked = sum(put.kind is RecordKind.PARKED for put in records(day))
    assert parked == len(world.parked.kept)


def _identity(put: DemoRecord) -> object:
    return put.event["event_id"] if put.event else id(put)
