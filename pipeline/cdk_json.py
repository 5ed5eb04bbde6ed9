"""The words of cdk.json come in; typed, checked numbers go out, or one line naming the field."""

import json
import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import timedelta
from types import NoneType
from typing import Any, NoReturn, get_args, get_type_hints

from pipeline.stage import Account, Stage, Target, account_objections, objections


class BadStage(Exception):
    """cdk.json cannot be used; the message is one line and names the field."""


def read_stage(stages: object, name: object) -> Stage:
    """Return the stage called *name* out of cdk.json's `stages`.

    Raises `BadStage` with one line: the stages that there are, or the field and what is wrong.
    """
    known = ", ".join(stages) if isinstance(stages, Mapping) else "none"
    if not isinstance(stages, Mapping) or not isinstance(name, str) or name not in stages:
        message = f'no stage "{name}": cdk.json knows {known}'
        raise BadStage(message)
    where = f"stages.{name}"
    stage: Stage = _record(Stage, {"name": name, **_mapping(stages[name], where)}, where)
    for objection in objections(stage):
        _refuse(f"{where}.{objection.field}", objection.why)
    return stage


def read_targets(stages: object) -> set[Target]:
    """Return what bundles are built for in cdk.json's `stages`, each once, whatever else they say.

    Raises `BadStage` like `read_stage`.
    """
    return {
        _record(Target, _mapping(stage, f"stages.{name}").get("target"), f"stages.{name}.target")
        for name, stage in _mapping(stages, "stages").items()
    }


def read_account(account: object) -> Account:
    """Return cdk.json's `account`. Raises `BadStage` like `read_stage`."""
    numbers: Account = _record(Account, account, "account")
    for objection in account_objections(numbers):
        _refuse(f"account.{objection.field}", objection.why)
    return numbers


def _record(kind: type, raw: object, where: str) -> Any:  # noqa: ANN401  (an instance of kind)
    values = _mapping(raw, where)
    types = get_type_hints(kind)
    names = [field.name for field in fields(kind)]
    for name in names:
        # CDK drops what is null on its way to us
        if name not in values and NoneType not in get_args(types[name]):
            _refuse(f"{where}.{name}", "is missing")
    for name in values:
        if name not in names:
            _refuse(f"{where}.{name}", f"is not known; {where} has {', '.join(names)}")
    return kind(
        **{name: _value(types[name], values.get(name), f"{where}.{name}") for name in names}
    )


def _value(kind: Any, raw: object, where: str) -> object:  # noqa: ANN401  (a type or a union)
    if is_dataclass(kind):
        return _record(kind, raw, where)  # type: ignore[arg-type]  # it is a class here
    if kind is timedelta:
        return _duration(raw, where)
    choices = get_args(kind)
    if NoneType in choices:
        return None if raw is None else _value(choices[0], raw, where)
    if choices and raw not in choices:
        _refuse(where, f"is {_json(raw)}, not one of {', '.join(choices)}")
    # bool is an int to Python, but not to whoever wrote cdk.json
    if not choices and type(raw) is not kind:
        _refuse(where, f"is {_json(raw)}, not {_WORDS[kind]}")
    return raw


_WORDS = {str: "a text", int: "a whole number", bool: "true or false"}
_UNITS = {"s": "seconds", "min": "minutes", "h": "hours", "d": "days"}


def _duration(raw: object, where: str) -> timedelta:
    match = re.fullmatch(r"(\d+) (s|min|h|d)", raw) if isinstance(raw, str) else None
    if match is None:
        _refuse(where, f'is {_json(raw)}, not a duration such as "30 s", "5 min" or "14 d"')
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


def _mapping(raw: object, where: str) -> Mapping[str, object]:
    if not isinstance(raw, Mapping):
        _refuse(where, f"is {_json(raw)}, not an object")
    return raw


def _json(raw: object) -> str:
    return json.dumps(raw, default=str)


def _refuse(where: str, what: str) -> NoReturn:
    message = f"cdk.json: {where} {what}"
    raise BadStage(message)
