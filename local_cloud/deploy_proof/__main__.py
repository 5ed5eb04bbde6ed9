"""Run the deploy proof on a local cloud of its own, and end with a table and a status. Started as `python -m local_cloud.deploy_proof`."""

import sys

from rich.console import Console

from local_cloud.cloud import LocalCloud
from local_cloud.deploy_proof.run import DeployProof
from local_cloud.deploy_proof.steps import ProofSteps
from local_cloud.deploy_proof.unchecked import tell_unchecked

EXPECTED = 19  # steps


def main() -> None:
    """Run every step, tell what was not checked, and exit with 1 when one breaks; then the logs stay."""
    console = Console(highlight=False, soft_wrap=True)
    steps = ProofSteps(console, expected=EXPECTED)
    cloud = None
    try:
        with steps.step("start a local cloud with TLS and authorisation"):
            cloud = LocalCloud.start("proof", another=True, receipt_delay=0.2, secured=True)
            cloud.adopt_environment()
        DeployProof(cloud=cloud, steps=steps).run()
    except Exception as error:  # noqa: BLE001 - the table has it, too
        console.print(f"{type(error).__name__}: {error}", markup=False)
    finally:
        if cloud:
            cloud.stop(keep_logs=not steps.passed)
    tell_unchecked(console)
    steps.tell()
    if cloud and not steps.passed:
        console.print(f"Logs: {cloud.folder / 'logs'}", markup=False)
    sys.exit(not steps.passed)


if __name__ == "__main__":
    main()
