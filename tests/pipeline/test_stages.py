"""The templates of the stages differ where they should, and nowhere else."""

import json
import re
import shlex
import subprocess
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

import pytest

from ordercast.settings import processors as settings
from tests.pipeline.synthesis import ROOT, Synthesis, cdk_context

pytestmark = pytest.mark.synth


def test_dev_and_prod_differ_in_numbers_only(syntheses: dict[str, Synthesis]) -> None:
    """What was tested in one is what runs in the other."""
    assert _shape(syntheses["dev"]) == _shape(syntheses["prod"])


def test_the_account_stack_is_the_same_whichever_stage_deploys_it(
    syntheses: dict[str, Synthesis],
) -> None:
    """Both stages of an account would otherwise undo each other's."""
    account = "Ordercast-Account"
    dev, prod = syntheses["dev"].templates[account], syntheses["prod"].templates[account]
    assert dev["Resources"] == prod["Resources"]


def test_what_other_stages_use_and_what_prod_knows_is_not_deleted_by_mistake(
    syntheses: dict[str, Synthesis],
) -> None:
    protected = {name: synthesis.protected for name, synthesis in syntheses.items()}
    assert protected == {
        "local": frozenset(),
        "dev": {"Ordercast-Account"},
        "prod": {"Ordercast-Account", "Ordercast-prod-Data"},
    }


def test_removing_a_stage_selects_its_own_stacks_and_not_the_accounts(
    syntheses: dict[str, Synthesis],
) -> None:
    """Other stages send their texts through the account's stack."""
    printed = subprocess.run(
        ["make", "--dry-run", "destroy", "STAGE=dev"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    *first, last = re.findall(r"cdk destroy (.+) -c stage=dev *$", printed, flags=re.MULTILINE)
    stacks = syntheses["dev"].templates
    assert {each for words in first for each in shlex.split(words)} <= set(stacks)
    (pattern,) = shlex.split(last)
    selected = {stack for stack in stacks if fnmatchcase(stack, pattern)}
    assert set(syntheses["dev"].templates) - {"Ordercast-Account"} == selected


def test_a_deployment_of_a_stage_leaves_the_account_s_stack_alone(
    syntheses: dict[str, Synthesis],
) -> None:
    """A change tried in dev would otherwise reach the receipts of prod."""
    printed = subprocess.run(
        ["make", "--dry-run", "deploy", "STAGE=dev"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    (arguments,) = re.findall(r"cdk deploy (.+)$", printed, flags=re.MULTILINE)
    only, pattern, *_ = shlex.split(arguments)
    selected = {stack for stack in syntheses["dev"].templates if fnmatchcase(stack, pattern)}
    assert "--exclusively" == only
    assert set(syntheses["dev"].templates) - {"Ordercast-Account"} == selected


def test_only_deployed_stages_set_the_accounts_sms_attributes(
    syntheses: dict[str, Synthesis],
) -> None:
    """The local cloud does not know the call."""
    having = {
        stage
        for stage, synthesis in syntheses.items()
        if "processors.sms_attributes.handler" in str(synthesis.templates)
    }
    assert {"dev", "prod"} == having


def test_local_runs_what_is_running_and_the_others_what_lambda_runs(
    syntheses: dict[str, Synthesis],
) -> None:
    for stage in ("dev", "prod"):
        for _, _, function in syntheses[stage].functions:
            assert ("python3.13", ["arm64"]) == (function["Runtime"], function["Architectures"])
    local = {json.dumps(each["Code"]) for _, _, each in syntheses["local"].functions}
    deployed = {json.dumps(each["Code"]) for _, _, each in syntheses["dev"].functions}
    assert not local & deployed


def test_prod_keeps_its_data_when_its_stack_goes(syntheses: dict[str, Synthesis]) -> None:
    for kind in ("AWS::DynamoDB::Table", "AWS::Kinesis::Stream", "AWS::S3::Bucket"):
        for _, _, resource in syntheses["prod"].each(kind):
            assert "RetainExceptOnCreate" == resource["DeletionPolicy"]


def test_a_first_deployment_that_fails_leaves_nothing_behind(
    syntheses: dict[str, Synthesis],
) -> None:
    """A key, a stream and tables would be paid for, and the next attempt would make others."""
    kept = [
        resource["DeletionPolicy"]
        for template in syntheses["prod"].templates.values()
        for resource in template["Resources"].values()
        if resource.get("DeletionPolicy", "Delete") != "Delete"
    ]
    assert {"RetainExceptOnCreate"} == set(kept)
    assert len(kept) > len(RETAINED)


RETAINED = ("four tables", "a stream", "a bucket", "a key", "an identity")


def test_whom_a_stage_may_write_to(syntheses: dict[str, Synthesis]) -> None:
    """Only prod writes to customers: what is tried elsewhere reaches nobody real."""
    allowed = {
        stage: synthesis.environment("processors.order_relay.handler")["ALLOWED_RECIPIENTS"]
        for stage, synthesis in syntheses.items()
    }
    assert ("*@simulator.amazonses.com", "*") == (allowed["dev"], allowed["prod"])
    local = settings.recipient_patterns(allowed["local"])
    assert "*" not in local
    # Reserved for documentation and fiction, or SES's own simulator.
    for pattern in local:
        assert pattern.endswith(("@example.com", ".example.com", "@simulator.amazonses.com")) or (
            pattern in {"+1???55501??", "+4670174060[5-9]", "+467017406[1-9]?"}
            or pattern.startswith("+61491570")
        )


def test_an_unknown_stage_is_refused_with_the_ones_there_are(
    syntheses: dict[str, Synthesis],
) -> None:
    assert syntheses
    from aws_cdk import App  # noqa: PLC0415  (importing it starts Node)

    from app import compose  # noqa: PLC0415
    from pipeline.settings.files import BadStage  # noqa: PLC0415

    with pytest.raises(BadStage, match="dev, local, prod"):
        compose(App(context={**cdk_context(), "stage": "prd"}))


def _shape(synthesis: Synthesis) -> set[str]:
    """The templates' keys and references, without values and without the stage's name."""
    return {
        # CDK ends its ids in a hash of the path, which begins with the stage's name, or of a version
        re.sub(_HASHES, "", line.replace(synthesis.stage, "STAGE"))
        for stack, template in synthesis.templates.items()
        for line in _lines(f"{stack}", template["Resources"])
        # on demand there is no number of shards to give, and small stages warm no table
        if not line.endswith("/ShardCount") and "/WarmThroughput" not in line
        # and at once there is no time in which an alarm could take a release back
        if not re.search(_OF_A_CANARY, line)
    }


_OF_A_CANARY = (
    "ReleaseFails|/AlarmConfiguration/|/AutoRollbackConfiguration/Events/1"
    "|FunctionReleaseRole[^/]*/Properties/Policies/0/PolicyDocument/Statement/1/"
)

_HASHES = "(?<=CurrentVersion)[0-9A-F]{8}[0-9a-f]{32}|[0-9A-F]{8}"


def _lines(path: str, value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key != "Metadata":
                yield from _lines(f"{path}/{key}", inner)
    elif isinstance(value, list):
        for position, inner in enumerate(value):
            yield from _lines(f"{path}/{position}", inner)
    elif "/Ref" in path or "/Fn::GetAtt" in path or path.endswith("/Type"):
        yield f"{path}={value}"
    else:
        yield path
