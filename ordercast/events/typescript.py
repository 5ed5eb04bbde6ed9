"""Write the JSON Schema of the order event as TypeScript types. Used by `make contract`."""

import json
from typing import Any

HEADING = (
    "// The order event of Ordercast. Made from its contract by `make contract`: do not edit.\n"
)

CUSTOMER_OR_CONTACT = (
    "/** An order event: it names a customer, or brings a contact. */\n"
    "export type OrderEventV1 = OrderEventV1Fields &\n"
    "  ({ customer_id: string } | { contact: ContactV1 });\n"
)

NAMES = {"string": "string", "integer": "number", "number": "number", "null": "null"}


def typescript(schema: dict[str, Any]) -> str:
    """Return the declarations of the event and of its parts."""
    definitions = {**schema["$defs"], "OrderEventV1Fields": schema}
    interfaces = [_interface(name, each) for name, each in definitions.items()]
    return "\n".join([HEADING, *interfaces, CUSTOMER_OR_CONTACT])


def _interface(name: str, definition: dict[str, Any]) -> str:
    required = definition.get("required", [])
    fields = (
        _field(field, each, optional=field not in required)
        for field, each in definition["properties"].items()
    )
    return f"{_comment(definition)}export interface {name} {{\n{''.join(fields)}}}\n"


def _field(name: str, definition: dict[str, Any], *, optional: bool) -> str:
    suffix = "?" if optional else ""
    comment = _comment(definition, indent="  ")
    return f"{comment}  {name}{suffix}: {_type(definition)};\n"


def _comment(definition: dict[str, Any], *, indent: str = "") -> str:
    parts = [definition, *definition.get("anyOf", [])]
    found = next((each["description"] for each in parts if "description" in each), None)
    if found is None:
        return ""
    return f"{indent}/** {' '.join(found.split())} */\n"


def _type(definition: dict[str, Any]) -> str:
    match definition:
        case {"$ref": reference}:
            return str(reference.rpartition("/")[2])
        case {"anyOf": choices}:
            return " | ".join(_type(each) for each in choices)
        case {"enum": values}:
            return " | ".join(json.dumps(value) for value in values)
        case {"type": "array", "items": items}:
            return f"({_type(items)})[]"
        case {"type": kind}:
            return NAMES[kind]
    message = f"no TypeScript type for {definition}"
    raise ValueError(message)
