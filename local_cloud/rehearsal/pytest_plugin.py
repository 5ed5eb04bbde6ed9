"""A pytest fixture: `event_source(handler, items, …)` rehearses a handler and reports what happened.

Put `pytest_plugins = ["local_cloud.rehearsal.pytest_plugin"]` into the topmost conftest.py, as tests/ does.
"""

from collections.abc import Callable

import pytest

from local_cloud.rehearsal.event_source import rehearse
from local_cloud.rehearsal.report import Report


@pytest.fixture
def event_source() -> Callable[..., Report]:
    """Lambda's event source: takes what `rehearse` takes."""
    return rehearse
