"""No process of a local cloud finds AWS through a developer's environment."""

import os
from collections.abc import Iterator
from pathlib import Path

import botocore.session
import pytest

from local_cloud.cloud import LocalCloud

THEIRS = {
    "AWS_PROFILE": "production",
    "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "AWS_SESSION_TOKEN": "token",
    "AWS_REGION": "eu-west-1",
    "AWS_DEFAULT_REGION": "eu-west-1",
    "AWS_ENDPOINT_URL_KINESIS": "https://kinesis.example.com",
    "CDK_DEFAULT_ACCOUNT": "123456789012",
    "HTTPS_PROXY": "http://proxy.example.com",
    "PATH": "/usr/bin",
}


@pytest.fixture(autouse=True)
def _ours_again() -> Iterator[None]:
    """What a test makes of the environment ends with it."""
    before = dict(os.environ)
    yield
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture
def cloud(tmp_path: Path) -> LocalCloud:
    address = "http://127.0.0.1:14566"
    return LocalCloud(name="shop", folder=tmp_path, endpoint=address, provider_endpoint=address)


def test_nothing_of_theirs_that_leads_to_aws_is_left(cloud: LocalCloud) -> None:
    environment = cloud.environment(THEIRS)
    leaked = {name for name in THEIRS if environment.get(name) == THEIRS[name]}
    assert {"HTTPS_PROXY", "PATH"} == leaked
    assert "127.0.0.1,localhost" == environment["NO_PROXY"]


def test_an_sdk_with_profiles_at_hand_finds_only_the_local_cloud(
    cloud: LocalCloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    (home / ".aws").mkdir(parents=True)
    (home / ".aws/config").write_text("[default]\nregion = eu-west-1\n[profile production]\n")
    for name, value in (THEIRS | {"HOME": str(home)}).items():
        monkeypatch.setenv(name, value)

    cloud.adopt_environment()

    session = botocore.session.Session()
    client = session.create_client("kinesis")
    assert "http://127.0.0.1:14566" == client.meta.endpoint_url
    assert "us-east-1" == client.meta.region_name
    credentials = session.get_credentials()
    assert credentials is not None
    assert ("local", None) == (credentials.access_key, credentials.token)
