"""Make ministack's DynamoDB faster. Used by `serve`.

ministack answers all calls on one thread, and a third of its time went into four things: it parses
each statement of a batch twice, it splits the same texts into tokens again each time, it checks the
grammar of a query's condition for each item, and it copies items, which are plain JSON, with the
general `copy.deepcopy`.
"""

# ruff: noqa: ANN401, SLF001 - ministack's internals have neither types nor a public interface

from __future__ import annotations

import copy
import functools
import types
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


def speed_up(dynamodb: Any, keywords: Any) -> None:
    """Speed up ministack's *dynamodb* module, and the *keywords* module that reads its statements."""
    dynamodb._parse_partiql = _parse_once(dynamodb._parse_partiql)
    check = dynamodb._condition_syntax_error
    dynamodb._condition_syntax_error = functools.lru_cache(maxsize=1024)(check)
    keywords._tokenize = functools.lru_cache(maxsize=1024)(keywords._tokenize)
    quick = types.SimpleNamespace(**vars(copy))
    quick.deepcopy = copied
    dynamodb.copy = quick


def copied(value: Any) -> Any:
    """Copy JSON values; others with `copy.deepcopy`."""
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return value
    if kind is dict:
        return {name: copied(each) for name, each in value.items()}
    if kind is list:
        return [copied(each) for each in value]
    return copy.deepcopy(value)


def _parse_once(parse: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """Return the parsed statement a second time, when the next call is for the very same one."""
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
