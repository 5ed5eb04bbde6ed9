"""Find the bucket of parked items that is removed with its stage, and empty it. Used by `ordercast parked empty`.

What is deployed decides, not the stage's file: a setting that was changed and not deployed does not count.
"""

from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import ClientError

from ordercast.gateways import clients
from ordercast.usage_error import UsageError

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_s3.type_defs import ObjectIdentifierTypeDef

A_CALL = 1000
"""So many objects S3 deletes at a time."""


def removed_bucket(stage: str) -> str | None:
    """Return the bucket that goes with the stage's data stack; None where it stays, or is gone.

    Raises `UsageError` while functions of the stage may still write to it.
    """
    client = boto3.client("cloudformation")
    data, pipeline = f"Ordercast-{stage}-Data", f"Ordercast-{stage}-Pipeline"
    if not _is_there(client, data):
        return None
    template: Any = client.get_template(StackName=data)["TemplateBody"]
    for name, made in template["Resources"].items():
        if made["Type"] == "AWS::S3::Bucket" and made.get("DeletionPolicy", "Delete") == "Delete":
            found = client.describe_stack_resource(StackName=data, LogicalResourceId=name)
            detail = found["StackResourceDetail"]
            if detail["ResourceStatus"] == "DELETE_COMPLETE":
                continue
            if _is_there(client, pipeline):
                again = f"make destroy STAGE={stage}"
                raise UsageError(f"{pipeline} is there, and may park more", hint=again)
            return detail["PhysicalResourceId"]
    return None


def kept_objects(bucket: str) -> list[str]:
    """Return the keys of everything in the *bucket*."""
    pages = clients.s3().get_paginator("list_objects_v2").paginate(Bucket=bucket)
    return [each["Key"] for page in pages for each in page.get("Contents", [])]


def delete(bucket: str, keys: list[str]) -> None:
    """Delete the objects of the *bucket* with these *keys*. Raises `UsageError` where some stay."""
    client = clients.s3()
    for begin in range(0, len(keys), A_CALL):
        some: list[ObjectIdentifierTypeDef] = [
            {"Key": each} for each in keys[begin : begin + A_CALL]
        ]
        answer = client.delete_objects(Bucket=bucket, Delete={"Objects": some, "Quiet": True})
        if refused := answer.get("Errors"):
            raise UsageError(f"{len(refused)} were not deleted: {refused[0].get('Message')}")


def _is_there(client: "CloudFormationClient", stack: str) -> bool:
    try:
        (found,) = client.describe_stacks(StackName=stack)["Stacks"]
    except ClientError as error:
        if error.response["Error"]["Code"] == "ValidationError":  # "… does not exist"
            return False
        raise
    return found["StackStatus"] != "DELETE_COMPLETE"
