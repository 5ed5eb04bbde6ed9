"""Run the deploy proof. Started by `make deploy-proof`."""

from local_cloud.deploy_proof.attempt import attempt
from local_cloud.deploy_proof.run import DeployProof
from local_cloud.deploy_proof.unchecked import UNCHECKED

EXPECTED = 19  # steps


def main() -> None:
    """Run every step, tell what was not checked, and exit with 1 when one breaks."""
    attempt(
        "proof",
        lambda cloud, steps: DeployProof(cloud=cloud, steps=steps).run(),
        title="Deploy proof",
        expected=EXPECTED,
        not_shown=(
            "Not checked here, since the emulator does not; look at it on a first account:",
            *UNCHECKED,
        ),
    )


if __name__ == "__main__":
    main()
