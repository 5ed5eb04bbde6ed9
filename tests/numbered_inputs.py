"""Parse the command line of a run through numbered inputs. Used by `python -m tests.fuzzing` and `tests.mutations`."""

import argparse
from collections.abc import Iterable


def options(
    arguments: list[str], *, program: str, about: str | None, kinds: Iterable[str], count: int
) -> argparse.Namespace:
    """Return `names`, the kinds of input to read, `start`, the number of the first, and `count`."""
    parser = argparse.ArgumentParser(prog=f"python -m {program}", description=about)
    parser.add_argument("--count", type=int, default=count, help="how many")
    parser.add_argument("--only", choices=[*kinds], help="one kind")
    parser.add_argument("--start", type=int, default=0, help="the number of the first")
    found = parser.parse_args(arguments)
    found.names = [found.only] if found.only else [*kinds]
    return found
