"""The AsyncAPI document is valid AsyncAPI 3, and says what is really read and written."""

import json
from typing import Any

import pytest
from jsonschema import Draft7Validator  # type: ignore[import-untyped]  # it has no types

from ordercast.gateways.messaging import notifications_topic, status_topic
from ordercast.notifications.lifecycle import State
from ordercast.operations import asyncapi
from ordercast.receipts.reading import read_receipt
from ordercast.receipts.receipt import MalformedReceipt
from ordercast.status_events.status_event import status_event
from tests.examples import notification
from tests.fakes.clock import START
from tests.pages import ROOT
from tests.receipts.provider_bodies import email_event, recorded, sms_line
from tests.status_events.changes import change

OFFICIAL = ROOT / "node_modules" / "@asyncapi" / "specs" / "schemas" / "3.0.0-without-$id.json"
DOCUMENT: dict[str, Any] = json.loads(asyncapi.FILE.read_text())


def schema_of(name: str) -> Draft7Validator:
    return Draft7Validator({"$ref": f"#/components/schemas/{name}", **DOCUMENT})


def test_the_document_is_what_the_types_say() -> None:
    assert asyncapi.FILE.read_text() == asyncapi.text()


def test_the_document_is_valid_asyncapi_3() -> None:
    official = Draft7Validator(json.loads(OFFICIAL.read_text()))

    assert [] == [each.message for each in official.iter_errors(DOCUMENT)]
    assert not official.is_valid(DOCUMENT | {"operations": {"o": {"action": "shout"}}})


def test_every_reference_leads_somewhere() -> None:
    def references(node: Any) -> list[str]:
        if isinstance(node, dict):
            own = [node["$ref"]] if "$ref" in node else []
            return own + [found for each in node.values() for found in references(each)]
        return (
            [found for each in node for found in references(each)] if isinstance(node, list) else []
        )

    found = references(DOCUMENT)
    assert found
    for reference in found:
        node = DOCUMENT
        for part in reference.removeprefix("#/").split("/"):
            node = node[part]


def test_each_example_is_what_its_schema_says() -> None:
    examples = [
        (message["payload"]["$ref"].rpartition("/")[2], each["payload"])
        for message in DOCUMENT["components"]["messages"].values()
        for each in message.get("examples", ())
    ]
    assert examples
    assert [] == [
        (name, fault.message)
        for name, payload in examples
        for fault in schema_of(name).iter_errors(payload)
    ]


def test_what_the_topic_carries_is_what_the_document_says() -> None:
    message = notifications_topic._message(notification())  # noqa: SLF001 - what is published

    schema_of("PublishedMessage").validate(json.loads(message.body))
    schema_of("RoutingAttributes").validate(dict(message.attributes))
    assert {"channel", "priority", "template", "status"} == set(message.attributes)


def test_what_the_topic_of_status_events_carries_is_what_the_document_says() -> None:
    event = status_event(change(notification(rule="paused", state=State.DEFERRED)), source="urn:x")
    message = status_topic.message_of(event)

    schema_of("StatusEvent").validate(json.loads(message.body))
    schema_of("StatusAttributes").validate(dict(message.attributes))
    assert {"channel", "state", "shop"} == set(message.attributes)


def test_the_page_on_status_events_shows_the_document_s_example() -> None:
    page = (ROOT / "docs" / "status-events.md").read_text()
    shown = page.partition("```json\n")[2].partition("```")[0]

    assert asyncapi.STATUS_EXAMPLE == json.loads(shown)


RECEIPTS = {
    "EmailReceipt": email_event("Delivery", timestamp="2026-03-02T09:29:59.000Z"),
    "TextReceipt": sms_line(answer="Delivered", timestamp="2026-03-02 09:29:58.000"),
    "TextEvent": recorded("eum_event_text_delivered"),
}


@pytest.mark.parametrize("name", RECEIPTS)
def test_a_provider_s_receipt_is_what_the_document_says(name: str) -> None:
    body = json.loads(RECEIPTS[name])

    assert [] == [each.message for each in schema_of(name).iter_errors(body)]
    assert [name] == [each for each in RECEIPTS if schema_of(each).is_valid(body)]
    named = DOCUMENT["components"]["schemas"][name]["properties"].keys()
    assert named <= body.keys()


@pytest.mark.parametrize("name", RECEIPTS)
def test_a_receipt_without_what_the_document_requires_is_not_read(name: str) -> None:
    whole = json.loads(RECEIPTS[name])
    for required in DOCUMENT["components"]["schemas"][name]["required"]:
        without = {key: value for key, value in whole.items() if key != required}

        assert not schema_of(name).is_valid(without)
        with pytest.raises(MalformedReceipt):
            read_receipt(json.dumps(without), received_at=START)
