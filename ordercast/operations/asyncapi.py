"""Write docs/asyncapi.json, the messages read and written, as AsyncAPI 3. Used by `make contract`.

With `--check`, which `make check` uses, nothing is written; it fails when the file is stale.
"""

import inspect
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from ordercast.events.order_event_fields import SCHEMA_VERSION
from ordercast.events.publish import json_schema
from ordercast.notifications.published_message import PublishedMessage, RoutingAttributes
from ordercast.settings.published import (
    names_parameter,
    orders_stream_parameter,
    output_parameter,
)
from ordercast.status_events.status_event import StatusAttributes, StatusEvent

FILE = Path(__file__).resolve().parents[2] / "docs" / "asyncapi.json"

_PARAMETER = "in the SSM parameter {}"
_ORDERS = _PARAMETER.format(orders_stream_parameter("STAGE"))
_NAMES = _PARAMETER.format(names_parameter("STAGE"))
_STATUS_EVENTS = _PARAMETER.format(output_parameter("STAGE", "status-events-topic-arn"))


def document() -> dict[str, Any]:
    """Return the document; its schemas are those of the types that are read and written."""
    return {
        "asyncapi": "3.0.0",
        "id": f"urn:ordercast:messages:{SCHEMA_VERSION}",
        "info": {
            "title": "Ordercast",
            "version": f"{SCHEMA_VERSION}.0.0",
            "description": "Order events in, text messages and e-mails out. "
            "Made from the types by `make contract`: do not edit.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": _CHANNELS,
        "operations": _OPERATIONS,
        "components": {"messages": _MESSAGES, "schemas": {**_schemas(), **_RECEIPTS}},
    }


def _schemas() -> dict[str, Any]:
    """Return the contract's schema with its parts, and those of what is published."""
    event = json.loads(json.dumps(json_schema()).replace("#/$defs/", _REFERENCE.format(name="")))
    parts = event.pop("$defs")
    own = {key: value for key, value in event.items() if not key.startswith("$")}
    published = [PublishedMessage, RoutingAttributes, StatusEvent, StatusAttributes]
    _, schemas = msgspec.json.schema_components(published, ref_template=_REFERENCE)
    for schema in schemas.values():
        # Python 3.13 strips the indentation of docstrings, 3.11 does not.
        if "description" in schema:
            schema["description"] = inspect.cleandoc(schema["description"])
    return {"OrderEventV1": own, **parts, **schemas}


_REFERENCE = "#/components/schemas/{name}"


def text() -> str:
    """Return the document as it stands in the file."""
    return json.dumps(document(), indent=2) + "\n"


def main() -> None:
    """Write the file, or check it when asked to."""
    if sys.argv[1:] != ["--check"]:
        FILE.write_text(text())
    elif FILE.read_text() != text():
        sys.exit(f"{FILE.name}: out of date: run `make contract`.")


def _channel(title: str, description: str, *messages: str) -> dict[str, Any]:
    return {
        "address": None,
        "title": title,
        "description": description,
        "messages": {each: {"$ref": f"#/components/messages/{each}"} for each in messages},
    }


def _operation(action: str, channel: str, summary: str) -> dict[str, Any]:
    return {"action": action, "channel": {"$ref": f"#/channels/{channel}"}, "summary": summary}


def _schema(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


_CHANNELS: Mapping[str, Any] = {
    "orders": _channel(
        "Orders stream (Kinesis)",
        f"Its name is {_ORDERS}. The partition key is the order's id.",
        "orderEvent",
    ),
    "notifications": _channel(
        "Notifications topic (SNS)",
        f"Its ARN is {_NAMES}, as `notifications_topic`. A shop's own consumers may subscribe.",
        "notificationRequested",
    ),
    "workQueues": _channel(
        "The senders' queues (SQS)",
        f"Two for each channel, by priority, raw from the topic; their URLs are {_NAMES}, as `senders`.",
        "notificationRequested",
    ),
    "statusEvents": _channel(
        "Status events topic (SNS)",
        f"Its ARN is {_STATUS_EVENTS}, where the stage has it (docs/status-events.md).",
        "messageStatus",
    ),
    "receipts": _channel(
        "Receipts queue (SQS)",
        f"Its URL is {_NAMES}, as `receipts_queue`. Events of SES, lines of SNS's delivery logs, "
        "and text events of AWS End User Messaging.",
        "emailReceipt",
        "textReceipt",
        "textEvent",
    ),
}

_OPERATIONS: Mapping[str, Any] = {
    "takeOrderEvents": _operation("receive", "orders", "A shop tells what happened to an order."),
    "requestNotifications": _operation(
        "send", "notifications", "Each notification to be sent is published, once or more often."
    ),
    "tellStatuses": _operation(
        "send", "statusEvents", "What became of a message; the highest version holds."
    ),
    "takeRequests": _operation("receive", "workQueues", "A sender takes what it is to send."),
    "takeReceipts": _operation("receive", "receipts", "Providers report what became of a message."),
}

_EXAMPLE_ID = "uP0YgWzqK1vXl3sB9dQ2mAeR7tJ5hN8cF4iO6kLxZyVw"
STATUS_EXAMPLE: Mapping[str, Any] = {
    "specversion": "1.0",
    "id": f"{_EXAMPLE_ID}.4",
    "source": "urn:ordercast:stage:prod",
    "type": "ordercast.notification.status.v1",
    "subject": _EXAMPLE_ID,
    "time": "2026-03-02T09:30:07Z",
    "datacontenttype": "application/json",
    "data": {
        "notification_id": _EXAMPLE_ID,
        "version": 4,
        "order_id": "1000017",
        "shop": "Example Tea",
        "status": "shipped",
        "channel": "email",
        "template": "shipped",
        "state": "delivered",
        "changed_at": "2026-03-02T09:30:07Z",
        "occurred_at": "2026-03-02T09:29:58Z",
    },
}
"""An event as docs/status-events.md shows it."""

_MESSAGES: Mapping[str, Any] = {
    "orderEvent": {
        "title": "Order event",
        "contentType": "application/json",
        "payload": _schema("OrderEventV1"),
        "examples": [
            {
                "payload": {
                    "order_id": "1000017",
                    "status": "shipped",
                    "channel": "email",
                    "contact": {"email": "ada@example.com"},
                }
            }
        ],
    },
    "notificationRequested": {
        "title": "Notification requested",
        "contentType": "application/json",
        "headers": _schema("RoutingAttributes"),
        "payload": _schema("PublishedMessage"),
    },
    "messageStatus": {
        "title": "Status event",
        "contentType": "application/cloudevents+json",
        "headers": _schema("StatusAttributes"),
        "payload": _schema("StatusEvent"),
        "examples": [{"payload": STATUS_EXAMPLE}],
    },
    "emailReceipt": {"title": "Event of SES", "payload": _schema("EmailReceipt")},
    "textReceipt": {"title": "Delivery log of SNS", "payload": _schema("TextReceipt")},
    "textEvent": {"title": "Event of AWS End User Messaging", "payload": _schema("TextEvent")},
}

# The providers' own, by hand: ordercast/receipts/ has no types to make them from, for it reads value
# by value and leaves out what is odd. A test holds them to that reading.
_RECEIPTS: Mapping[str, Any] = {
    "EmailReceipt": {
        "type": "object",
        "required": ["mail"],
        "properties": {
            "eventType": {"type": "string"},
            "mail": {
                "type": "object",
                "required": ["messageId"],
                "properties": {
                    "messageId": {"type": "string"},
                    "timestamp": {"type": "string", "format": "date-time"},
                    "tags": {"type": "object"},
                },
            },
        },
    },
    "TextReceipt": {
        "type": "object",
        "required": ["notification"],
        "properties": {
            "status": {"type": "string"},
            "notification": {
                "type": "object",
                "required": ["messageId"],
                "properties": {
                    "messageId": {"type": "string"},
                    "timestamp": {"type": "string"},
                },
            },
            "delivery": {"type": "object"},
        },
    },
    "TextEvent": {
        "type": "object",
        "required": ["eventType", "messageId"],
        "properties": {
            "eventType": {"type": "string", "pattern": "^TEXT_"},
            "messageId": {"type": "string"},
            "messageRequestTimestamp": {"type": "integer", "description": "milliseconds"},
            "eventTimestamp": {"type": "integer", "description": "milliseconds"},
            "destinationPhoneNumber": {"type": "string"},
            "totalMessagePrice": {"type": "number", "description": "US dollars"},
            "totalCarrierFee": {"type": "number", "description": "US dollars"},
        },
    },
}


if __name__ == "__main__":
    main()
