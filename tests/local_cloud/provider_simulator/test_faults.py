"""A simulated provider fails as it is told, in its Region and no other, while it runs."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    EndpointConnectionError,
    ReadTimeoutError,
)
from botocore.session import Session

from local_cloud.emulator.worker_environment import BETWEEN, RULE_SETS, of_worker
from local_cloud.provider_simulator.faults.active import ActiveFaults
from local_cloud.provider_simulator.faults.control import FaultClient
from local_cloud.provider_simulator.faults.fault import (
    FaultKind,
    ProviderFault,
    ProviderName,
    read_endpoints,
    read_fault,
)
from local_cloud.provider_simulator.faults.regional_endpoints import MODELS
from ordercast.usage_error import UsageError
from tests.eventually import eventually
from tests.local_cloud.provider_simulator.conftest import Served

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]

HOME, OTHER = "us-east-1", "us-west-2"
CALLS: dict[ProviderName, tuple[str, str, dict[str, Any]]] = {
    "sns": ("sns", "publish", {"PhoneNumber": "+12065550101", "Message": "hello"}),
    "ses": (
        "sesv2",
        "send_email",
        {
            "FromEmailAddress": "orders@example.com",
            "Destination": {"ToAddresses": ["ann@example.org"]},
            "Content": {"Simple": {"Subject": {"Data": "s"}, "Body": {"Text": {"Data": "t"}}}},
        },
    ),
    "sms-voice": (
        "pinpoint-sms-voice-v2",
        "send_text_message",
        {
            "DestinationPhoneNumber": "+12065550101",
            "MessageBody": "hello",
            "ConfigurationSetName": "texts",
        },
    ),
}


@pytest.fixture
def faults(
    served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[FaultClient]:
    """The control of a simulator, to which the SDK is led by Region as a sender's is."""
    monkeypatch.setenv("AWS_DATA_PATH", str(tmp_path / "endpoints"))
    client = FaultClient(endpoint=served.endpoint)
    yield client
    client.clear()


def send(provider: ProviderName, region: str = HOME, *, patience: float = 5.0) -> None:
    """Make one call as a sender does: a client of that Region, no retry."""
    service, method, parameters = CALLS[provider]
    config = Config(read_timeout=patience, retries={"total_max_attempts": 1})
    client = Session().create_client(service, region_name=region, config=config)
    getattr(client, method)(**parameters)


def fault(
    kind: FaultKind, value: float = 1.0, *, provider: ProviderName = "sns", region: str = HOME
) -> ProviderFault:
    return ProviderFault(provider=provider, region=region, kind=kind, value=value)


@pytest.mark.parametrize("provider", CALLS)
def test_a_provider_that_is_down_refuses_connections_in_its_region_only(
    served: Served, faults: FaultClient, provider: ProviderName
) -> None:
    faults.set([fault(FaultKind.DOWN, provider=provider)])

    with pytest.raises(EndpointConnectionError):
        send(provider)
    send(provider, OTHER)
    faults.clear()
    send(provider)

    assert [OTHER, HOME] == [each.region for each in served.inbox]


def test_a_call_on_an_open_connection_is_answered_and_ends_it(
    served: Served, faults: FaultClient
) -> None:
    """So a provider that goes down leaves no text in doubt."""
    client: Any = Session().create_client("sns", region_name=HOME)
    client.publish(PhoneNumber="+12065550101", Message="one")
    faults.set([fault(FaultKind.DOWN)])

    client.publish(PhoneNumber="+12065550101", Message="two")

    with pytest.raises(EndpointConnectionError):
        client.publish(PhoneNumber="+12065550101", Message="three")
    assert ["one", "two"] == [each.text for each in served.inbox]


@pytest.mark.parametrize(
    ("provider", "throttled", "failed"),
    [
        ("sns", "Throttling", "InternalError"),
        ("ses", "TooManyRequestsException", "InternalServiceErrorException"),
        ("sms-voice", "ThrottlingException", "InternalServerException"),
    ],
)
def test_a_share_of_the_calls_is_throttled_or_fails(
    served: Served, faults: FaultClient, provider: ProviderName, throttled: str, failed: str
) -> None:
    for kind, code in ((FaultKind.THROTTLING, throttled), (FaultKind.ERRORS, failed)):
        faults.set([fault(kind, 0.5, provider=provider)])
        send(provider)
        with pytest.raises(ClientError) as caught:
            send(provider)
        assert code == caught.value.response["Error"]["Code"]
        faults.clear()

    assert 2 == len(served.inbox)
    assert {(FaultKind.THROTTLING, 1), (FaultKind.ERRORS, 1)} == {
        (each.kind, each.calls) for each in faults.show().met
    }


@pytest.mark.parametrize("provider", CALLS)
def test_a_lost_answer_is_that_of_a_message_which_was_taken(
    served: Served, faults: FaultClient, provider: ProviderName
) -> None:
    faults.set([fault(FaultKind.LOST_ANSWERS, provider=provider)])

    with pytest.raises(ConnectionClosedError):
        send(provider)

    assert 1 == len(served.inbox)


def test_what_meets_a_closed_connection_or_hangs_is_not_taken(
    served: Served, faults: FaultClient
) -> None:
    faults.set([fault(FaultKind.CLOSED)])
    with pytest.raises(ConnectionClosedError):
        send("sns")
    faults.clear()
    faults.set([fault(FaultKind.HANGING)])
    with pytest.raises(ReadTimeoutError):
        send("sns", patience=0.2)

    assert [] == served.inbox


def test_a_hanging_call_is_dropped_when_the_fault_ends(served: Served, faults: FaultClient) -> None:
    def clear_when_it_hangs() -> None:
        eventually(lambda: faults.show().met)
        faults.clear()

    faults.set([fault(FaultKind.HANGING)])
    clearing = threading.Thread(target=clear_when_it_hangs)
    clearing.start()

    with pytest.raises(ConnectionClosedError):
        send("sns")

    clearing.join()
    assert [] == served.inbox


def test_a_slow_provider_takes_the_message_though_nobody_waits_for_it(
    served: Served, faults: FaultClient
) -> None:
    faults.set([fault(FaultKind.SLOW, 0.5)])

    with pytest.raises(ReadTimeoutError):
        send("sns", patience=0.1)
    send("sns")

    assert 2 == len(served.inbox)


def test_topics_go_on_while_texts_are_down(served: Served, faults: FaultClient) -> None:
    faults.set([fault(FaultKind.DOWN)])

    client = served.client("sns")
    said = client.publish(TopicArn="arn:aws:sns:us-east-1:000000000000:t", Message="m")

    assert "from-emulator" == said["MessageId"]
    with pytest.raises(ConnectionClosedError):  # by the port that cannot refuse
        client.publish(PhoneNumber="+12065550101", Message="m")


def test_a_fault_ends_by_itself(served: Served, faults: FaultClient) -> None:
    faults.set([fault(FaultKind.CLOSED)], duration=timedelta(milliseconds=1))

    send("sns")

    assert [] == faults.show().faults
    assert 1 == len(served.inbox)


def test_a_share_is_met_evenly() -> None:
    faults = ActiveFaults(now=lambda: datetime(2026, 11, 21, tzinfo=UTC))
    faults.set([fault(FaultKind.THROTTLING, 0.25)])

    met = ["x" if faults.meet("sns", HOME).kinds else "." for _ in range(8)]

    assert "...x...x" == "".join(met)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("down", (FaultKind.DOWN, 1.0)),
        ("slow=3s", (FaultKind.SLOW, 3.0)),
        ("5xx=20%", (FaultKind.ERRORS, 0.2)),
        ("throttling=0.5", (FaultKind.THROTTLING, 0.5)),
        ("lost-answers", (FaultKind.LOST_ANSWERS, 1.0)),
    ],
)
def test_a_fault_is_read_as_it_is_written(written: str, read: tuple[FaultKind, float]) -> None:
    assert read == read_fault(written)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("dwn", "no fault is called dwn"),
        ("down=3", "down has no value"),
        ("slow", "slow: seconds above 0"),
        ("5xx=2", "5xx: a share above 0"),
        ("5xx=x", "not x"),
    ],
)
def test_what_is_no_fault_gets_one_clear_line(written: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        read_fault(written)


def test_a_provider_is_named_with_or_without_its_region() -> None:
    assert [("sns", HOME), ("sns", OTHER)] == read_endpoints("sns")
    assert [("ses", OTHER)] == read_endpoints("ses/us-west-2")
    with pytest.raises(UsageError, match="no simulated provider is called fax"):
        read_endpoints("fax")


def test_only_senders_are_led_to_the_providers_by_region(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(RULE_SETS, "/endpoints")
    monkeypatch.delenv(BETWEEN, raising=False)

    relay, sender = (of_worker({"AWS_LAMBDA_FUNCTION_NAME": n}) for n in ("Relay", "SmsSender"))

    assert "AWS_DATA_PATH" not in relay
    assert "/endpoints" == sender["AWS_DATA_PATH"]


def test_the_rule_sets_are_of_the_versions_that_botocore_has() -> None:
    loader = Session().get_component("data_loader")

    for each in MODELS.values():
        service, _, version = each.partition("/")
        assert version == loader.determine_latest_version(service, "endpoint-rule-set-1")
