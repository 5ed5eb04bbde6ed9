"""What would have gone wrong in a real AWS account, by subject, each with the test that keeps it mended."""

import ast
import tomllib

import pytest

from tests.pipeline.synthesis import ROOT

MENDED: dict[str, dict[str, str]] = tomllib.loads(
    (ROOT / "tests" / "pipeline" / "real_account.toml").read_text()
)
FAULTS = {fault: test for faults in MENDED.values() for fault, test in faults.items()}

SUBJECTS = [
    "identity",
    "first deployment",
    "backlog",
    "rate",
    "ceiling",
    "carriers' fees",
    "spend limit",
    "unverified domain",
    "sandbox",
    "holds",
    "verifier's errors",
    "reading the stream",
    "alarms",
    "readiness",
    "feedback",
    "closed countries",
    "roles",
    "concurrency",
    "new tables",
    "ledger changes",
    "retention",
    "bundle",
    "versions",
    "idle connections",
    "references",
    "key of mail events",
    "counted shards",
    "conditions on maps",
    "parked objects",
    "metrics",
    "names",
]
"""What a review for a real account was about, and what was found since."""


def test_no_subject_and_no_fault_is_left_out() -> None:
    assert SUBJECTS == list(MENDED)
    assert all(MENDED.values())
    assert (31, 65) == (len(MENDED), len(FAULTS))


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_has_a_test_that_exists(fault: str) -> None:
    file, _, name = FAULTS[fault].partition("::")
    path = ROOT / file if file.startswith("tests/") else ROOT / "tests" / "pipeline" / file
    tree = ast.parse(path.read_text())
    tests = {each.name for each in ast.walk(tree) if isinstance(each, ast.FunctionDef)}
    assert name in tests
