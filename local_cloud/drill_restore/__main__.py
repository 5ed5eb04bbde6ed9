"""Run the restore drill. Started by `make drill-restore`."""

from argparse import ArgumentParser
from collections.abc import Sequence
from datetime import timedelta

from local_cloud.deploy_proof.attempt import attempt
from local_cloud.drill_restore.run import RestoreDrill
from local_cloud.drill_restore.unproven import UNPROVEN

EXPECTED = 18  # steps


def main(arguments: Sequence[str] | None = None) -> None:
    """Run every step, tell what was not shown, and exit with 1 when one breaks."""
    parser = ArgumentParser(prog="make drill-restore")
    parser.add_argument("--minutes", type=float, default=5.0, help="from the backup to the loss")
    parser.add_argument("--end", action="store_true", help="end what waits, and do not send it")
    chosen = parser.parse_args(arguments)
    between = timedelta(minutes=chosen.minutes)
    attempt(
        "drill",
        lambda cloud, steps: RestoreDrill(
            cloud=cloud, steps=steps, between=between, ends=chosen.end
        ).run(),
        title="Restore drill",
        expected=EXPECTED,
        not_shown=("Not shown here, since the emulator cannot:", *UNPROVEN),
    )


if __name__ == "__main__":
    main()
