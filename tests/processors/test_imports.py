"""Functions import what they use: each package more is a longer cold start."""

import subprocess
import sys

import pytest

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
