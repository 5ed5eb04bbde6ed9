"""Break a rule of the model by changing one line of its code. Used by `test_rules`."""

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from operator import attrgetter
from textwrap import dedent
from typing import Any

from support import (
    filter_breaches,
    queue_breaches,
    stream_breaches,
    window_breaches,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """A rule, and the line that it stands in; with `instead` the model breaks the rule.

    `where` names a function as `module:qualified.name` within the package.
    """

    rule: str
    where: str
    line: str
    instead: str

    @property
    def function(self) -> Any:
        """The function in which the line stands."""
        module, _, path = self.where.partition(":")
        return attrgetter(path)(import_module(f"lambda_event_sources.{module}"))


class NotThere(Exception):
    """The line is not in the function, or more than once: the breach is out of date."""


@contextmanager
def broken(breach: Breach) -> Iterator[None]:
    """Break the rule while the context lasts."""
    function = breach.function
    intact = function.__code__
    function.__code__ = _rewritten(breach, function)
    try:
        yield
    finally:
        function.__code__ = intact


def _rewritten(breach: Breach, function: Any) -> Any:
    source = dedent(inspect.getsource(function))
    if source.count(breach.line) != 1:
        raise NotThere(f"{breach.rule}: {breach.line}")
    wrong = compile(source.replace(breach.line, breach.instead), breach.where, "exec")
    made: dict[str, Any] = {}
    exec(wrong, function.__globals__, made)  # noqa: S102 - a line of our own
    return made[function.__name__].__code__


BREACHES = tuple(
    Breach(rule=rule, where=where, line=line, instead=instead)
    for rows in (
        stream_breaches.ROWS,
        queue_breaches.ROWS,
        filter_breaches.ROWS,
        window_breaches.ROWS,
    )
    for rule, where, line, instead in rows
)
