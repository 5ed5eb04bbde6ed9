"""Read the one JSON object that an order event is, in its envelope or none. Used by the contract."""

from collections.abc import Collection
from typing import Any

import msgspec

from ordercast.errors import MalformedOrderEvent
from ordercast.events.unreadable_values import TOO_LARGE, invalid_value_in
from ordercast.events.wrapping.encodings import utf8
from ordercast.events.wrapping.envelopes import event_in
from ordercast.events.wrapping.formats import format_of


def document_in(payload: bytes, *, fields: Collection[str]) -> dict[str, Any]:
    """Return the order event in *payload*. Raises `MalformedOrderEvent`, in one line without a value.

    An error repeats only names in *fields*: any other may be an address.
    """
    try:
        document = msgspec.json.decode(utf8(payload))
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise MalformedOrderEvent(_problem(error, payload, fields)) from None
    except RecursionError:
        message = "not usable: nested too deeply"
        raise MalformedOrderEvent(message) from None
    if not isinstance(document, dict):
        message = f"event: expected an object, got {_KINDS[type(document)]}"
        raise MalformedOrderEvent(message)
    return event_in(document)


def _problem(
    error: msgspec.DecodeError | UnicodeDecodeError, payload: bytes, fields: Collection[str]
) -> str:
    if not payload.startswith((b"{", b"[")) and (name := format_of(payload)):
        return f"not JSON: it looks like {name}"
    if isinstance(error, UnicodeDecodeError):
        return "not JSON: not UTF-8"
    if problem := invalid_value_in(payload, fields=fields):
        return problem
    if isinstance(error, msgspec.ValidationError):
        # The one thing that is JSON and that msgspec cannot hold.
        return f"event: {TOO_LARGE}"
    return f"not JSON: {_in_words(str(error), payload)}"


def _in_words(problem: str, payload: bytes) -> str:
    """Return what msgspec says of bytes that are no JSON, in words for who wrote them."""
    if not payload.strip():
        return "it is empty"
    if payload.startswith(b"{'"):
        return "it looks like a Python dictionary: json.dumps writes JSON"
    if problem == "Input data was truncated":
        return "it is cut off"
    return problem.removeprefix("JSON is malformed: ").replace(" (byte ", " at byte ").rstrip(")")


_KINDS = {
    list: "an array",
    str: "a text",
    int: "a number",
    float: "a number",
    bool: "true or false",
    type(None): "null",
}
