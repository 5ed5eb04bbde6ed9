"""Every rule of docs/rules.md: break it, and its test has to fail."""

import re
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from support.breaches import BREACHES, Breach, NotThere, broken

TABLE = (Path(__file__).parents[2] / "docs/rules.md").read_text()
RULES: dict[str, list[str]] = {
    rule: re.findall(r"`([^`]+)`", tests)
    for rule, tests in re.findall(r"^\| `([a-z-]+)` \|.*\|([^|]+)\|$", TABLE, re.MULTILINE)
}


@pytest.mark.parametrize("breach", BREACHES, ids=lambda breach: f"{breach.rule}: {breach.line}")
def test_a_broken_rule_is_noticed_by_its_test(breach: Breach) -> None:
    with broken(breach):
        fails = [name for name in RULES[breach.rule] if not _passes(name)]

    assert fails


@pytest.mark.parametrize("name", sorted({name for names in RULES.values() for name in names}))
def test_a_rule_s_test_passes_while_the_rule_stands(name: str) -> None:
    assert _passes(name)


def test_every_rule_of_the_table_can_be_broken() -> None:
    assert RULES.keys() == {breach.rule for breach in BREACHES}


def test_a_breach_that_is_out_of_date_is_noticed() -> None:
    breach = Breach(
        rule="r", where="streams.shard_batcher:lane_of", line="no such line", instead=""
    )
    with pytest.raises(NotThere), broken(breach):
        pass


def _passes(name: str) -> bool:
    """Run one test as it stands in the table, in each of its cases."""
    module, _, function = name.partition("::")
    test = getattr(import_module(f"model.{module.replace('/', '.')}"), function)
    try:
        for case in _cases(test):
            test(**case)
    except (Exception, pytest.fail.Exception):  # noqa: BLE001 - however it fails, it fails
        return False
    return True


def _cases(test: Callable[..., None]) -> Iterator[Mapping[str, Any]]:
    marks = [m for m in getattr(test, "pytestmark", ()) if m.name == "parametrize"]
    for values in product(*(mark.args[1] for mark in marks)):
        case: dict[str, Any] = {}
        for mark, value in zip(marks, values, strict=True):
            names = mark.args[0]
            case |= (
                {names: value} if isinstance(names, str) else dict(zip(names, value, strict=True))
            )
        yield case
