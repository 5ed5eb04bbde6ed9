"""A stage's name leads to its settings and names, or to an error that says what is missing."""

import json
from collections.abc import Iterator

import boto3
import pytest
from botocore.stub import Stubber

from ordercast.operations.target import target
from ordercast.settings.published import names_parameter, settings_parameter
from ordercast.typed_values import written_settings
from ordercast.usage_error import UsageError
from pipeline.settings.files import read_stage
from tests.fakes.stage_names import NAMES


@pytest.fixture
def ssm(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stubber]:
    """Parameter Store, which is asked for the two parameters of a stage."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    client = boto3.client("ssm", region_name="us-east-1")
    monkeypatch.setattr(boto3, "client", lambda _: client)
    with Stubber(client) as stub:
        yield stub
        stub.assert_no_pending_responses()


def there(ssm: Stubber, stage: str, **values: str) -> None:
    names = {"settings": settings_parameter(stage), "names": names_parameter(stage)}
    found = [{"Name": names[which], "Value": value} for which, value in values.items()]
    missing = [names[which] for which in names.keys() - values.keys()]
    answer = {"Parameters": found} | ({"InvalidParameters": missing} if missing else {})
    ssm.add_response("get_parameters", answer, {"Names": list(names.values())})


def test_a_stage_is_found_by_its_whole_name(ssm) -> None:
    """By a prefix, dev would be taken for dev-eu, and a customer's order put on its stream."""
    dev = read_stage("dev")
    there(ssm, "dev", settings=written_settings(dev), names=written_settings(NAMES))

    found = target("dev", None)

    assert (dev, NAMES, "dev") == (found.settings, found.names, found.stage)


@pytest.mark.parametrize("values", [{}, {"settings": "{}"}])
def test_a_stage_that_is_not_there_is_named_with_the_way_to_deploy_it(ssm, values) -> None:
    """Its parameters come last: half a deployment is none."""
    there(ssm, "dev", **values)

    with pytest.raises(UsageError, match="stage dev is not deployed") as usage_error:
        target("dev", None)
    assert "make deploy STAGE=dev" == usage_error.value.hint


def test_an_account_that_lets_nobody_look_is_not_taken_for_one_without_the_stage(ssm) -> None:
    ssm.add_client_error("get_parameters", "AccessDenied", "not you")

    with pytest.raises(UsageError, match=r"cannot look for stage dev: .*AccessDenied"):
        target("dev", None)


def test_a_stage_of_another_version_is_said_to_be_that(ssm) -> None:
    newer = json.loads(written_settings(read_stage("dev"))) | {"budget": 5}
    there(ssm, "dev", settings=json.dumps(newer), names=written_settings(NAMES))

    with pytest.raises(UsageError, match="another version of ordercast: budget is not known"):
        target("dev", None)
