"""Python values become DynamoDB attribute values as boto3 writes them."""

from decimal import Decimal, DecimalException
from typing import Any

import pytest
from boto3.dynamodb.types import TypeSerializer

from lambda_event_sources.harness.attribute_values import attribute_value


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        0,
        -7,
        Decimal("1.50"),
        Decimal("1E+3"),
        "",
        "text",
        b"\x00",
        bytearray(b"a"),
        {"a"},
        frozenset({1}),
        {b"a"},
        [],
        [1, "a", None],
        ("a",),
        {},
        {"a": {"b": [{"c": {Decimal("1.5")}}]}},
    ],
    ids=repr,
)
def test_a_value_is_written_as_boto3_writes_it(value: Any) -> None:
    assert TypeSerializer().serialize(value) == attribute_value(value)


@pytest.mark.parametrize(
    "value",
    [1.5, {1, "a"}, {None}, object(), Decimal("NaN"), Decimal("Infinity")],
    # The same in every process, so that tests can be shared out.
    ids=["a float", "two types", "a set of None", "an object", "NaN", "infinity"],
)
def test_what_boto3_refuses_is_refused(value: Any) -> None:
    with pytest.raises(TypeError):
        TypeSerializer().serialize(value)
    with pytest.raises(TypeError):
        attribute_value(value)


def test_an_empty_set_is_refused_as_a_table_refuses_it() -> None:
    with pytest.raises(TypeError):
        attribute_value(set())


def test_a_number_of_more_than_38_digits_is_refused() -> None:
    with pytest.raises(DecimalException):
        attribute_value(Decimal("1" * 39))
