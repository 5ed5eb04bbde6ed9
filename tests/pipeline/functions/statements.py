"""Read the statements of the functions' policies. Used by the tests about permissions."""

import re
from collections.abc import Iterator
from typing import Any

from tests.pipeline.synthesis import Synthesis


def each_statement(synthesis: Synthesis) -> Iterator[dict[str, Any]]:
    for policy in synthesis.properties("AWS::IAM::Policy"):
        yield from policy["PolicyDocument"]["Statement"]
    for role in synthesis.properties("AWS::IAM::Role"):
        for inline in role.get("Policies", []):
            yield from inline["PolicyDocument"]["Statement"]


def statements_of_function(synthesis: Synthesis, handler: str) -> Iterator[dict[str, Any]]:
    (role,) = [
        synthesis.resolve(stack, function["Role"])
        for stack, _, function in synthesis.functions
        if handler == function["Handler"]
    ]
    for stack, _, policy in synthesis.each("AWS::IAM::Policy"):
        holders = [synthesis.resolve(stack, holder) for holder in policy["Properties"]["Roles"]]
        if role in holders:
            yield from policy["Properties"]["PolicyDocument"]["Statement"]


def actions_of(statement: dict[str, Any], service: str) -> set[str]:
    prefix = f"{service}:"
    return {
        action.removeprefix(prefix)
        for action in listed(statement["Action"])
        if action.startswith(prefix)
    }


def tables_of(statement: dict[str, Any]) -> set[str]:
    """The tables that a statement is about, by what its resources refer to; one a resource."""
    named = [
        re.findall("Ledger|Customers|Receipts|Rollups", str(each))
        for each in listed(statement["Resource"])
    ]
    assert all(len(set(names)) == 1 for names in named)
    return {names[0] for names in named}


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
