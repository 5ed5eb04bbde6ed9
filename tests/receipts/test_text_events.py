"""Each event of End User Messaging is placed and priced, and names its notification; whatever came by SNS before."""

import json
from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from ordercast.events.order_event import Channel
from ordercast.notifications.lifecycle import State
from ordercast.notifications.message import CostSource
from ordercast.receipts.reading import read_receipt
from ordercast.receipts.receipt import Receipt
from ordercast.sending.outcome import accepted, unknown
from ordercast.sending.routes import Route, Routes, home_route
from tests.examples import notification
from tests.fakes.clock import START
from tests.fakes.world import World
from tests.receipts.provider_bodies import receipt, recorded, says, sms_line

TEXT = notification(1, Channel.SMS)
HOME = home_route(Channel.SMS, "us-east-1")
VOICE = Route(provider="sms-voice", region="us-east-1")
KINDS = (
    *("PENDING", "QUEUED", "SUCCESSFUL", "DELIVERED", "INVALID", "INVALID_MESSAGE"),
    *("UNREACHABLE", "CARRIER_UNREACHABLE", "BLOCKED", "CARRIER_BLOCKED", "SPAM", "UNKNOWN"),
    *("TTL_EXPIRED", "PROTECT_BLOCKED"),
)
MILLISECONDS = round(START.timestamp() * 1000)


def event(kind: str, *, after: int = 1, row: object = TEXT.id, **changes: Any) -> str:
    """Return an event as the service publishes it, *after* so many seconds."""
    known = json.loads(recorded("eum_event_text_successful"))
    of_kind = {"eventType": f"TEXT_{kind}", "messageStatus": kind, "messageId": "eum-1"}
    times = {
        "messageRequestTimestamp": MILLISECONDS,
        "eventTimestamp": MILLISECONDS + 1000 * after,
    }
    return json.dumps(known | of_kind | times | {"context": {"notification_id": row}} | changes)


@pytest.mark.parametrize(
    ("kind", "final", "state", "why"),
    [
        ("PENDING", False, State.SENT, None),
        ("QUEUED", False, State.SENT, None),
        ("SUCCESSFUL", False, State.CARRIER_ACCEPTED, None),
        ("SUCCESSFUL", True, State.CARRIER_ACCEPTED, None),
        ("DELIVERED", True, State.DELIVERED, None),
        ("INVALID", True, State.FAILED, "Invalid phone number"),
        ("INVALID_MESSAGE", True, State.FAILED, "Message body is invalid"),
        (
            "UNREACHABLE",
            False,
            State.FAILED_FOR_NOW,
            "Phone is currently unreachable/unavailable",
        ),
        (
            "UNREACHABLE",
            True,
            State.FAILED,
            "Phone is currently unreachable/unavailable, and no further attempt",
        ),
        (
            "CARRIER_UNREACHABLE",
            False,
            State.FAILED_FOR_NOW,
            "Phone carrier is currently unreachable/unavailable",
        ),
        (
            "CARRIER_UNREACHABLE",
            True,
            State.FAILED,
            "Phone carrier is currently unreachable/unavailable, and no further attempt",
        ),
        ("BLOCKED", True, State.FAILED, "Phone has blocked SMS"),
        ("CARRIER_BLOCKED", True, State.FAILED, "Phone carrier has blocked this message"),
        ("SPAM", True, State.FAILED, "Blocked as spam by phone carrier"),
        ("UNKNOWN", True, State.FAILED_FOR_NOW, "Unknown error attempting to reach phone"),
        ("TTL_EXPIRED", True, State.FAILED, "The delivery TTL has expired"),
        ("PROTECT_BLOCKED", True, State.FAILED, "Blocked by a protect configuration"),
    ],
)
def test_each_event_has_its_place_and_its_price_final_or_not(
    kind: str, *, final: bool, state: State, why: str | None
) -> None:
    body = event(kind, isFinal=final)

    assert (state, why) == says(body)
    assert Decimal("0.00883") == receipt(body).price


@pytest.mark.parametrize("final", ["true", 1, None, {}])
def test_only_what_is_called_final_is(final: object) -> None:
    assert State.FAILED_FOR_NOW is says(event("UNREACHABLE", isFinal=final))[0]


def test_an_event_names_our_notification_and_nobody_else_s() -> None:
    assert TEXT.id == receipt(event("DELIVERED")).notification_id
    for foreign in ("018f6a3e-0000-7000-8000-000000000001#sms", "", 5, None, [TEXT.id]):
        assert receipt(event("DELIVERED", row=foreign)).notification_id is None
    assert receipt(event("DELIVERED", context=[TEXT.id])).notification_id is None


def test_event_bridge_s_form_has_no_number_and_is_the_same_receipt() -> None:
    body = json.loads(recorded("eum_eventbridge_text_successful"))
    assert "destinationPhoneNumber" not in body["detail"]
    body["detail"] = {
        k: v for k, v in json.loads(event("DELIVERED")).items() if k != "destinationPhoneNumber"
    }
    read = receipt(json.dumps(body))

    assert (TEXT.id, None) == (read.notification_id, read.to)
    assert read == _without_number(receipt(event("DELIVERED")))


def _without_number(read: Receipt) -> Receipt:
    return replace(read, to=None)


def by_end_user_messaging(world: World) -> World:
    world.routes = Routes(home=HOME, usual=VOICE)
    return world


def hear(world: World, bodies: Iterable[str]) -> None:
    """Bring each as a batch of its own."""
    for each in bodies:
        read = read_receipt(each, received_at=START)
        assert isinstance(read, Receipt)
        world.apply(read)


FOUR = (
    event("PENDING", after=1),
    event("SUCCESSFUL", after=2, isFinal=False),
    event("UNREACHABLE", after=3, isFinal=False, totalCarrierFee=0),
    event("DELIVERED", after=4),
)


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_events_in_any_order_end_in_one_state_at_one_price(
    world: World, order: tuple[int, ...]
) -> None:
    """A price comes with each event; it is set, never added."""
    by_end_user_messaging(world).enter(TEXT)
    world.provider.answer = lambda _: accepted("eum-1")
    world.send(TEXT.id, channel=Channel.SMS)
    hear(world, [*(FOUR[n] for n in order), FOUR[order[0]]])

    row = world.row(TEXT.id)
    assert (State.DELIVERED, Decimal("0.00883")) == (row.state, row.cost)
    assert CostSource.CARRIER is row.cost_source
    assert START + timedelta(seconds=4) == row.delivered_at


def test_a_text_that_expired_at_its_carrier_failed_and_is_paid_for(world: World) -> None:
    by_end_user_messaging(world).enter(TEXT)
    world.provider.answer = lambda _: accepted("eum-1")
    world.send(TEXT.id, channel=Channel.SMS)
    hear(world, [event("TTL_EXPIRED", totalMessagePrice=0.07451, totalCarrierFee=0.0)])

    row = world.row(TEXT.id)
    assert (State.FAILED, Decimal("0.07451")) == (row.state, row.cost)
    assert "The delivery TTL has expired" == row.rule


def test_an_event_that_overtakes_the_answer_is_merged_at_once(world: World) -> None:
    """It names its notification, so it waits for nobody."""
    by_end_user_messaging(world).enter(TEXT)

    def overtaken(_: object) -> Any:
        hear(world, [FOUR[3]])
        return accepted("eum-1")

    world.provider.answer = overtaken
    world.send(TEXT.id, channel=Channel.SMS)
    assert State.DELIVERED is world.state(TEXT.id)
    assert {TEXT.id: 1} == world.got()


def test_a_text_in_doubt_ends_by_the_event_that_names_it(world: World) -> None:
    by_end_user_messaging(world).enter(TEXT)
    world.provider.answer = lambda _: unknown("ReadTimeoutError")
    world.send(TEXT.id, channel=Channel.SMS)
    assert State.IN_DOUBT is world.state(TEXT.id)
    hear(world, [FOUR[3]])

    row = world.row(TEXT.id)
    assert (State.DELIVERED, ["eum-1"]) == (row.state, list(row.messages))


def test_a_text_in_doubt_takes_no_receipt_of_the_other_provider(world: World) -> None:
    """Both texts went to one number; a line of SNS's log is of the one that SNS was called for."""
    other = notification(2, Channel.SMS)
    world.enter(TEXT, other)
    world.provider.answer = lambda _: unknown("ReadTimeoutError")
    by_end_user_messaging(world).send(TEXT.id, channel=Channel.SMS)
    world.routes = None
    world.send(other.id, channel=Channel.SMS)
    world.now.turn(timedelta(seconds=10))
    hear(world, [sms_line(answer="Delivered", message_id="sns-1", priceInUSD=0.00645)])
    world.now.turn(timedelta(minutes=10))
    world.sweep_receipts()

    assert [State.IN_DOUBT, State.DELIVERED] == [world.state(i) for i in (TEXT.id, other.id)]


def test_both_forms_at_once_are_read_from_one_queue(world: World) -> None:
    """For three days after a switch, receipts of both providers come."""
    before, after = TEXT, notification(2, Channel.SMS)
    world.enter(before, after)
    world.provider.answer = lambda _: accepted("sns-1")
    world.send(before.id, channel=Channel.SMS)
    world.provider.answer = lambda _: accepted("eum-1")
    by_end_user_messaging(world).send(after.id, channel=Channel.SMS)
    hear(
        world,
        [
            sms_line(answer="Delivered", message_id="sns-1", priceInUSD=0.00645),
            event("DELIVERED", row=after.id),
        ],
    )

    rows = [world.row(each.id) for each in (before, after)]
    assert [State.DELIVERED] * 2 == [row.state for row in rows]
    assert [Decimal("0.00645"), Decimal("0.00883")] == [row.cost for row in rows]
    assert [None, VOICE.key] == [row.route for row in rows]


def test_the_page_shows_each_event_and_what_it_is_read_as() -> None:
    page = (Path(__file__).parents[2] / "docs" / "receipts.md").read_text()
    known = {name: receipt(event(name, isFinal=False)).kind for name in KINDS}

    for name, kind in known.items():
        lines = [line for line in page.splitlines() if f"`TEXT_{name}`" in line and "|" in line]
        assert any(f"`{kind}`" in line for line in lines), name
