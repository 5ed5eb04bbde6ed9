"""A failure of any kind in; everything that was started stopped, and the part of the cloud that ended named, out."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError

from local_cloud.cloud import LocalCloud
from ordercast.errors import PipelineError
from ordercast.producer import NotTaken

NOTICED = 3.0
"""Seconds in which the supervisor of a local cloud has certainly seen that a part of it ended."""


@contextmanager
def stopped_on_failure(cloud: LocalCloud, but: LocalCloud | None = None) -> Iterator[None]:
    """Leave no process behind, whatever goes wrong, *but* those that were there before us."""
    try:
        yield
    except BaseException as error:
        # What a client met matters less than why: which part of the cloud has ended.
        # Asked before the cloud is stopped, for its record goes with it.
        trouble = cloud.failure(within=NOTICED) if isinstance(error, _MET_BY_CLIENTS) else None
        if but is None:
            cloud.stop(keep_logs=True)
        if trouble:
            raise trouble from error
        raise


@contextmanager
def part_named() -> Iterator[None]:
    """Tell of the part that has ended, not of what a client met, in a process that talks to a local cloud."""
    try:
        yield
    except _MET_BY_CLIENTS as error:
        endpoint = os.environ.get("AWS_ENDPOINT_URL")
        if not endpoint:
            raise
        clouds = [each for each in LocalCloud.running() if each.endpoint == endpoint]
        clouds = clouds or [each for each in LocalCloud.ended() if each.endpoint == endpoint]
        if clouds and (trouble := clouds[0].failure(within=NOTICED)):
            raise trouble from error
        raise


_MET_BY_CLIENTS = (NotTaken, PipelineError, BotoCoreError, ClientError, OSError)
