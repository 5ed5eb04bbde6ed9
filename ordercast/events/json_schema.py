"""Describe the order event as a JSON Schema. Used by `make contract`, which publishes it, and by tests."""

import inspect
from typing import Any

import msgspec

from ordercast.events.order_event_fields import SCHEMA_VERSION, OrderEventV1

ID = f"urn:ordercast:order-event:{SCHEMA_VERSION}"


def json_schema() -> dict[str, Any]:
    """Return the contract as a JSON Schema (draft 2020-12)."""
    _, definitions = msgspec.json.schema_components([OrderEventV1], ref_template="#/$defs/{name}")
    for definition in definitions.values():
        # Python 3.13 strips the indentation of docstrings, 3.11 does not.
        definition["description"] = inspect.cleandoc(definition["description"])
    top = definitions.pop("OrderEventV1")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": ID,
        "title": f"Order event, contract v{SCHEMA_VERSION}",
        **{key: value for key, value in top.items() if key != "title"},
        # A field that is `null` counts as absent, so `required` alone is not enough.
        "anyOf": [
            {"required": ["customer_id"], "properties": {"customer_id": {"type": "string"}}},
            {"required": ["contact"], "properties": {"contact": {"type": "object"}}},
        ],
        "$defs": definitions,
    }
