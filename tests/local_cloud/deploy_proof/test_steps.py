"""The proof ends with what each step took and how it ended, and passes only when all held."""

from io import StringIO

import pytest
from rich.console import Console

from local_cloud.deploy_proof.inventory import only_left
from local_cloud.deploy_proof.steps import Broken, ProofSteps, hold, wait_until


@pytest.fixture
def shown() -> StringIO:
    return StringIO()


@pytest.fixture
def steps(shown: StringIO) -> ProofSteps:
    return ProofSteps(Console(file=shown, width=100), expected=2, title="Deploy proof")


def test_all_steps_have_to_be_reached_and_hold(steps: ProofSteps, shown: StringIO) -> None:
    with steps.step("deploy") as step:
        step.notes.append("in one go")
    assert not steps.passed
    with steps.step("destroy"):
        pass
    assert steps.passed
    steps.tell()
    assert "holds; in one go" in shown.getvalue()
    assert "not reached" not in shown.getvalue()


def test_what_breaks_is_told_and_ends_the_rest(steps: ProofSteps, shown: StringIO) -> None:
    with pytest.raises(Broken, match="two stacks changed"), steps.step("deploy"):
        hold(False, "two stacks changed")
    assert not steps.passed
    steps.tell()
    assert "BROKEN: two stacks changed" in shown.getvalue()
    assert "1 more steps" in shown.getvalue()


def test_nothing_is_waited_for_without_end() -> None:
    with pytest.raises(Broken, match="not within 0 s: an order has gone out"):
        wait_until(lambda: False, within=0.01, why="an order has gone out", every=0.001)


def test_what_stays_is_what_is_named_and_all_of_it() -> None:
    names = {"AWS::DynamoDB::Table Ledger": "ledger-1", "AWS::KMS::Key Key": "key-1"}
    only_left({"dynamodb ledger-1", "kms key-1"}, names)
    with pytest.raises(Broken, match=r"left though not retained: .*queue-1"):
        only_left({"dynamodb ledger-1", "kms key-1", "sqs https://sqs/queue-1"}, names)
    with pytest.raises(Broken, match=r"gone though retained: .*key-1"):
        only_left({"dynamodb ledger-1"}, names)
