"""Play a long day of a number of events and a seed, and exit 1 if it does not add up. Used by `make prove`."""

import argparse
import sys

from tests.address_secret import use_test_secret
from tests.long_day.day import Day


def main(arguments: list[str]) -> int:
    """Live through the day that the command line asks for; 1 where something does not add up."""
    parser = argparse.ArgumentParser(prog="python -m tests.long_day", description=__doc__)
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    use_test_secret()
    asked = parser.parse_args(arguments)
    day = Day(seed=asked.seed, events=asked.events)
    day.live()
    print(f"{asked.events} events, seed {asked.seed}: {day.summary()}")
    print("\n".join(day.wrongs()) or "Everything adds up.")
    print(f"What happened, as a number: {day.digest()}")
    return int(bool(day.wrongs()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
