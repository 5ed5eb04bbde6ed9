"""Read many damaged aggregates and count the results by class; exit 1 if any was read wrongly. Used by `make prove`."""

import argparse
import sys
import time

from tests.mutations.damage import CLASSES
from tests.mutations.mutating import Tally, mutate


def main(arguments: list[str]) -> int:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutations", description=__doc__)
    parser.add_argument("--count", type=int, default=60_000, help="of all classes together")
    parser.add_argument("--only", choices=CLASSES, help="one class")
    parser.add_argument("--start", type=int, default=0, help="the number of the first")
    options = parser.parse_args(arguments)
    names = [options.only] if options.only else list(CLASSES)
    started = time.monotonic()
    tally = mutate(names, start=options.start, count=options.count)
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
