"""Receipts of messages that went by another Region are placed like all others, whatever Region they name."""

import json
from datetime import timedelta
from typing import Any

import pytest

from ordercast.events.order_event import Channel
from ordercast.notifications.lifecycle import State
from ordercast.notifications.message import CostSource
from ordercast.receipts.reading import read_receipt
from ordercast.receipts.receipt import NOTIFICATION_TAG, Receipt
from ordercast.sending.outcome import accepted, unknown
from ordercast.sending.routes import Route, Routes, home_route
from tests.examples import notification
from tests.fakes.clock import START
from tests.fakes.world import World
from tests.recorded import recording

HOME, AWAY = "us-east-1", "us-west-2"
SOON = START + timedelta(seconds=5)


def by_the_second_region(world: World, channel: Channel) -> None:
    """Let every message of *channel* go by it."""
    home = home_route(channel, HOME)
    away = Route(provider=home.provider, region=AWAY)
    world.routes = Routes(
        home=home, usual=home, in_second_region={home: away}, second_region_share=100
    )


def of_ses(notification_id: str) -> str:
    """Return a recorded delivery, as SES in the other Region writes it."""
    event = recording("ses_event_delivery")
    written = json.dumps(event).replace(f":{HOME}:", f":{AWAY}:")
    assert f"arn:aws:ses:{AWAY}:" in written
    event = json.loads(written)
    event["mail"]["tags"][NOTIFICATION_TAG] = [notification_id]
    event["mail"]["messageId"] = "ses-away"
    event["mail"]["timestamp"] = START.isoformat()
    event["delivery"]["timestamp"] = SOON.isoformat()
    return json.dumps(event)


def of_sns(message_id: str) -> str:
    """Return a recorded line of SNS's delivery log: it names no Region."""
    line = recording("sns_sms_log_success_doc")
    line["notification"] = {
        "messageId": message_id,
        "timestamp": f"{START:%Y-%m-%d %H:%M:%S}.000",
    }
    return json.dumps(line)


def hear(world: World, body: str) -> None:
    read: Any = read_receipt(body, received_at=SOON)
    assert isinstance(read, Receipt)
    world.apply(read)


def test_an_e_mail_by_the_second_region_is_delivered_by_its_receipt(world: World) -> None:
    row = notification(1)
    by_the_second_region(world, Channel.EMAIL)
    world.enter(row)
    world.provider.answer = lambda _: accepted("ses-away")
    world.send(row.id)
    hear(world, of_ses(row.id))

    after = world.row(row.id)
    assert (State.DELIVERED, f"ses/{AWAY}/default") == (after.state, after.route)


def test_a_text_by_the_second_region_is_found_by_its_message_id_with_its_price(
    world: World,
) -> None:
    row = notification(1, Channel.SMS)
    by_the_second_region(world, Channel.SMS)
    world.enter(row)
    world.provider.answer = lambda _: accepted("sns-away")
    world.send(row.id, channel=Channel.SMS)
    hear(world, of_sns("sns-away"))

    after = world.row(row.id)
    assert f"sns/{AWAY}/default" == after.route
    assert after.state in {State.CARRIER_ACCEPTED, State.DELIVERED}
    assert CostSource.CARRIER is after.cost_source
    assert after.cost


@pytest.mark.parametrize("first", ["receipt", "answer"])
def test_a_receipt_that_overtakes_the_answer_is_merged_all_the_same(
    world: World, first: str
) -> None:
    row = notification(1, Channel.SMS)
    by_the_second_region(world, Channel.SMS)
    world.enter(row)
    world.provider.answer = lambda _: accepted("sns-away")
    if first == "receipt":
        hear(world, of_sns("sns-away"))
    world.send(row.id, channel=Channel.SMS)
    if first == "answer":
        hear(world, of_sns("sns-away"))

    assert world.row(row.id).state in {State.CARRIER_ACCEPTED, State.DELIVERED}


def test_a_lost_answer_of_the_second_region_is_never_called_on_the_first(world: World) -> None:
    """The e-mail's documented resend keeps its Region; the receipt of the first call ends it."""
    row = notification(1)
    by_the_second_region(world, Channel.EMAIL)
    world.enter(row)
    world.provider.answer = lambda _: unknown("ReadTimeoutError")
    world.send(row.id)
    assert State.IN_DOUBT is world.state(row.id)
    home = home_route(Channel.EMAIL, HOME)
    world.routes = Routes(home=home, usual=home)
    world.now.turn(timedelta(hours=3))
    for _ in range(3):
        world.sweep()
        world.send_published()
        world.now.turn(timedelta(minutes=10))

    assert 2 == len(world.provider.calls)
    assert {f"ses/{AWAY}/default"} == {call.notification.route for call in world.provider.calls}
    hear(world, of_ses(row.id))
    assert State.DELIVERED is world.state(row.id)
