"""Provide the pytest fixture `event_source`. Loaded by pytest itself wherever the package is installed."""

from collections.abc import Callable

import pytest

from lambda_event_sources.harness.report import Report
from lambda_event_sources.harness.run import run_handler


@pytest.fixture
def event_source() -> Callable[..., Report]:
    """Run a handler on an event source: `event_source(handler, items, …)`, see `run_handler`."""
    return run_handler
