"""Return the error of the parser, and of the published schema, for an event. Used by contract tests."""

import json
from datetime import datetime
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker  # type: ignore[import-untyped]  # it has no types

from ordercast.errors import MalformedOrderEvent
from ordercast.events.order_event import OrderEvent
from ordercast.events.parse import parse_order_event
from ordercast.events.publish import json_schema

DATES = FormatChecker(formats=())


@DATES.checks("date-time", raises=ValueError)
def _is_rfc_3339(value: object) -> bool:
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None


VALIDATOR = Draft202012Validator(json_schema(), format_checker=DATES)


def parsed(payload: bytes) -> OrderEvent:
    """Return the event that the relay reads."""
    return parse_order_event(payload, default_currency="USD")


def read(document: Any) -> OrderEvent:
    """Return the event that the relay reads in a document."""
    return parsed(json.dumps(document).encode())


def notes(document: Any) -> dict[str, str]:
    """Return what the relay noted of each field of a document."""
    return {each.field: each.what for each in read(document).notes}


def contract_error(document: object) -> str | None:
    """Return the parser's error for *document*, or None."""
    return contract_error_of_bytes(json.dumps(document).encode())


def contract_error_of_bytes(payload: bytes) -> str | None:
    """Return the parser's error for a record's bytes, or None."""
    try:
        parsed(payload)
    except MalformedOrderEvent as error:
        return str(error)
    return None


BARE = {"order_id": "o-1", "customer_id": "c-1"}

CAMEL = {
    "orderId": "o-1",
    "customerEmail": "ada@example.com",
    "phoneNumber": "+12065550100",
    "orderAmount": 42.5,
    "items": ["Teapot"],
    "channel": "both",
    "priority": "high",
    "timestamp": "2026-03-02T09:29:58Z",
}
