"""Read many damaged aggregates and count the results by class; exit 1 if any was read wrongly. Used by `make prove`."""

import sys
import time

from tests.address_secret import use_test_secret
from tests.mutations.damage import CLASSES
from tests.mutations.mutating import Tally, mutate
from tests.numbered_inputs import options


def main(arguments: list[str]) -> int:
    """Do what the command line says."""
    use_test_secret()
    wanted = options(
        arguments, program="tests.mutations", about=__doc__, kinds=CLASSES, count=60_000
    )
    started = time.monotonic()
    tally = mutate(wanted.names, start=wanted.start, count=wanted.count)
    print(summary(tally), f"{time.monotonic() - started:.0f} s", sep=", ")
    return int(bool(tally.findings))


def summary(tally: Tally) -> str:
    """Say what was found, and how many of each class were read."""
    counts = ", ".join(f"{count} {name}" for name, count in tally.counts.items())
    total = sum(tally.counts.values())
    summary = f"{total} damaged aggregates ({counts}): {len(tally.findings)} read wrongly"
    return "\n".join([*tally.findings[:20], summary])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
