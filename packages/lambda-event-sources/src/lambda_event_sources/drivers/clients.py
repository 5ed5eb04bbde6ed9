"""Make the boto3 clients that the drivers need. Used by `EventSources`."""

from typing import Any, cast

import boto3
from botocore.config import Config

from lambda_event_sources.drivers.functions import INVOKE_READ_TIMEOUT


class Clients:
    """One client a service, each safe to share by threads.

    Reads and invocations are tried once: the drivers have their own backoff, and a client that
    repeats an invocation would deliver a batch twice. Only on-failure records are tried three times.
    """

    def __init__(self, session: boto3.Session, endpoint_url: str | None) -> None:
        self._session = session
        self._endpoint_url = endpoint_url
        self.lambda_ = self._make("lambda", read_timeout=INVOKE_READ_TIMEOUT)
        self.kinesis = self._make("kinesis")
        self.dynamodb_streams = self._make("dynamodbstreams")
        self.sqs = self._make("sqs")
        self.destination_s3 = self._make("s3", attempts=3)
        self.destination_sqs = self._make("sqs", attempts=3)
        self.destination_sns = self._make("sns", attempts=3)

    def _make(self, service: str, *, read_timeout: float = 60, attempts: int = 1) -> Any:  # noqa: ANN401
        config = Config(
            connect_timeout=5,
            read_timeout=read_timeout,
            max_pool_connections=_CONNECTIONS,
            retries={"mode": "standard", "total_max_attempts": attempts},
        )
        return cast("Any", self._session).client(
            service, endpoint_url=self._endpoint_url, config=config
        )


_CONNECTIONS = 64
