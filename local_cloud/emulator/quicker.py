"""ministack's DynamoDB comes in; the same, spared what it does more than once, goes out.

It answers everybody on one thread, so its time is everybody's. Three habits cost it a third of it:
a statement of a batch is read twice, texts that come by the thousand are taken apart anew each
time, and items, which are plain JSON, are copied by the all-purpose `copy.deepcopy`.
"""

# ruff: noqa: ANN401, SLF001 - ministack's inside, which has neither types nor a public way in

from __future__ import annotations

import copy
import functools
import types
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


def spare(dynamodb: Any, keywords: Any) -> None:
    """Speed up ministack's *dynamodb* module, and the *keywords* module that reads its statements."""
    dynamodb._parse_partiql = _read_once(dynamodb._parse_partiql)
    keywords._tokenize = functools.lru_cache(maxsize=1024)(keywords._tokenize)
    quick = types.SimpleNamespace(**vars(copy))
    quick.deepcopy = copied
    dynamodb.copy = quick


def copied(value: Any) -> Any:
    """Copy what JSON has; anything else as ever."""
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return value
    if kind is dict:
        return {name: copied(each) for name, each in value.items()}
    if kind is list:
        return [copied(each) for each in value]
    return copy.deepcopy(value)


def _read_once(parse: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """Hand out a reading of a statement a second time, to whoever asks next for the very same one."""
    last: list[Any] = []

    def parsing(statement: Any, parameters: Any) -> Any:
        if last and last[0] is statement and last[1] is parameters:
            parsed = last[2]
            last.clear()
            return parsed
        parsed = parse(statement, parameters)
        last[:] = (statement, parameters, parsed)
        return parsed

    return parsing
