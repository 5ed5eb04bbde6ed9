"""The README's commands, as they stand there, on the local cloud of the tests."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from local.cloud import LocalCloud
from tests.eventually import eventually

ROOT = Path(__file__).parents[2]

AWS_CLI = f'aws() {{ "{Path(sys.executable).parent / "aws"}" "$@"; }}\n'
"""The one that is locked, whatever else is on the PATH."""

LEADING_TO_AWS = {
    "AWS_PROFILE": "production",
    "AWS_REGION": "eu-west-1",
    "AWS_SESSION_TOKEN": "token",
    "AWS_ENDPOINT_URL_KINESIS": "https://kinesis.example.com",
    "AWS_ENDPOINT_URL_CLOUDWATCH": "https://monitoring.example.com",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
}
"""What the reader may have set for other work."""


def commands(heading: str) -> list[str]:
    """The README's blocks of commands under a heading."""
    readme = (ROOT / "README.md").read_text()
    section = re.split(r"^#+ ", readme.partition(f"# {heading}\n")[2], flags=re.MULTILINE)[0]
    return re.findall(r"^```\n(.+?)^```$", section, flags=re.MULTILINE | re.DOTALL)


@pytest.fixture
def shell(cloud: LocalCloud, tmp_path: Path):
    """A shell as a reader has it, in which the tests' cloud is the one that is meant."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "LANG": "C.UTF-8"}
    environment |= {"ORDERCAST_CLOUD": cloud.name} | LEADING_TO_AWS

    def run(script: str) -> str:
        done = subprocess.run(
            ["bash", "-euc", AWS_CLI + script],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert 0 == done.returncode, done.stderr
        return done.stdout

    return run


def test_an_order_put_by_the_aws_command_line_is_in_the_inbox_and_in_the_metric(shell) -> None:
    put_record, read_metric = commands("With the AWS command line")
    assert "aws kinesis put-record" in put_record
    shell(put_record)

    def the_inbox_has_both_messages() -> bool:
        listed = shell(".venv/bin/ordercast inbox --last 0")
        return "Your order o-1001" in listed and "Order o-1001 is confirmed" in listed

    def cloudwatch_has_counted() -> float:
        found = json.loads(shell('eval "$(.venv/bin/ordercast env)"\n' + read_metric))
        return sum(found["MetricDataResults"][0]["Values"])

    assert eventually(the_inbox_has_both_messages, within=60, every=0.5)
    assert 2 <= eventually(cloudwatch_has_counted, within=60, every=0.5)


def test_an_order_put_by_a_developer_is_told_and_its_story_shown(shell) -> None:
    shell(".venv/bin/ordercast put examples/order.json")

    def the_order_is_delivered() -> bool:
        return 2 == shell(".venv/bin/ordercast status o-1001").count("delivered")

    assert eventually(the_order_is_delivered, within=60, every=0.5)


def test_an_operator_says_whom_to_tell_and_when_to_stop(shell) -> None:
    people, stopping = commands("Say whom to tell, and when to stop")

    said = shell(people)
    assert "2 of 2 lines imported" in said
    assert "sms (opted-out)" in said

    said = shell(stopping)
    assert 2 == said.count("Stopped: channel sms")
    assert "Nothing is stopped." in said
