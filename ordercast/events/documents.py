"""Read the one JSON object that an order event is, in its envelope or none. Used by the contract."""

from typing import Any

import msgspec

from ordercast.errors import MalformedOrderEvent
from ordercast.events.reading.unread import refusal, shape
from ordercast.events.unreadable_values import decoded
from ordercast.events.wrapping.encodings import utf8
from ordercast.events.wrapping.envelopes import event_in
from ordercast.events.wrapping.formats import format_of


def document_in(payload: bytes) -> dict[str, Any]:
    """Return the order event in *payload*. Raises `MalformedOrderEvent`, in one line without a value.

    A value that nothing can hold is `Unreadable`.
    """
    try:
        document = decoded(utf8(payload))
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise MalformedOrderEvent(_problem(error, payload)) from None
    except RecursionError:
        message = "not usable: nested too deeply"
        raise MalformedOrderEvent(message) from None
    if not isinstance(document, dict):
        raise MalformedOrderEvent(refusal("event", shape(document), "an object"))
    return event_in(document)


def _problem(error: msgspec.DecodeError | UnicodeDecodeError, payload: bytes) -> str:
    if not payload.startswith((b"{", b"[")) and (name := format_of(payload)):
        return f"not JSON: it looks like {name}"
    if isinstance(error, UnicodeDecodeError):
        return "not JSON: not UTF-8"
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
