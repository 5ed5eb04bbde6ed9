"""Make's targets go to the Region of the stage that is named, whatever that of the credentials."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.pages import ROOT

REGION = "eu-west-1"


def recipe(*words: str) -> list[str]:
    """Return what make would do, line by line."""
    command = ["make", "--dry-run", *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.replace("\\\n", " ").splitlines()


def line(word: str, *words: str) -> str:
    """Return the one line of a recipe that has *word* in it."""
    (found,) = (each for each in recipe(*words) if word in each)
    return found


def shell(line: str, **variables: str) -> tuple[int, str]:
    done = subprocess.run(
        ["sh", "-c", line],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """A `python` that says the Region of a stage's file, and an `ordercast` that says where it looks."""
    written = {
        "python": 'echo "$SAID"',
        "ordercast": 'echo "$*: ${AWS_REGION-unset} ${AWS_DEFAULT_REGION-unset}"',
    }
    for name, does in written.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{does}\n")
        (tmp_path / name).chmod(0o755)
    return tmp_path


def test_a_deployment_ends_with_a_look_at_the_region_of_the_stage(tools: Path) -> None:
    doctor = line("doctor", "deploy", "STAGE=trial", f"BIN={tools}")
    assert "python -m pipeline.settings.region trial" in doctor

    _, said = shell(doctor, SAID=REGION, AWS_DEFAULT_REGION="us-east-1")
    assert f"doctor --stage trial: {REGION} {REGION}" == said.strip()

    _, said = shell(doctor, SAID="", AWS_DEFAULT_REGION="us-east-1")
    assert "doctor --stage trial: unset us-east-1" == said.strip()


@pytest.mark.parametrize("target", ["bootstrap-account", "deploy-account", "destroy-account"])
def test_what_stages_share_is_that_of_the_named_stage_s_region(target: str) -> None:
    assert " -c stage=prod" in line("bin/cdk", target, "STAGE=prod")
    assert " -c stage=" not in line("bin/cdk", target)


def test_a_stage_is_removed_with_what_is_parked_when_nothing_can_park_any_more(tools: Path) -> None:
    """What is parked is deleted after the functions and before the bucket, in the stage's Region."""
    for asked in ([], ["YES=1"]):
        lines = recipe("destroy", "STAGE=dev", f"BIN={tools}", *asked)
        functions, empty, rest = [each for each in lines if "destroy '" in each or "empty" in each]
        assert "'Ordercast-dev-Pipeline'" in functions
        assert "Data" not in functions
        assert "'Ordercast-dev-*'" in rest
        assert [bool(asked)] * 2 == ["--force" in each for each in (functions, rest)]
        _, said = shell(empty, SAID=REGION)
        yes = " --yes" if asked else ""
        assert f"parked empty --stage dev{yes}: {REGION} {REGION}" == said.strip()


@pytest.mark.parametrize("target", ["deploy", "deploy-account"])
def test_a_deployment_that_fails_names_the_bootstrap_of_the_cdk(target: str) -> None:
    deploys = line("bin/cdk", target, "STAGE=prod")
    _, _, otherwise = deploys.partition(" || ")
    code, said = shell(f"false || {otherwise}")
    assert code == 1
    assert "make bootstrap-account STAGE=prod" in said
