"""A deployment without a change has nothing to do."""

from local_cloud.cloud import LocalCloud


def test_a_second_deployment_changes_nothing(cloud: LocalCloud) -> None:
    """By what the CDK says of each stack, with the change sets of the emulator's CloudFormation."""
    log = cloud.folder / "logs" / "cdk-deploy.log"
    first = log.read_text()

    cloud.deploy()

    second = log.read_text().removeprefix(first)
    assert 6 == first.count("✅")  # four stacks, and two in the second Region
    assert 6 == second.count("(no changes)")
