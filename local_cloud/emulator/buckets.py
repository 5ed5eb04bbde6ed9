"""Let ministack's CloudFormation refuse to delete a bucket that holds something, as AWS does. Used by `serve`."""

# ruff: noqa: ANN401 - ministack's internals have no types

from __future__ import annotations

from typing import Any


def keep_full_buckets(provisioners: Any, buckets: Any) -> None:
    """Let ministack's CloudFormation *provisioners* delete one of S3's *buckets* only while it is empty."""
    handler = provisioners._RESOURCE_HANDLERS["AWS::S3::Bucket"]  # noqa: SLF001
    delete = handler["delete"]

    def deleting(name: str, *rest: Any) -> None:
        if (buckets.get(name) or {}).get("objects"):
            message = f"BucketNotEmpty: The bucket you tried to delete is not empty: {name}"
            raise ValueError(message)
        delete(name, *rest)

    handler["delete"] = deleting
