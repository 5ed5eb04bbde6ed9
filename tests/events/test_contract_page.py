"""The published schema and docs/contract.md agree with the parser."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from ordercast.events.order_event import OrderEvent
from ordercast.events.publish import json_schema
from ordercast.events.reading.unread import TAKEN
from tests.events.contract_readers import VALIDATOR, contract_error_of_bytes, read
from tests.pages import snippets

SCHEMA = Path(__file__).parents[2] / "docs" / "order-event.schema.json"


def test_the_published_schema_is_the_code_s_own() -> None:
    assert json_schema() == json.loads(SCHEMA.read_text())


def between(heading: str, following: str) -> str:
    _, found, rest = PAGE.partition(f"# {heading}\n")
    assert found, heading
    return rest.partition(f"# {following}\n")[0] if following else rest


PAGE = (Path(__file__).parents[2] / "docs" / "contract.md").read_text()
EXAMPLES = snippets("docs/contract.md", language="json")
REFUSALS = re.findall(
    r"^\| `([{o].*?)` \| `{1,2}([a-zA-Z].*?)`{1,2} \|$", between("Errors", ""), re.MULTILINE
)
TAKEN_ROWS = re.findall(
    r"^\| (.+?) \| `(\{.*\})` \| `([a-z_.]+)` (.+) \|$",
    between("Taken", "Taken with a note"),
    re.MULTILINE,
)
NOTED = re.findall(
    r"^\| `(\{.*\})` \| `(.+)` \|$", between("Taken with a note", "Earlier shapes"), re.MULTILINE
)


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_that_we_publish_is_an_event(example: str) -> None:
    assert 4 == len(EXAMPLES)
    assert contract_error_of_bytes(example.encode()) is None
    assert "orderId" in example or VALIDATOR.is_valid(json.loads(example))


@pytest.mark.parametrize(("record", "said"), REFUSALS)
def test_a_refusal_reads_as_we_publish_it(record: str, said: str) -> None:
    assert 23 == len(REFUSALS)
    assert said == contract_error_of_bytes(record.encode())


def merged(written: str) -> dict[str, Any]:
    """Return an event with what a row of the page says."""
    says = json.loads(written)
    named = {re.sub("[_-]", "", each).lower() for each in says}
    bare = {"order_id": "1000017", "customer_id": "c-42"}
    return {k: v for k, v in bare.items() if k.replace("_", "") not in named} | says


def told(event: OrderEvent, field: str) -> str:
    """Return a field of an event as the page tells it."""
    match field:
        case "amount":
            return f"{event.amount.value:f} {event.amount.currency}" if event.amount else "none"
        case "items":
            return ", ".join(f"{each.quantity} {each.name}" for each in event.items)
        case "channel":
            return "both" if len(event.channels or ()) > 1 else "".join(event.channels or ())
        case "occurred_at":
            return event.occurred_at.isoformat().replace("+00:00", "Z") if event.occurred_at else ""
    value: Any = event
    for name in field.split("."):
        value = getattr(value, name)
    return "none" if value is None else str(value)


@pytest.mark.parametrize(("who", "written", "field", "meant"), TAKEN_ROWS)
def test_what_the_page_says_is_taken_is_read_so_without_a_note(
    who: str, written: str, field: str, meant: str
) -> None:
    event = read(merged(written))

    assert 52 == len(TAKEN_ROWS)
    assert meant == told(event, field), who
    assert () == event.notes


@pytest.mark.parametrize(("written", "note"), NOTED)
def test_what_the_page_says_is_noted_is_noted_in_these_words(written: str, note: str) -> None:
    assert 33 == len(NOTED)
    assert note in [str(each) for each in read(merged(written)).notes]


def test_the_page_shows_what_is_taken_for_every_field() -> None:
    """So that a producer finds the words that a log or `ordercast put` has shown."""
    assert [] == [field for field, words in TAKEN.items() if f"taken is {words}`" not in PAGE]


@pytest.mark.parametrize("field", [*json_schema()["properties"]])
def test_every_field_of_the_schema_is_on_the_page(field: str) -> None:
    assert f"`{field}`" in PAGE or f"`{field}.email`" in PAGE
