"""Read many mutated inputs with each reader; exit 1 if any was read wrongly. Used by `make prove`."""

import sys
import time

from tests.address_secret import use_test_secret
from tests.fuzzing.mutated import findings
from tests.fuzzing.readers import READERS
from tests.numbered_inputs import options


def main(arguments: list[str]) -> int:
    """Do what the command line says."""
    use_test_secret()
    wanted = options(arguments, program="tests.fuzzing", about=__doc__, kinds=READERS, count=20_000)
    wrong = 0
    for name in wanted.names:
        started = time.monotonic()
        count = max(1, int(wanted.count * READERS[name].share))
        found = findings(READERS[name], start=wanted.start, count=count)
        for each in found:
            print(f"--only {name} {each}")
        wrong += len(found)
        seconds = time.monotonic() - started
        print(f"{name}: {count} inputs, {len(found)} read wrongly, {seconds:.0f} s")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
