"""Read many mutated inputs, the same for the same numbers. Used by `make test` and `make prove`."""

from collections.abc import Callable
from itertools import islice

from tests.fuzzing.chance import Chance, Seeded
from tests.fuzzing.readers import Reader
from tests.mutations.judging import Hanging, overheard, watched

ROUND = 1000
"""Inputs before anything printed is looked for."""

ENOUGH = 20
"""Findings after which a reader is left."""


def findings(reader: Reader, *, start: int, count: int) -> list[str]:
    """Return a line for each number whose input was read wrongly."""
    found: list[str] = []
    with watched() as alive:
        for first in range(start, start + count, ROUND):
            with overheard() as printed:
                for number in range(first, min(first + ROUND, start + count)):
                    alive()
                    if fault := fault_in(reader, Seeded(number)):
                        found.append(f"--start {number}: {fault}")
                if printed():
                    found.append(f"--start {first}: something is printed")
            if len(found) >= ENOUGH:
                break
    return list(islice(found, ENOUGH))


def fault_in(reader: Reader, chance: Chance) -> str | None:
    """Make one input, read it, and say what is wrong with the outcome."""
    made = reader.make(chance)
    return fault_with(reader.fault_in, made)


def fault_with(read: Callable[[object], str | None], made: object) -> str | None:
    """Read one input, and say what is wrong with the outcome."""
    try:
        return read(made)
    except Hanging:
        return "it hangs"
    except Exception as error:  # noqa: BLE001 - whatever it is, it should not have been raised
        return f"it raises {type(error).__name__}"
