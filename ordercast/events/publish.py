"""Write the published forms of the order event: JSON Schema and TypeScript. Used by `make contract`.

With `--check`, which `make check` uses, nothing is written; it fails when one of them is stale.
"""

import inspect
import json
import sys
from pathlib import Path
from typing import Any

import msgspec

from ordercast.events.order_event_fields import SCHEMA_VERSION, OrderEventV1
from ordercast.events.typescript import typescript

ID = f"urn:ordercast:order-event:{SCHEMA_VERSION}"

DOCS = Path(__file__).resolve().parents[2] / "docs"


def published() -> dict[Path, str]:
    """Return the current text of each published file."""
    schema = json_schema()
    return {
        DOCS / "order-event.schema.json": json.dumps(schema, indent=2) + "\n",
        DOCS / "order-event.d.ts": typescript(schema),
    }


def json_schema() -> dict[str, Any]:
    """Return the contract as a JSON Schema (draft 2020-12)."""
    _, definitions = msgspec.json.schema_components([OrderEventV1], ref_template="#/$defs/{name}")
    for definition in definitions.values():
        # Python 3.13 strips the indentation of docstrings, 3.11 does not.
        definition["description"] = inspect.cleandoc(definition["description"])
        # They are ignored; that the parser looks at them once more is its own affair.
        definition.pop("additionalProperties", None)
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


def main() -> None:
    """Write the files, or check them when asked to."""
    files = published()
    if sys.argv[1:] == ["--check"]:
        stale = [path.name for path, text in files.items() if path.read_text() != text]
        if stale:
            sys.exit(f"{', '.join(stale)}: out of date: run `make contract`.")
        return
    for path, text in files.items():
        path.write_text(text)


if __name__ == "__main__":
    main()
