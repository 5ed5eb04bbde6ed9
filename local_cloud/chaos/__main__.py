"""Run chaos on a local cloud of its own. Started by `make chaos`."""

import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from contextlib import ExitStack

from local_cloud.chaos.report import FULL, print_outcome
from local_cloud.chaos.run import ChaosRun, cloud_with_proxy
from ordercast.cli.output.progress import steps
from ordercast.cli.output.terminal import console

A_SECOND = 10.0
"""Orders that are put in a second, unless told otherwise."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run, print what came of it, and exit with 1 where a promise is broken."""
    parser = ArgumentParser(prog="make chaos")
    parser.add_argument("--seed", type=int, default=1, help="the same seed throws by the same plan")
    parser.add_argument("--orders", type=int, default=FULL)
    parser.add_argument("--seconds", type=float, help="in which they are put")
    chosen = parser.parse_args(arguments)
    run = ChaosRun(
        orders=chosen.orders,
        seed=chosen.seed,
        seconds=chosen.seconds or chosen.orders / A_SECOND,
        console=console,
    )
    with ExitStack() as stack:
        with steps(console) as progress:
            cloud, proxy = stack.enter_context(
                cloud_with_proxy("chaos", chosen.seed, progress=progress)
            )
        outcome = run(cloud, proxy)
    print_outcome(outcome, console)
    sys.exit(bool(outcome.broken))


if __name__ == "__main__":
    main()
