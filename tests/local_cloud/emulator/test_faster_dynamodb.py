"""The faster DynamoDB of ministack answers as before."""

# ruff: noqa: SLF001 - a stand-in for what has no public way in

import types
from typing import Any

import pytest

from local_cloud.emulator.faster_dynamodb import copied, speed_up


@pytest.fixture
def emulator() -> tuple[types.SimpleNamespace, list[str]]:
    """A stand-in for ministack's two modules, and the statements that were really read."""
    read: list[str] = []

    def parse(statement: str, parameters: list[Any]) -> dict[str, Any]:
        read.append(statement)
        return {"statement": statement, "parameters": parameters}

    def check(_condition: str, slot: str) -> None:
        read.append(slot)

    dynamodb = types.SimpleNamespace(_parse_partiql=parse, _condition_syntax_error=check)
    speed_up(dynamodb, types.SimpleNamespace(_tokenize=str.split))
    return dynamodb, read


def test_a_statement_that_is_asked_for_twice_in_a_row_is_read_once(emulator) -> None:
    dynamodb, read = emulator
    parameters = [{"S": "1"}]
    first = dynamodb._parse_partiql("SELECT", parameters)
    assert first is dynamodb._parse_partiql("SELECT", parameters)
    assert ["SELECT"] == read


def test_a_third_asking_and_other_parameters_are_read_anew(emulator) -> None:
    dynamodb, read = emulator
    parameters = [{"S": "1"}]
    for _ in range(3):
        dynamodb._parse_partiql("SELECT", parameters)
    found = dynamodb._parse_partiql("SELECT", [{"S": "2"}])
    assert [{"S": "2"}] == found["parameters"]
    assert 3 == len(read)


def test_the_grammar_of_a_condition_is_checked_once(emulator) -> None:
    dynamodb, read = emulator
    for _ in range(3):
        dynamodb._condition_syntax_error("a = :b", "FilterExpression")
    assert ["FilterExpression"] == read


def test_a_copy_shares_nothing_that_can_change() -> None:
    item = {"n": {"N": "1"}, "l": {"L": [{"S": "a"}, {"BOOL": True}]}, "s": {"SS": ["x"]}}
    copy = copied(item)
    assert item == copy
    copy["l"]["L"][0]["S"] = copy["s"]["SS"][0] = "changed"
    assert ({"S": "a"}, "x") == (item["l"]["L"][0], item["s"]["SS"][0])  # type: ignore[index]  # the answer is JSON
