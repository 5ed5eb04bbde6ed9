"""Make choices from a number, or from bytes that a fuzzer varies. Used by the generators of inputs."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Protocol, TypeVar

T = TypeVar("T")


class Chance(Protocol):
    """A source of choices: the same source makes the same choices."""

    def below(self, limit: int) -> int:
        """Return a number from 0 to *limit* - 1."""
        ...


@dataclass(slots=True)
class Seeded:
    """Choices that follow from a number."""

    number: int
    random: Random = field(init=False)

    def __post_init__(self) -> None:
        self.random = Random(self.number)  # noqa: S311 - to find the same input again

    def below(self, limit: int) -> int:
        """Return a number from 0 to *limit* - 1."""
        return int(self.random.random() * limit)


@dataclass(slots=True)
class Tape:
    """Choices read from bytes, two each: a change of the bytes is a change of one choice."""

    content: bytes
    at: int = 0

    def below(self, limit: int) -> int:
        """Return a number from 0 to *limit* - 1; 0 at the end."""
        read = int.from_bytes(self.content[self.at : self.at + 2])
        self.at += 2
        return read % limit


def one_of(chance: Chance, things: Sequence[T]) -> T:
    """Choose one of *things*."""
    return things[chance.below(len(things))]


def one_in(chance: Chance, number: int) -> bool:
    """Say yes once in so many times; at the end of a tape no."""
    return chance.below(number) == number - 1
