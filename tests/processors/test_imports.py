"""Functions import what they use: each package more is a longer cold start."""

import subprocess
import sys

import pytest

from ordercast.notifications.providers import PROVIDERS

NEVER = {"boto3", "multiprocessing", "s3transfer"}
"""What no function needs: botocore makes the clients."""

RENDERING = {"babel", "jinja2", "markupsafe"}
NUMBERS = {"phonenumbers"}

UNUSED = {
    "processors.order_relay": NEVER | RENDERING,
    "processors.receipt_tracker": NEVER | RENDERING | NUMBERS,
    "processors.sms_sender": NEVER | {"babel"},
    "processors.email_sender": NEVER | {"babel"},
    "processors.sweeper": NEVER | {"babel"},
    "processors.sms_log_forwarder": NEVER | RENDERING | NUMBERS,
    "processors.sms_attributes": NEVER | RENDERING | NUMBERS,
    "processors.status_events": NEVER | RENDERING | NUMBERS,
    "analytics.processor": NEVER | RENDERING | NUMBERS,
    "analytics.verifier": NEVER | RENDERING,
}


@pytest.mark.parametrize("function", UNUSED)
def test_a_function_imports_no_package_that_it_does_not_use(function: str) -> None:
    said = "import sys, {}; print(*{{name.partition('.')[0] for name in sys.modules}})"
    loaded = subprocess.run(
        [sys.executable, "-c", said.format(function)], capture_output=True, text=True, check=True
    ).stdout.split()
    assert set() == UNUSED[function] & set(loaded)


def test_a_provider_is_loaded_when_a_route_takes_it_and_not_before() -> None:
    """Each brings a client of the SDK, whose description takes longer to read than all our code."""
    said = "import sys, processors.sms_sender; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", said], capture_output=True, text=True, check=True
    ).stdout.split()
    assert "ordercast.notifications.providers" in loaded
    assert set() == {traits.module for traits in PROVIDERS.values()} & set(loaded)
