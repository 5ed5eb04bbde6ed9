"""Translate the errors of AWS clients into retryable ones. Used by the gateways of queues, streams and buckets."""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError

from ordercast.errors import Retryable


@contextmanager
def raised_as(kind: type[Retryable], what: str) -> Iterator[None]:
    """Raise a client's error as *kind*, by its type and *what* it was about: its text may quote values."""
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        message = f"{type(error).__name__} on {what}"
        raise kind(message) from error
