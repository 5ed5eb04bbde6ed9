"""The fault proxy fails calls by chance, in the protocol of each, and loses no answer unasked."""

from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError

from local_cloud.chaos.fault_proxy import STORM, CallFault, FaultProxy
from local_cloud.provider_simulator.errors import Dropped
from local_cloud.provider_simulator.http_messages import HttpRequest
from local_cloud.provider_simulator.server import server_on
from local_cloud.supervisor.supervisor import listen
from tests.local_cloud.provider_simulator.conftest import Served, served, threaded

__all__ = ["served"]

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]

TABLE = {"TableName": "t", "Key": {"id": {"S": "1"}}}
CALLS: dict[str, tuple[str, dict[str, Any]]] = {
    "dynamodb": ("get_item", TABLE),
    "kinesis": ("list_streams", {}),
    "sqs": ("list_queues", {}),
    "sns": ("publish", {"TopicArn": "arn:aws:sns:us-east-1:000000000000:t", "Message": "m"}),
    "lambda": ("invoke", {"FunctionName": "f", "Payload": b"{}"}),
    "s3": ("get_object", {"Bucket": "b", "Key": "k"}),
}


def seeded(seed: int) -> Random:
    return Random(seed)  # noqa: S311 - no secret


@pytest.fixture
def proxy(served: Served) -> Iterator[tuple[FaultProxy, str]]:
    made = FaultProxy(chance=seeded(1), emulator=served.endpoint, simulator=served.endpoint)
    with threaded(server_on(listen(), made)) as port:
        yield made, f"http://127.0.0.1:{port}"


def call(served: Served, service: str, endpoint: str) -> Any:
    method, parameters = CALLS[service]
    return getattr(served.client(service, endpoint), method)(**parameters)


@pytest.mark.parametrize(
    ("service", "throttled"),
    [
        ("dynamodb", "ProvisionedThroughputExceededException"),
        ("kinesis", "ProvisionedThroughputExceededException"),
        ("sqs", "RequestThrottled"),
        ("sns", "Throttling"),
        ("lambda", "TooManyRequestsException"),
        ("s3", "SlowDown"),
    ],
)
def test_a_throttled_call_is_one_to_the_sdk(
    served: Served, proxy: tuple[FaultProxy, str], service: str, throttled: str
) -> None:
    made, endpoint = proxy
    made.shares = {CallFault.THROTTLED: 1.0}

    with pytest.raises(ClientError) as caught:
        call(served, service, endpoint)

    assert throttled == caught.value.response["Error"]["Code"]
    assert {(CallFault.THROTTLED, service): 1} == made.thrown
    assert [] == served.calls


def test_a_lost_answer_is_that_of_a_call_which_was_made(
    served: Served, proxy: tuple[FaultProxy, str]
) -> None:
    made, endpoint = proxy
    for trouble, reached in ((CallFault.RESET, 0), (CallFault.LOST_ANSWER, 1)):
        made.shares = {trouble: 1.0}
        with pytest.raises(ConnectionClosedError):
            call(served, "sns", endpoint)
        assert reached == len(served.calls)


def a_call(service: str = "dynamodb", path: str = "/") -> HttpRequest:
    signed = f"AWS4-HMAC-SHA256 Credential=local/20261121/us-east-1/{service}/aws4_request"
    headers = {"Authorization": signed, "X-Amz-Target": "DynamoDB_20120810.GetItem"}
    return HttpRequest(method="POST", path=path, headers=headers, body=b"{}")


def dropped(proxy: FaultProxy, *, of: int, call: HttpRequest) -> int:
    for _ in range(of):
        with pytest.raises(Dropped):  # nobody answers behind it
            proxy.answer(call)
    return proxy.thrown.total()


def test_a_storm_is_over_one_service() -> None:
    calm, stormy = (
        FaultProxy(chance=seeded(1), emulator="http://127.0.0.1:1", storms=storms)
        for storms in (set[str](), {"dynamodb"})
    )
    for each in (calm, stormy):
        each.shares = {CallFault.RESET: 0.05}

    few, many = (dropped(each, of=200, call=a_call()) for each in (calm, stormy))

    assert 0 < few < many
    assert abs(many - 200 * 0.05 * STORM) < 30


def test_what_lambda_asks_about_its_mappings_never_fails() -> None:
    proxy = FaultProxy(chance=seeded(1), emulator="http://127.0.0.1:1")
    proxy.shares = {CallFault.RESET: 1.0}

    dropped(proxy, of=3, call=a_call("lambda", "/2015-03-31/event-source-mappings/"))
    assert 0 == proxy.thrown.total()
    dropped(proxy, of=3, call=a_call("lambda", "/2015-03-31/functions/f/invocations"))
    assert 3 == proxy.thrown.total()


def test_a_seed_throws_the_same_at_the_same_calls() -> None:
    runs = []
    for _ in range(2):
        proxy = FaultProxy(chance=seeded(7), emulator="http://127.0.0.1:1")
        proxy.shares = {CallFault.RESET: 0.3}
        runs.append([dropped(proxy, of=1, call=a_call()) for _ in range(20)])

    assert runs[0] == runs[1]
