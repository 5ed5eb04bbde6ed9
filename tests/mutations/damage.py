"""Damage one thing in an aggregate, the same for the same number. Used by the mutation tests."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from tests.aggregates import varint
from tests.mutations.specimens import Span, Specimen


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """A message of which the bytes of *touched* were replaced, perhaps by more or fewer."""

    message: bytes
    touched: Span
    spliced: bool = False


Class = Callable[[Specimen, Random], Damage]


def bit_flip(specimen: Specimen, chance: Random) -> Damage:
    """One bit is another."""
    at = chance.randrange(len(specimen.message))
    flipped = specimen.message[at] ^ 1 << chance.randrange(8)
    return _replaced(specimen, (at, at + 1), bytes([flipped]))


def truncation(specimen: Specimen, chance: Random) -> Damage:
    """The end is missing."""
    at = chance.randrange(len(specimen.message))
    return _replaced(specimen, (at, len(specimen.message)), b"")


def varint_overflow(specimen: Specimen, chance: Random) -> Damage:
    """A number does not end, has more bits than 64, or more bytes than it needs."""
    span = chance.choice(specimen.lengths + specimen.indexes + specimen.tags)
    kept = specimen.message[slice(*span)]
    padded = bytes([*(each | 0x80 for each in kept), *[0x80] * chance.randrange(9), 0x00])
    endless = b"\xff" * chance.randrange(9, 14)
    return _replaced(specimen, span, chance.choice([padded, endless, endless + b"\x7f"]))


def index(specimen: Specimen, chance: Random) -> Damage:
    """A sub-record names another key, or one that is not there."""
    return _renumbered(specimen, chance.choice(specimen.indexes), chance)


def length(specimen: Specimen, chance: Random) -> Damage:
    """A length is another."""
    return _renumbered(specimen, chance.choice(specimen.lengths), chance)


def splice(specimen: Specimen, chance: Random) -> Damage:
    """A piece of the message stands where another should, or a second time."""
    size = len(specimen.message)
    start, end = sorted(chance.randrange(size + 1) for _ in range(2))
    at = chance.randrange(size + 1)
    until = chance.choice([at, min(size, at + end - start), chance.randrange(at, size + 1)])
    return _replaced(specimen, (at, until), specimen.message[start:end], spliced=True)


CLASSES: dict[str, Class] = {
    "bit flip": bit_flip,
    "truncation": truncation,
    "varint overflow": varint_overflow,
    "index": index,
    "length": length,
    "splice": splice,
}


def _renumbered(specimen: Specimen, span: Span, chance: Random) -> Damage:
    others = [chance.randrange(4), chance.randrange(300), chance.randrange(1 << 40), (1 << 64) - 1]
    return _replaced(specimen, span, varint(chance.choice(others)))


def _replaced(specimen: Specimen, span: Span, instead: bytes, *, spliced: bool = False) -> Damage:
    start, end = span
    return Damage(
        message=specimen.message[:start] + instead + specimen.message[end:],
        touched=span,
        spliced=spliced,
    )
