"""The largest event that the contract accepts fits into an item of DynamoDB."""

from collections.abc import Callable
from typing import Any

import pytest

from ordercast.events.order_event import Channel
from ordercast.events.publish import json_schema
from ordercast.gateways.ledger.items import write
from ordercast.notifications.lifecycle import State
from tests.events.contract_readers import VALIDATOR, contract_error, notes
from tests.examples import drafts
from tests.gateways.dynamodb.item_sizes import size

ITEM = 400 * 1024  # Service quotas in DynamoDB, "Item size"

WIDEST = "\U0001d11e"  # four bytes, and one character of a limit

# The longest that a pattern lets through; an address is a longest one that can be written to.
LONGEST = {
    "status": "s" * 64,
    "value": "-" + "9" * 12 + "." + "9" * 6,
    "currency": "USD",
    "country": "US",
    "tracking_url": "https://example.com/" + "x" * (1024 - 20),
    "email": "a" * 64 + "@" + ("b" * 58 + ".") * 3 + "example.com",
    "phone": "+12065550100",
    "channel": "both",
}
SCHEMA = json_schema()


def largest(name: str, of: dict[str, Any]) -> Any:
    """Return the largest value of a field that its schema allows; fails for one without a limit."""
    if "$ref" in of:
        of = SCHEMA["$defs"][of["$ref"].removeprefix("#/$defs/")]
    if name in LONGEST:
        return LONGEST[name]
    if "anyOf" in of and "properties" not in of:
        return max((largest(name, each) for each in of["anyOf"]), key=lambda value: len(str(value)))
    return BY_TYPE[of.get("type", "enum")](of)


def _text(of: dict[str, Any]) -> str:
    if of.get("format") == "date-time":
        return "2026-03-02T09:29:58.123456+00:00"
    assert "pattern" not in of, "a pattern: write down the longest"
    return WIDEST * int(of["maxLength"])


BY_TYPE: dict[str, Callable[[dict[str, Any]], Any]] = {
    "object": lambda of: {name: largest(name, its) for name, its in of["properties"].items()},
    "array": lambda of: [largest("", of["items"])] * of["maxItems"],
    "string": _text,
    "integer": lambda of: of["maximum"],
    "number": lambda _: 999_999_999_999.999_9,
    "enum": lambda of: max(of["enum"], key=len),
    "null": lambda _: None,
}

EVENT = largest("", SCHEMA)


def test_the_largest_event_is_one() -> None:
    assert contract_error(EVENT) is None
    VALIDATOR.validate(EVENT)


@pytest.mark.parametrize("name", ["status", "tracking_url"])
def test_no_longer_one_is(name: str) -> None:
    longer = EVENT | {name: EVENT[name] + "x"}
    assert contract_error(longer) or name in notes(longer)


def test_the_largest_event_fits_into_the_ledger_with_room_for_what_providers_say_of_it() -> None:
    """So nothing is ever parked as too large for the ledger: the contract's limits are the check.

    A record could not bring it there either way: what is too large for a field is malformed, and
    fields that are none of ours are not kept.
    """
    rows = drafts(**EVENT)
    by_channel = {row.channel: size(write(row)) for row in rows}

    assert {State.REQUESTED} == {row.state for row in rows}
    assert set(Channel) == by_channel.keys()
    assert all(ITEM / 4 < each < ITEM / 2 for each in by_channel.values())
