"""The fixture `ordercast` says in a shop's test what the pipeline would do."""

from datetime import UTC, datetime

import pytest

from ordercast.events.order_event import Channel
from ordercast.notifications.lifecycle import State
from ordercast.producer import ContactV1, MalformedOrderEvent, OrderEventV1
from ordercast.testing import Ordercast

EVENT = OrderEventV1(
    order_id="o-1", channel="sms", status="shipped", contact=ContactV1(phone="+12065550100")
)


def test_the_fixture_is_there_where_the_package_is_installed(ordercast: Ordercast) -> None:
    ordercast.producer.put([EVENT])

    assert [EVENT] == ordercast.producer.events
    assert ordercast.decide(EVENT).is_taken


def test_two_tests_share_no_events(ordercast: Ordercast) -> None:
    assert [] == ordercast.producer.events


@pytest.mark.parametrize(
    "event", [{"order_id": "o-1", "contact": {}}, '{"order_id": "o-1", "contact": {}}', EVENT]
)
def test_an_event_may_be_typed_a_mapping_or_json(ordercast: Ordercast, event) -> None:
    assert ordercast.decide(event).is_taken


def test_the_hour_does_not_count_unless_it_is_given(ordercast: Ordercast) -> None:
    night = datetime(2026, 3, 2, 9, tzinfo=UTC)

    assert State.REQUESTED is ordercast.decide(EVENT).channels[Channel.SMS].verdict
    assert "quiet-hours" == ordercast.decide(EVENT, at=night).channels[Channel.SMS].rule


def test_settings_are_those_of_a_stage(ordercast: Ordercast) -> None:
    assert "country-closed" == ordercast.decide(EVENT, countries="CA").channels[Channel.SMS].rule
    with pytest.raises(TypeError, match="colour"):
        ordercast.decide(EVENT, colour="red")


def test_a_customer_that_cannot_be_used_is_said(ordercast: Ordercast) -> None:
    with pytest.raises(ValueError, match="customers: email: not one plain address"):
        ordercast.decide(EVENT, customers=[{"customer_id": "c-1", "email": "ada"}])


def test_what_json_cannot_hold_is_refused_as_the_producer_does(ordercast: Ordercast) -> None:
    with pytest.raises(MalformedOrderEvent):
        ordercast.decide({"order_id": object()})
