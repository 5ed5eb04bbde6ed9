"""Stop what was started when a command fails, and name the part of the local cloud that ended. Used by local commands."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError

from local_cloud.cloud import LocalCloud
from ordercast.errors import PipelineError
from ordercast.producer import NotTaken

NOTICED = 3.0
"""Seconds within which the supervisor notices that a part of the local cloud has ended."""


@contextmanager
def stopped_on_failure(cloud: LocalCloud, before: LocalCloud | None = None) -> Iterator[None]:
    """On any failure stop the cloud; not if it ran *before* the command."""
    try:
        yield
    except BaseException as error:
        # The part of the cloud that has ended explains a client's error. It is read before the cloud
        # is stopped, which removes the record of it.
        failure = cloud.failure(within=NOTICED) if isinstance(error, _CLIENT_ERRORS) else None
        if before is None:
            cloud.stop(keep_logs=True)
        if failure:
            raise failure from error
        raise


@contextmanager
def part_named() -> Iterator[None]:
    """Raise the failure of the part that has ended instead of the client's error."""
    try:
        yield
    except _CLIENT_ERRORS as error:
        endpoint = os.environ.get("AWS_ENDPOINT_URL")
        if not endpoint:
            raise
        for cloud in (*LocalCloud.running(), *LocalCloud.ended()):
            if cloud.endpoint == endpoint and (failure := cloud.failure(within=NOTICED)):
                raise failure from error
        raise


_CLIENT_ERRORS = (NotTaken, PipelineError, BotoCoreError, ClientError, OSError)
