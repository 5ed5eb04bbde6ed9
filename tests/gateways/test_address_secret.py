"""The secret of a stage is read from Secrets Manager, and nothing of it is told."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.stub import Stubber

from ordercast.events.address_secret import AddressSecretUnavailable
from ordercast.gateways import clients
from ordercast.gateways.address_secret import stored_secret

pytestmark = pytest.mark.usefixtures("aws")

ARN = "arn:aws:secretsmanager:us-east-1:123456789012:secret:Ordercast-dev-address-hashes-1"


@pytest.fixture
def client() -> Any:
    return clients.secrets()


@pytest.fixture
def stub(client: Any) -> Iterator[Stubber]:
    with Stubber(client) as stub:
        yield stub


def test_the_secret_is_read_by_its_arn(client: Any, stub: Stubber) -> None:
    stub.add_response("get_secret_value", {"SecretString": "s" * 64}, {"SecretId": ARN})
    assert "s" * 64 == stored_secret(client, ARN)


def test_who_may_not_read_it_gets_one_line(client: Any, stub: Stubber) -> None:
    stub.add_client_error("get_secret_value", "AccessDeniedException", "User: arn:… is not …")
    with pytest.raises(AddressSecretUnavailable) as refused:
        stored_secret(client, ARN)
    assert "ClientError on the stage's secret of address hashes" == str(refused.value)


def test_a_secret_of_bytes_is_none_of_ours(client: Any, stub: Stubber) -> None:
    stub.add_response("get_secret_value", {"SecretBinary": b"s" * 64}, {"SecretId": ARN})
    assert "" == stored_secret(client, ARN)
