"""Who pauses a stage is the caller of AWS, or on a local cloud the user of the machine."""

from types import SimpleNamespace
from typing import Any

import boto3
import pytest

from ordercast.operations import caller

ARN = "arn:aws:sts::123456789012:assumed-role/operator/ada"


def of_stage(name: str) -> Any:
    return SimpleNamespace(stage=name)


def test_on_a_deployed_stage_it_is_the_arn_of_the_credentials(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sts = SimpleNamespace(get_caller_identity=lambda: {"Arn": ARN})
    monkeypatch.setattr(boto3, "client", {"sts": sts}.get)

    assert ARN == caller.caller_on(of_stage("prod"))


def test_on_a_local_cloud_it_is_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "ada")

    assert "ada" == caller.caller_on(of_stage("local"))
