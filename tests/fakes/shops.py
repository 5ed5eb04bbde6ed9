"""The names of a stage's shops, in memory."""

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(slots=True)
class FakeShops:
    """`writes` counts how often they were written."""

    names: frozenset[str] = frozenset()
    writes: int = 0

    def read(self) -> frozenset[str]:
        return self.names

    def write(self, names: Collection[str]) -> None:
        self.names = frozenset(names)
        self.writes += 1
