"""Make boto3 clients that can reach a local cloud and nothing else. Used by its services and by tests."""

from typing import Any, cast

import boto3
from botocore.config import Config

from local_cloud.environment import CREDENTIALS, REGION


def client_of(service: str, *, endpoint: str, region: str = REGION) -> Any:  # noqa: ANN401 - stubs are chosen by literals
    """Make a client with the local cloud's credentials and explicit endpoint; safe to share by threads."""
    return cast("Any", boto3).client(
        service,
        endpoint_url=endpoint,
        region_name=region,
        aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
        config=Config(
            connect_timeout=5,
            max_pool_connections=32,
            retries={"mode": "standard", "total_max_attempts": 1},
        ),
    )
