"""A change of the ledger becomes a CloudEvent with ids and public states, and nothing personal."""

import json
from datetime import datetime
from itertools import permutations
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from ordercast.events.order_event import Channel
from ordercast.gateways.ledger.keys import decision_key
from ordercast.gateways.ledger.status_changes import status_changes
from ordercast.gateways.messaging import status_topic
from ordercast.notifications.fallback import Fallback
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.status_events.status_event import (
    StatusEvent,
    publishable,
    source_of,
    status_event,
)
from tests.examples import EMAIL, PHONE, drafts, notification
from tests.fakes.clock import START
from tests.status_events.changes import change, record

SOURCE = source_of("prod")


def _of(row: Notification) -> StatusEvent:
    return status_event(change(row), source=SOURCE)


def _body(row: Notification) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(status_topic.message_of(_of(row)).body)
    return body


def _after(row: Notification, *states: State) -> list[Notification]:
    """Return the row in each state, one version after the other."""
    return [replace(row, state=each, version=n) for n, each in enumerate(states, start=1)]


def test_an_event_is_a_cloud_event_in_structured_mode() -> None:
    """The attributes that CloudEvents 1.0 requires, and the form of each."""
    row = notification(version=3, state=State.SENT)
    body = _body(row)

    assert ("1.0", "ordercast.notification.status.v1") == (body["specversion"], body["type"])
    assert ("urn:ordercast:stage:prod", row.id) == (body["source"], body["subject"])
    assert f"{row.id}.3" == body["id"]
    assert START.replace(microsecond=0) == datetime.fromisoformat(body["time"])
    assert "application/json" == body["datacontenttype"]
    assert all(name.isalnum() and name.islower() for name in body)


def test_it_says_what_became_of_which_message_of_which_order() -> None:
    data = _body(notification(version=3, state=State.SENT))["data"]

    assert ("o-1", "Example Tea", "confirmed") == (data["order_id"], data["shop"], data["status"])
    assert ("email", "confirmed", "sent", 3) == (
        data["channel"],
        data["template"],
        data["state"],
        data["version"],
    )
    assert "2026-03-02T09:29:58Z" == data["occurred_at"]


def test_nothing_personal_is_published() -> None:
    rows = [
        replace(each, customer_id="c-4711", rule="told us by phone", state=State.SUPPRESSED)
        for each in drafts(contact={"email": EMAIL, "phone": PHONE, "locale": "sv-SE"})
    ]
    said = " ".join(status_topic.message_of(_of(each)).body for each in rows)
    said += " ".join(str(status_topic.message_of(_of(each)).attributes) for each in rows)

    personal = (EMAIL, PHONE, "c-4711", "told us", "Teapot", "sv-SE", "42.5")
    assert 2 == len(rows)
    assert not [each for each in personal if each in said]


def test_a_shop_can_filter_by_itself_channel_and_state() -> None:
    message = status_topic.message_of(_of(notification(state=State.DELIVERED)))

    assert {"shop": "Example Tea", "channel": "email", "state": "delivered"} == message.attributes


@pytest.mark.parametrize("shop", ["a\x00b", "\uffff", "\x1b[0m"])
def test_a_shop_that_sns_takes_in_no_attribute_is_named_by_the_body_alone(shop: str) -> None:
    """SNS would refuse such an entry each time that it is brought, and hold up its neighbours."""
    row = notification()
    message = status_topic.message_of(_of(replace(row, order=replace(row.order, shop=shop))))

    assert {"channel", "state"} == set(message.attributes)
    assert message.body.isascii()
    assert message.body.isprintable()
    assert shop == json.loads(message.body)["data"]["shop"]


def test_a_message_without_a_shop_has_neither_field_nor_attribute() -> None:
    row = notification()
    without = replace(row, order=replace(row.order, shop=None))

    assert "shop" not in _body(without)["data"]
    assert {"channel", "state"} == set(status_topic.message_of(_of(without)).attributes)


def test_the_same_change_always_gives_the_same_event() -> None:
    row = notification(version=7, state=State.FAILED)
    assert _of(row) == _of(row)


def test_the_newest_of_a_batch_is_published_in_whatever_order_it_comes() -> None:
    rows = _after(notification(), State.REQUESTED, State.SENT, State.DELIVERED)
    for some in permutations(rows):
        (chosen,) = publishable(map(change, some))
        assert (3, State.DELIVERED) == (chosen.version, chosen.state)


def test_a_claim_is_no_event() -> None:
    """It says nothing new, and another change follows."""
    requested, sending = _after(notification(), State.REQUESTED, State.SENDING)

    assert [] == publishable([change(sending)])
    (chosen,) = publishable([change(requested), change(sending)])
    assert 1 == chosen.version


def test_a_version_with_the_state_of_the_one_before_is_published() -> None:
    """What the one before said may have been lost."""
    first, again = _after(notification(), State.SENT, State.SENT)

    assert [2] == [each.version for each in publishable([change(first), change(again)])]


def test_each_notification_of_a_batch_has_its_event() -> None:
    rows = [notification(number) for number in range(5)]
    assert {each.id for each in rows} == {each.id for each in publishable(map(change, rows))}


def test_a_message_and_its_fallback_name_each_other_once_it_is_entered() -> None:
    text, mail = notification(1, Channel.SMS), notification(1, Channel.EMAIL)
    waiting = replace(text, fallback=Fallback(id=mail.id, rule=None))
    entered = replace(text, fallback=Fallback(id=mail.id, entered_at=START))

    assert "fallback_id" not in _body(waiting)["data"]
    assert mail.id == _body(entered)["data"]["fallback_id"]
    assert text.id == _body(replace(mail, fallback_for=text.id))["data"]["fallback_for"]


def test_a_message_that_is_sent_again_names_the_first() -> None:
    first, again = notification(1, Channel.EMAIL), notification(1, Channel.SMS)

    assert "resend_of" not in _body(first)["data"]
    assert first.id == _body(replace(again, resend_of=first.id))["data"]["resend_of"]


def test_ten_of_the_largest_events_fit_one_call() -> None:
    """SNS takes 256 KiB in a batch, attributes included, and charges by 64."""
    widest = "\U0001f375" * 128  # the contract's longest id
    row = notification(status="s" * 64, template="t" * 64, fallback_for=notification(2).id)
    worst = replace(row.order, order_id=widest, shop=widest)
    message = status_topic.message_of(_of(replace(row, order=worst)))
    size = len(message.body.encode()) + len(str(message.attributes).encode())

    assert 10 * size < 64 * 1024


def test_what_is_no_notification_or_was_removed_is_no_change() -> None:
    removed = record(notification())
    del removed["dynamodb"]["NewImage"]
    other = record(notification())
    other["dynamodb"]["NewImage"] |= decision_key(("o", "e"))

    assert ([], []) == status_changes([removed, other])


def test_a_row_that_cannot_be_read_does_not_hold_up_its_neighbours() -> None:
    broken = record(notification(1))
    broken["dynamodb"]["NewImage"]["state"] = {"S": "unheard-of"}
    changes, bugs = status_changes([broken, record(notification(2))])

    assert [notification(2).id] == [each.id for each in changes]
    assert ["ValueError"] == bugs


def test_a_body_is_read_back_by_its_type() -> None:
    event = _of(notification(version=2, state=State.BOUNCED))
    body = status_topic.message_of(event).body

    assert event == msgspec.json.decode(body, type=StatusEvent)
