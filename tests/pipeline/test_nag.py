"""What cdk-nag (AWS Solutions and Serverless) finds in prod is mended, or acknowledged with a reason."""

import re
from collections import Counter

import pytest

from tests.pipeline.acknowledged import ACKNOWLEDGED, OPTIONAL, SECOND_REGION
from tests.pipeline.synthesis import Synthesis

Finding = tuple[str, str]

KNOWN: Counter[Finding] = Counter(finding for each in ACKNOWLEDGED for finding in each.findings)


@pytest.mark.synth
def test_no_finding_is_unacknowledged(syntheses: dict[str, Synthesis]) -> None:
    """Mend it; or say in acknowledged.py why it is right."""
    assert [] == sorted(found(syntheses["prod"]) - KNOWN.keys())


@pytest.mark.synth
def test_no_acknowledgement_is_of_nothing(syntheses: dict[str, Synthesis]) -> None:
    """What was mended since would be acknowledged when it comes back."""
    assert [] == sorted(KNOWN.keys() - found(syntheses["prod"]))


def test_each_finding_is_acknowledged_once() -> None:
    assert [] == [finding for finding, times in KNOWN.items() if times > 1]


@pytest.mark.parametrize(
    "each", [*ACKNOWLEDGED, *OPTIONAL, *SECOND_REGION], ids=lambda each: each.rule
)
def test_an_acknowledgement_says_why_in_a_sentence(each) -> None:
    assert re.fullmatch(r"[A-Z].{60,}\.", each.because)
    assert len(each.because.split()) >= 12


def found(synthesis: Synthesis) -> set[Finding]:
    """What cdk-nag found, as it is acknowledged."""
    assert synthesis.findings
    return {(_readable(rule), _place(path)) for rule, path in synthesis.findings}


def _place(path: str) -> str:
    """The construct that was found: the stack without its stage, and no L1 resource."""
    return path.removeprefix("Ordercast-").removeprefix("prod-").removesuffix("/Resource")


def _readable(rule: str) -> str:
    """The rule with the names of resources and without the hashes that CDK puts behind them.

    And as it is where the stage sets no Region.
    """
    rule = rule.replace("arn:aws:", "arn:<AWS::Partition>:").replace("eu-west-1", "<AWS::Region>")
    rule = re.sub(r'\{"Fn::GetStackOutput":.*?"PublishOutputFnGetAtt(\w+)"\}\}', r"<\1>", rule)
    return re.sub(
        r"<(\w+?)(?:EncryptedTable)?[0-9A-F]{8}\.?(Arn)(?:[0-9A-F]{8})?>", r"<\1.\2>", rule
    )
