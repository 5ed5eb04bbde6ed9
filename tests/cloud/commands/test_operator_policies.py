"""With authorisation on, a reader's policy is enough to read a stage and for nothing else; an operator's acts.

The policies are those that the stage has made, attached to roles. What is refused is refused by IAM.
"""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pytest

from local_cloud.clients import client_of
from local_cloud.cloud import LocalCloud
from local_cloud.deploy_proof.calls import judged
from local_cloud.deploy_proof.operator import TRUST
from ordercast.settings.published import output_parameter
from tests.cloud.conftest import restored_environment
from tests.pages import ROOT

READS = (
    *("stats", "cost", "find +12065550100", "find nobody@example.com", "messages", "tail --help"),
    *("messages --address +12065550100", "orders --unreached", "parked list", "pause", "audit"),
    *("budget show", "suppressions list", "routes", "prices", "export --out /dev/null"),
)
ACTS = (
    *("customers import examples/customers.jsonl", "customers set c-1 --opt-out sms"),
    *("pause --channel sms --reason trial", "resume --all --reason trial"),
    *("budget set --day 1000 --reason trial", "put examples/order.json --no-wait"),
)

PAGES = (
    *("/", "/messages", "/parked", "/parked/groups", "/find", "/figures", "/figures.csv"),
    *("/templates", "/settings", "/audit"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Somebody:
    """Who has a role with some of the stage's policies."""

    role: str
    environment: Mapping[str, str]

    def run(self, what: str, asked: object) -> dict[str, object]:
        """Run the program with these credentials, and return what it printed."""
        done = subprocess.run(
            (sys.executable, "-m", "tests.cloud.commands.as_somebody", what),
            input=json.dumps(asked),
            env=self.environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=240,
        )
        assert 0 == done.returncode, done.stderr[-2000:]
        found: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
        return found


@pytest.fixture(scope="module")
def secured() -> Iterator[LocalCloud]:
    """The app, on a local cloud that does what policies allow, and nothing else."""
    with (
        restored_environment(),
        LocalCloud.start("policies", another=True, secured=True) as started,
    ):
        started.adopt_environment()  # which trusts its certificate
        started.deploy()
        yield started


def somebody(cloud: LocalCloud, role: str, *policies: str) -> Somebody:
    """Make a role with the stage's policies of these names, and assume it."""
    iam, ssm, sts = (client_of(each, endpoint=cloud.endpoint) for each in ("iam", "ssm", "sts"))
    made = iam.create_role(RoleName=role, AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]
    for each in policies:
        name = output_parameter("local", f"{each}-policy-arn")
        arn = ssm.get_parameter(Name=name)["Parameter"]["Value"]
        iam.attach_role_policy(RoleName=role, PolicyArn=arn)
    session = sts.assume_role(RoleArn=made["Arn"], RoleSessionName="trial")["Credentials"]
    return Somebody(
        role=role,
        environment={
            **cloud.environment(),
            "AWS_ACCESS_KEY_ID": session["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": session["SecretAccessKey"],
            "AWS_SESSION_TOKEN": session["SessionToken"],
        },
    )


@pytest.fixture(scope="module")
def people(secured: LocalCloud) -> dict[str, Somebody]:
    """A reader, and an operator."""
    return {
        "reader": somebody(secured, "a-reader", "reader"),
        "operator": somebody(secured, "an-operator", "reader", "acts"),
    }


def test_a_reader_reads_with_every_command(people: dict[str, Somebody]) -> None:
    done = people["reader"].run("commands", READS)
    failed = {each: said for each, said in done.items() if said[0] != 0}  # type: ignore[index]
    found = {each: said for each, said in failed.items() if "nothing is known" not in str(said)}
    assert {} == found
    assert {each for each in READS if each.startswith("find")} == failed.keys()


def test_a_reader_sees_every_page_and_finds_by_address(
    people: dict[str, Somebody], secured: LocalCloud
) -> None:
    asked: list[object] = [["GET", each, {}] for each in PAGES]
    asked += [["POST", "/find", {"text": "+12065550100"}]]
    done = people["reader"].run("console", asked)
    assert {} == {each: status for each, status in done.items() if status not in {200, 303}}
    assert not [c for c in judged(secured) if c.role == "a-reader" and not c.allowed]


def test_each_act_is_refused_to_a_reader_and_done_for_an_operator(
    people: dict[str, Somebody], secured: LocalCloud
) -> None:
    """What a reader tries is on record: the trail takes the intent, IAM refuses the act."""
    refused = people["reader"].run("commands", ACTS)
    done = [each for each, said in refused.items() if said[0] == 0]  # type: ignore[index]
    assert ["resume --all --reason trial"] == done  # for nothing was paused
    told = {c.action for c in judged(secured) if c.role == "a-reader" and not c.allowed}
    assert {"dynamodb:PartiQLInsert", "kinesis:PutRecords"} <= told
    tried = people["reader"].run("commands", ["audit --json"])["audit --json"]
    assert '"outcome": "failed: ' in str(tried[1])  # type: ignore[index]

    acted = people["operator"].run("commands", ACTS)
    assert {} == {each: said for each, said in acted.items() if said[0] != 0}  # type: ignore[index]
    assert not [c for c in judged(secured) if c.role == "an-operator" and not c.allowed]
