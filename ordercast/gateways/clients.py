"""Make every AWS client, with its retries and time-outs. Used by the wiring; nothing else makes clients.

Of botocore itself: boto3 on top would only make a cold start longer.
"""

from functools import cache
from typing import TYPE_CHECKING, Any, cast

from botocore.config import Config
from botocore.session import Session

from ordercast.gateways.idle_connections import Now, close_idle_connections

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_kinesis import KinesisClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sqs import SQSClient

WORKERS = 16  # more calls in flight than this buy nothing on one vCPU

PROVIDER_WORKERS = 25  # as many messages as are claimed at once

_OURS = Config(
    connect_timeout=2,
    read_timeout=5,
    max_pool_connections=WORKERS,
    retries={"mode": "standard", "total_max_attempts": 3},
)

# Our own code writes these requests field by field; the SDK's validation of a batch's thousands of
# values would find nothing and is a fifth of what a batch costs.
_UNCHECKED = _OURS.merge(Config(parameter_validation=False))

# A provider has no idempotency token: the SDK's own retry after a lost answer would send twice.
_PROVIDERS = Config(
    connect_timeout=2,
    read_timeout=10,
    max_pool_connections=PROVIDER_WORKERS,
    retries={"mode": "standard", "total_max_attempts": 1},
)

# Who asks has other things to do: a provider that hangs is asked again in a minute.
_PROBES = _PROVIDERS.merge(Config(read_timeout=5))


def dynamodb() -> "DynamoDBClient":
    """Return a client for our tables."""
    return cast("DynamoDBClient", _client("dynamodb", _UNCHECKED))


def kinesis() -> "KinesisClient":
    """Return a client for reading our stream again."""
    return cast("KinesisClient", _client("kinesis", _OURS))


def cloudwatch() -> "CloudWatchClient":
    """Return a client for metrics."""
    return cast("CloudWatchClient", _client("cloudwatch", _OURS))


def s3() -> "S3Client":
    """Return a client for our buckets."""
    return cast("S3Client", _client("s3", _OURS))


def sqs() -> "SQSClient":
    """Return a client for our queues."""
    return cast("SQSClient", _client("sqs", _OURS))


def secrets() -> Any:  # noqa: ANN401 - a client without stubs
    """Return a client for the stage's secret."""
    return _client("secretsmanager", _OURS)


def sns_topics() -> "SNSClient":
    """Return a client for our topics, whose messages may be published twice."""
    return cast("SNSClient", _client("sns", _UNCHECKED))


def ses_account(*, region: str | None = None) -> "SESV2Client":
    """Return a client for asking once what SES allows the account in *region*."""
    return cast("SESV2Client", _client("sesv2", _PROBES, region=region))


def sms_provider(*, now: Now, region: str | None = None) -> "SNSClient":
    """Return a client of *region* that makes one attempt a text message, on a connection that has not idled."""
    client = cast("SNSClient", _client("sns", _PROVIDERS, region=region))
    close_idle_connections(client, now=now)
    return client


def email_provider(*, now: Now, region: str | None = None) -> "SESV2Client":
    """Return a client of *region* that makes one attempt an e-mail, on a connection that has not idled."""
    client = cast("SESV2Client", _client("sesv2", _PROVIDERS, region=region))
    close_idle_connections(client, now=now)
    return client


def text_provider(*, now: Now, region: str | None = None) -> Any:  # noqa: ANN401 - a client without stubs
    """Return a client of End User Messaging that makes one attempt a text, on a connection that has not idled."""
    client = _client("pinpoint-sms-voice-v2", _PROVIDERS, region=region)
    close_idle_connections(client, now=now)
    return client


def provider_probe(service: str, *, region: str) -> Any:  # noqa: ANN401 - one of three services
    """Return a client that asks a provider in *region* once whether it answers."""
    return _client(service, _PROBES, region=region)


def account_facts(service: str, *, endpoint: str | None = None, region: str | None = None) -> Any:  # noqa: ANN401 - one of nine services
    """Return a client of *service* for asking about the account; *endpoint* is a local cloud's."""
    return _client(service, _OURS, endpoint=endpoint, region=region)


def _client(
    service: str, config: Config, *, endpoint: str | None = None, region: str | None = None
) -> object:
    """Make a client of *region*; None is the Region that the environment names."""
    return session().create_client(
        service, config=config, endpoint_url=endpoint, region_name=region
    )


@cache
def session() -> Session:
    """Return the one session, which has read the SDK's own files once for all clients."""
    return Session()
