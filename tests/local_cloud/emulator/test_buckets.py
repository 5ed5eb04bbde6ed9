"""CloudFormation on the emulator deletes empty buckets only: no parked record is lost with its stack."""

from types import SimpleNamespace

import pytest

from local_cloud.emulator.buckets import keep_full_buckets


def test_a_bucket_is_deleted_when_it_is_empty_and_not_before() -> None:
    buckets = {"full": {"objects": {"parked/x": {}}}, "empty": {"objects": {}}}
    handlers = {"AWS::S3::Bucket": {"delete": lambda name, _properties: buckets.pop(name)}}
    keep_full_buckets(SimpleNamespace(_RESOURCE_HANDLERS=handlers), buckets)
    delete = handlers["AWS::S3::Bucket"]["delete"]

    delete("empty", {})
    with pytest.raises(ValueError, match="BucketNotEmpty"):
        delete("full", {})
    assert {"full"} == buckets.keys()
