"""What each function's import brings along: its own packages only, and values that are cheap to define."""

from pathlib import Path

import pytest

from benchmarks.cold_start import fill, packages, run

EVERY = {
    *("ordercast", "aws_lambda_powertools", "botocore", "dateutil", "jmespath", "msgspec"),
    *("six", "typing_extensions", "urllib3"),
}
"""What Powertools' Logger, the SDK and settings need."""

NUMBERS = {"phonenumbers"}
WORDS = {"jinja2", "markupsafe"}

FUNCTIONS = {
    "processors.order_relay": NUMBERS,
    "processors.sms_sender": NUMBERS | WORDS,
    "processors.email_sender": NUMBERS | WORDS,
    "processors.receipt_tracker": set[str](),
    "processors.sweeper": NUMBERS | WORDS,
    "processors.sms_log_forwarder": set[str](),
    "processors.sms_attributes": set[str](),
    "processors.status_events": set[str](),
    "analytics.processor": set[str](),
    "analytics.verifier": NUMBERS,
}
"""Beside those, the packages that a function uses."""

DATACLASSES = {"ordercast.sending.outcome.Outcome", "ordercast.templates.words.Words"}
"""Each has a field that equality leaves out, which a struct has not."""

_OWN = """
import importlib, sys
sys.path.insert(0, sys.argv[1])
for name in {functions}:
    importlib.import_module(name)
for module in list(sys.modules.values()):
    if module.__name__.startswith(("ordercast.", "processors.", "analytics.")):
        for each in vars(module).values():
            if isinstance(each, type) and "__dataclass_fields__" in vars(each):
                print(each.__module__ + "." + each.__name__)
"""

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The one of this machine."""
    folder = tmp_path_factory.mktemp("bundle")
    fill(folder)
    return folder


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_imports_only_packages_that_it_uses(bundle: Path, function: str) -> None:
    own = function.partition(".")[0]
    assert EVERY | FUNCTIONS[function] | {own} == set(packages(bundle, function))


def test_values_that_functions_import_are_structs(bundle: Path) -> None:
    """Making a dataclass takes thirty times as long: four million instructions of each cold start."""
    made = run(bundle, _OWN.format(functions=list(FUNCTIONS))).stdout.split()
    assert DATACLASSES == set(made)
