"""Say who calls a command on a stage. Used by `ordercast pause`, which records it."""

from getpass import getuser

import boto3

from ordercast.operations.target import LOCAL_STAGE, Target


def caller_on(target: Target) -> str:
    """Return the ARN of the credentials, by STS; on a local cloud the user of this machine."""
    if target.stage == LOCAL_STAGE:
        return getuser()
    return str(boto3.client("sts").get_caller_identity()["Arn"])
