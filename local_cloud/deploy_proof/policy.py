"""Judge a call by the statements of a policy, and find statements that no call needs. Used by the proof and by tests.

By the rules of IAM for an identity's own policies: a Deny wins, an Allow is needed, and patterns,
lists and conditions match as
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html says.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

PolicyStatement = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyCall:
    """What a call asks of a policy: an action on the ARN of a resource, under the condition keys of *context*."""

    action: str
    resource: str
    context: Mapping[str, str] = field(default_factory=dict, hash=False)


def allows(statements: Iterable[PolicyStatement], called: PolicyCall) -> bool:
    """Whether a policy of these *statements* allows the call."""
    effects = {each["Effect"] for each in statements if applies(each, called)}
    return effects == {"Allow"}


def unneeded(
    statements: Sequence[PolicyStatement], calls: Iterable[PolicyCall]
) -> list[PolicyStatement]:
    """Return the Allow statements without which all *calls* that are allowed now would be allowed still."""
    made = [each for each in calls if allows(statements, each)]
    return [
        statement
        for place, statement in enumerate(statements)
        if statement["Effect"] == "Allow"
        and all(allows([*statements[:place], *statements[place + 1 :]], each) for each in made)
    ]


def applies(statement: PolicyStatement, called: PolicyCall) -> bool:
    """Whether a statement is about the call."""
    return (
        _named(statement, "Action", called.action, without_case=True)
        and _named(statement, "Resource", called.resource)
        and all(
            _holds(operator, called.context.get(key), values)
            for operator, keys in statement.get("Condition", {}).items()
            for key, values in keys.items()
        )
    )


def _named(
    statement: PolicyStatement, element: str, value: str, *, without_case: bool = False
) -> bool:
    """Whether the element has a pattern of the value, or its negation has none."""
    fold = str.lower if without_case else str
    for name, wanted in ((element, True), (f"Not{element}", False)):
        if name in statement:
            patterns = _listed(statement[name])
            return any(_like(fold(each), fold(value)) for each in patterns) == wanted
    return False


def _holds(operator: str, actual: str | None, values: str | list[str]) -> bool:
    if operator == "Null":
        return (actual is None) == (_listed(values)[0] == "true")
    if operator.startswith(_OF_ALL):
        return actual is None or _holds(operator.removeprefix(_OF_ALL), actual, values)
    name = operator.removesuffix("IfExists")
    if actual is None:
        return name != operator
    return any(_OPERATORS[name](each, actual) for each in _listed(values))


def _like(pattern: str, value: str) -> bool:
    return _pattern(pattern).fullmatch(value) is not None


@cache
def _pattern(text: str) -> re.Pattern[str]:
    escaped = re.escape(text).replace(r"\*", ".*").replace(r"\?", ".")
    return re.compile(escaped, re.DOTALL)


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


_OF_ALL = "ForAllValues:"
"""It holds where the key is missing; a call has one value of each key here."""

_OPERATORS: dict[str, Callable[[str, str], bool]] = {
    "ArnEquals": _like,
    "ArnLike": _like,
    "Bool": lambda expected, actual: str(expected).lower() == actual.lower(),
    "StringEquals": lambda expected, actual: expected == actual,
    "StringLike": _like,
}
"""By operator; another one is a KeyError, so that nobody takes it for one that holds."""
