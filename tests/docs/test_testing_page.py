"""docs/testing.md names every test that is sampled or left out, and what the deploy proof does not check."""

import re
from pathlib import Path

from local_cloud.deploy_proof.unchecked import UNCHECKED
from tests.pages import ROOT
from tests.sampling import SLOW

HERE = Path(__file__).name
PAGE = (ROOT / "docs/testing.md").read_text()


def test_every_sampled_test_is_listed() -> None:
    sampled = {
        path.name
        for path in (ROOT / "tests").rglob("test_*.py")
        if "from tests.sampling import SAMPLED" in path.read_text() and path.name != HERE
    }
    listed = PAGE.partition("## What `make test` takes")[2].partition("\n## ")[0]

    assert sampled
    assert sampled == set(re.findall(r"^\| `(test_\w+\.py)`", listed, re.MULTILINE))


def test_everything_that_the_fast_tests_leave_out_is_listed_and_there() -> None:
    listed = PAGE.partition("## What `make test-fast` leaves out")[2].partition("\n## ")[0]

    for name in SLOW:
        assert f"`{name}`" in listed
        assert list((ROOT / "tests").rglob(name)), name


def test_what_the_deploy_proof_does_not_check_is_listed_as_it_prints_it() -> None:
    section = PAGE.partition("## The deploy proof")[2].partition("\n## ")[0]

    assert list(UNCHECKED) == re.findall(r"^- (.+)$", section, re.MULTILINE)
