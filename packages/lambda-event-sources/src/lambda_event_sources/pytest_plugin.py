"""A pytest fixture: `event_source(handler, items, …)` rehearses a handler and reports what happened.

Put `pytest_plugins = ["lambda_event_sources.pytest_plugin"]` into the topmost conftest.py, as tests/ does.
"""

from collections.abc import Callable

import pytest

from lambda_event_sources.harness.report import Report
from lambda_event_sources.harness.run import run_handler


@pytest.fixture
def event_source() -> Callable[..., Report]:
    """Lambda's event source: takes what `run_handler` takes."""
    return run_handler
