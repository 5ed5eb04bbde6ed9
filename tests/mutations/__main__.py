"""So many damaged aggregates in, a count of each class and what was wrong out; 1 if anything was."""

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
    asked = parser.parse_args(arguments)
    names = [asked.only] if asked.only else list(CLASSES)
    started = time.monotonic()
    tally = mutate(names, start=asked.start, count=asked.count)
    print(told(tally), f"{time.monotonic() - started:.0f} s", sep=", ")
    return int(bool(tally.findings))


def told(tally: Tally) -> str:
    """Say what was found, and how many of each class were read."""
    counts = ", ".join(f"{count} {name}" for name, count in tally.counts.items())
    total = sum(tally.counts.values())
    summary = f"{total} damaged aggregates ({counts}): {len(tally.findings)} read wrongly"
    return "\n".join([*tally.findings[:20], summary])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
