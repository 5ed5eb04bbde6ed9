"""Run the drill on a local cloud of its own, and end with a table and a status. Started by `make drill-restore`."""

import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from datetime import timedelta

from rich.console import Console

from local_cloud.cloud import LocalCloud
from local_cloud.deploy_proof.steps import ProofSteps
from local_cloud.drill_restore.run import RestoreDrill
from local_cloud.drill_restore.unproven import tell_unproven

EXPECTED = 18  # steps


def main(arguments: Sequence[str] | None = None) -> None:
    """Run every step, tell what was not shown, and exit with 1 when one breaks; then the logs stay."""
    parser = ArgumentParser(prog="make drill-restore")
    parser.add_argument("--minutes", type=float, default=5.0, help="from the backup to the loss")
    parser.add_argument("--end", action="store_true", help="end what waits, and do not send it")
    chosen = parser.parse_args(arguments)
    console = Console(highlight=False, soft_wrap=True)
    steps = ProofSteps(console, expected=EXPECTED, title="Restore drill")
    cloud = None
    try:
        with steps.step("start a local cloud with TLS and authorisation"):
            cloud = LocalCloud.start("drill", another=True, receipt_delay=0.2, secured=True)
            cloud.adopt_environment()
        between = timedelta(minutes=chosen.minutes)
        RestoreDrill(cloud=cloud, steps=steps, between=between, ends=chosen.end).run()
    except Exception as error:  # noqa: BLE001 - the table has it, too
        console.print(f"{type(error).__name__}: {error}", markup=False)
    finally:
        if cloud:
            cloud.stop(keep_logs=not steps.passed)
    tell_unproven(console)
    steps.tell()
    if cloud and not steps.passed:
        console.print(f"Logs: {cloud.folder / 'logs'}", markup=False)
    sys.exit(not steps.passed)


if __name__ == "__main__":
    main()
