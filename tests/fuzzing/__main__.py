"""Read many mutated inputs with each reader; exit 1 if any was read wrongly. Used by `make prove`."""

import argparse
import sys
import time

from tests.fuzzing.mutated import findings
from tests.fuzzing.readers import READERS


def main(arguments: list[str]) -> int:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzzing", description=__doc__)
    parser.add_argument("--count", type=int, default=20_000, help="of each reader")
    parser.add_argument("--only", choices=READERS, help="one reader")
    parser.add_argument("--start", type=int, default=0, help="the number of the first")
    options = parser.parse_args(arguments)
    wrong = 0
    for name in [options.only] if options.only else READERS:
        started = time.monotonic()
        found = findings(READERS[name], start=options.start, count=options.count)
        for each in found:
            print(f"--only {name} {each}")
        wrong += len(found)
        seconds = time.monotonic() - started
        print(f"{name}: {options.count} inputs, {len(found)} read wrongly, {seconds:.0f} s")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
