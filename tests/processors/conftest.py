"""Fixtures: the log and the visibility timeouts that a handler wrote."""

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from aws_lambda_powertools import Logger


@pytest.fixture
def log_stream() -> StringIO:
    return StringIO()


@pytest.fixture
def log(log_stream: StringIO, request: pytest.FixtureRequest) -> Logger:
    # Loggers of one service share the first one's stream: each test is a service of its own.
    return Logger(service=request.node.nodeid, stream=log_stream)


@pytest.fixture
def logged(log_stream: StringIO) -> Callable[[], list[dict[str, Any]]]:
    return lambda: [json.loads(line) for line in log_stream.getvalue().splitlines()]


class Delays:
    """When messages are to come back to a queue, by receipt handle."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, Mapping[str, timedelta]]] = []

    def __call__(self, queue: str, waits: Mapping[str, timedelta]) -> None:
        self.calls.append((queue, waits))


@pytest.fixture
def delays() -> Delays:
    return Delays()


@pytest.fixture
def log_lines(logged: Callable[[], list[dict[str, Any]]]) -> Callable[[], list[tuple[str, Any]]]:
    """Each line as its slug and every field that we gave it, so that none goes unnoticed."""
    loggers_own = {"level", "location", "message", "service", "timestamp"}
    return lambda: [
        (line["message"], {name: line[name] for name in line.keys() - loggers_own})
        for line in logged()
    ]
