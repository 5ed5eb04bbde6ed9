"""End User Messaging, simulated: what it refuses at once, and the events of what it takes."""

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from local_cloud.inbox import read_inbox
from local_cloud.provider_simulator.charges import read_charges
from local_cloud.provider_simulator.errors import Refused
from local_cloud.provider_simulator.sms_voice import read_voice_text, text_events
from tests.local_cloud.provider_simulator.offline import NOON

REGION = "eu-west-1"


def a_text(**changes: Any) -> bytes:
    return json.dumps(
        {
            "DestinationPhoneNumber": "+12065550101",
            "MessageBody": "Your order is on its way.",
            "MessageType": "TRANSACTIONAL",
            "ConfigurationSetName": "texts",
            "MaxPrice": "0.05",
            "TimeToLive": 3600,
            "Context": {"notification_id": "n-1"},
        }
        | changes
    ).encode()


def events_of(**changes: Any) -> list[dict[str, Any]]:
    text = read_voice_text(a_text(**changes), REGION)
    return [e for _, e in text_events(text, "m-1", at=NOON, delay=timedelta(seconds=2))]


@pytest.mark.parametrize(
    ("number", "kinds"),
    [
        ("+12065550101", [("TEXT_SUCCESSFUL", False), ("TEXT_DELIVERED", True)]),
        ("+12065550199", [("TEXT_CARRIER_UNREACHABLE", True)]),
        ("+12065550197", [("TEXT_CARRIER_BLOCKED", True)]),
        ("+12065550196", [("TEXT_SUCCESSFUL", True)]),
        ("+12065550195", []),
        (
            "+12065550194",
            [("TEXT_UNREACHABLE", False), ("TEXT_SUCCESSFUL", False), ("TEXT_DELIVERED", True)],
        ),
    ],
)
def test_a_number_decides_its_events(number: str, kinds: list[tuple[str, bool]]) -> None:
    found = events_of(DestinationPhoneNumber=number)
    assert kinds == [(each["eventType"], each["isFinal"]) for each in found]


def test_an_event_has_the_whole_price_in_two_parts_and_the_context() -> None:
    (event,) = events_of(DestinationPhoneNumber="+12065550196")
    price = Decimal(str(event["totalMessagePrice"])) + Decimal(str(event["totalCarrierFee"]))
    assert Decimal("0.00645") == price
    assert {"notification_id": "n-1"} == event["context"]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"DestinationPhoneNumber": "+12065550198"}, "DESTINATION_PHONE_NUMBER_OPTED_OUT"),
        ({"MaxPrice": "0.00001"}, "PRICE_OVER_THRESHOLD"),
        ({"MaxPrice": "1"}, "FIELD_VALIDATION_FAILED"),
        ({"TimeToLive": 4}, "FIELD_VALIDATION_FAILED"),
        ({"TimeToLive": 259_201}, "FIELD_VALIDATION_FAILED"),
        ({"MessageBody": ""}, "FIELD_VALIDATION_FAILED"),
        ({"MessageBody": "x" * 1601}, "FIELD_VALIDATION_FAILED"),
        ({"DestinationPhoneNumber": "2065550101"}, "FIELD_VALIDATION_FAILED"),
    ],
)
def test_what_it_does_not_take_is_refused_at_once(changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(Refused) as refused:
        read_voice_text(a_text(**changes), REGION)
    assert reason == refused.value.reason


def test_a_text_is_kept_charged_and_reported_to_its_set_s_topic(simulator) -> None:
    message_id = simulator.api.send_voice_text(a_text(), region=REGION)
    simulator.after(4)

    (kept,) = read_inbox(simulator.folder)
    (charge,) = read_charges(simulator.folder)
    assert ("eu-west-1", message_id) == (kept.region, charge.message_id)
    assert ["TEXT_SUCCESSFUL", "TEXT_DELIVERED"] == [e["eventType"] for e in simulator.cloud.events]
    assert [] == simulator.cloud.logged


def test_a_set_that_is_unknown_is_refused(simulator) -> None:
    with pytest.raises(Refused) as refused:
        simulator.api.send_voice_text(a_text(ConfigurationSetName="gone"))
    assert "ResourceNotFoundException" == refused.value.code
    assert [] == read_inbox(simulator.folder)
