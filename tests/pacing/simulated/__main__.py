"""Simulate senders against the limits of providers, and print the table of `make bench`.

The real workflows run on fakes and a simulated clock: it says nothing of AWS's own behaviour.
"""

import argparse

from rich.console import Console
from rich.table import Table

from tests.pacing.simulated.scenario import Played, play
from tests.pacing.simulated.scenarios import scenarios

COLUMNS = (
    "simulated scenario",
    "messages",
    "sent",
    "parked",
    "twice",
    "rate used, %",
    "throttled, % of calls",
    "calls into the outage",
    "receives a message",
    "longest wait of high priority, s",
    "longest queue, min of the rate",
    "took, min",
)


def main() -> None:
    """Play each scenario and print its row."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--share", type=float, default=0.1, help="of each scenario's length, 0.1 by default"
    )
    console = Console(width=200)
    table = Table(*COLUMNS, title="Pacing, simulated: real workflows, fakes, a simulated clock")
    for scenario in scenarios(parser.parse_args().share):
        with console.status(scenario.name):
            table.add_row(scenario.name, *cells(play(scenario)))
    console.print(table)


def cells(played: Played) -> list[str]:
    """Return the columns of one scenario."""
    return [
        f"{played.messages:,}",
        f"{played.sent:,}",
        str(played.parked),
        str(played.twice),
        f"{100 * played.used:.1f}",
        f"{100 * played.throttled:.2f}",
        str(played.outage_calls),
        f"{played.receives:.2f}",
        f"{played.high_waits.total_seconds():.1f}",
        f"{played.ahead.total_seconds() / 60:.1f}" if played.ahead else "",
        f"{played.took.total_seconds() / 60:.0f}",
    ]


if __name__ == "__main__":
    main()
