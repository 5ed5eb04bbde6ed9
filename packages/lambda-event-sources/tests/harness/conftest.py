"""A handler of a stream that records the data it received and succeeds."""

from base64 import b64decode
from typing import Any

import pytest


class Handler:
    """Notes the data that it was delivered, batch by batch, and is content."""

    def __init__(self) -> None:
        self.delivered: list[list[str]] = []

    def __call__(self, event: dict[str, Any], _: Any) -> dict[str, Any]:
        self.delivered.append(
            [b64decode(record["kinesis"]["data"]).decode() for record in event["Records"]]
        )
        return {"batchItemFailures": []}


@pytest.fixture
def handler() -> Handler:
    return Handler()
