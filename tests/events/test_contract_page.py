"""The published schema and docs/contract.md agree with the parser."""

import json
import re
from pathlib import Path

import pytest

from ordercast.events.publish import json_schema
from tests.events.contract_readers import VALIDATOR, contract_error_of_bytes
from tests.pages import snippets

SCHEMA = Path(__file__).parents[2] / "docs" / "order-event.schema.json"


def test_the_published_schema_is_the_code_s_own() -> None:
    assert json_schema() == json.loads(SCHEMA.read_text())


PAGE = (Path(__file__).parents[2] / "docs" / "contract.md").read_text()
EXAMPLES = snippets("docs/contract.md", language="json")
REFUSALS = re.findall(r"^\| `([{o].*?)` \| `{1,2}(.*?) ?`{1,2} \|$", PAGE, re.MULTILINE)


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_that_we_publish_is_an_event(example: str) -> None:
    assert 4 == len(EXAMPLES)
    assert contract_error_of_bytes(example.encode()) is None
    assert "orderId" in example or VALIDATOR.is_valid(json.loads(example))


@pytest.mark.parametrize(("record", "said"), REFUSALS)
def test_a_refusal_reads_as_we_publish_it(record: str, said: str) -> None:
    assert 9 == len(REFUSALS)
    assert said == contract_error_of_bytes(record.encode())


@pytest.mark.parametrize("field", [*json_schema()["properties"]])
def test_every_field_of_the_schema_is_on_the_page(field: str) -> None:
    assert f"`{field}`" in PAGE or f"`{field}.email`" in PAGE
