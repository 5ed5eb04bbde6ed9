"""Commands on a deployed stage need what its deployment published, and no file of a checkout."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import boto3
import pytest

from ordercast.cli.local.clouds import local_target
from ordercast.notifications.lifecycle import State
from ordercast.operations.target import Target
from ordercast.settings.published import names_parameter, settings_parameter
from tests.cloud.orders import ended, order, put

STAGE = "elsewhere"

WITHOUT_FILES = """
import sys

def refuse(event, arguments):
    name = str(arguments[0]) if event in {"open", "os.listdir", "os.scandir"} else ""
    if any(part in name for part in ("/stages/", "cdk.json", "/.ordercast")):
        raise RuntimeError(f"{name} was looked at")

sys.addaudithook(refuse)
from ordercast.cli.app import main
main()
"""


@pytest.fixture
def elsewhere(cloud) -> Target:
    """The local cloud's pipeline, published as a stage that is not the local one."""
    here, ssm = local_target(cloud), boto3.client("ssm")
    for parameter in (settings_parameter, names_parameter):
        value = ssm.get_parameter(Name=parameter("local"))["Parameter"]["Value"]
        settings = json.loads(value)
        if "name" in settings:
            value = json.dumps(settings | {"name": STAGE})
        ssm.put_parameter(Name=parameter(STAGE), Value=value, Type="String", Overwrite=True)
    return here


@pytest.fixture
def ordercast(elsewhere: Target, tmp_path: Path) -> Callable[..., str]:
    """The command line in an empty folder, with AWS and nothing else."""

    def run(*words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", WITHOUT_FILES, *words, "--stage", STAGE],
            cwd=tmp_path,
            env=dict(os.environ),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode in {0, 1}, done.stderr
        assert "Traceback" not in done.stderr
        return done.stdout + done.stderr

    return run


def test_commands_on_a_deployed_stage_read_no_file_of_a_checkout(
    elsewhere: Target, ordercast: Callable[..., str], order_id: str
) -> None:
    put(elsewhere, order(order_id))
    ended(elsewhere, order_id, State.DELIVERED, State.DELIVERED)

    assert order_id in ordercast("status", order_id)
    assert "accepted" in ordercast("stats")
    assert "ledger" in ordercast("verify", "--since", "2h").lower()
    assert "parked" in ordercast("parked", "list")
    assert "record" in ordercast("replay", "--from", "1h")
