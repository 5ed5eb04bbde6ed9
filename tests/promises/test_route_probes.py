"""The fake keeps the promises of the real gateway, whose clients meet what the SDK raises."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError
from botocore.session import get_session
from botocore.stub import Stubber

from ordercast.gateways import clients
from ordercast.gateways.providers.probes import ProviderProbes
from ordercast.notifications.providers import PROVIDERS
from ordercast.sending.routes import Route
from tests.fakes.route_probes import FakeRouteProbes
from tests.promises.route_probes import HERE, THERE, Answers, RouteProbesPromises

URL = "https://provider.example.com"


def error(status: int) -> ClientError:
    """Return what the SDK raises for an answer of that HTTP status."""
    answer = {"Error": {"Code": "Some"}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(answer, "Some")  # type: ignore[arg-type]  # a part of it


def probes(meets: dict[Route, Exception]) -> ProviderProbes:
    def probe(route: Route) -> None:
        if route in meets:
            raise meets[route]

    return ProviderProbes(executor=ThreadPoolExecutor(2), probe=probe)


class TestFakeRouteProbes(RouteProbesPromises):
    @pytest.fixture
    def answers(self) -> Answers:
        return lambda down: FakeRouteProbes(down=down)


class TestProviderProbes(RouteProbesPromises):
    @pytest.fixture(
        params=[
            EndpointConnectionError(endpoint_url=URL),
            ReadTimeoutError(endpoint_url=URL),
            error(503),
        ],
        ids=str,
    )
    def answers(self, request: pytest.FixtureRequest) -> Answers:
        return lambda down: probes(dict.fromkeys(down, request.param))


@pytest.mark.parametrize("status", [400, 403, 429])
def test_also_a_refusal_is_an_answer(status: int) -> None:
    assert {HERE} == probes({HERE: error(status)}).answering([HERE])


def test_a_provider_that_is_registered_no_more_does_not_answer() -> None:
    gone = Route(provider="gone", region="us-east-1")

    assert set() == ProviderProbes(executor=ThreadPoolExecutor(1)).answering([gone])


ASKED: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "sns": ("get_sms_attributes", {"attributes": {}}),
    "sesv2": ("get_account", {}),
    "pinpoint-sms-voice-v2": ("describe_account_attributes", {"AccountAttributes": []}),
}
"""What each service is asked, and how it answers."""


@pytest.fixture
def stubs(monkeypatch: pytest.MonkeyPatch) -> dict[str, Stubber]:
    """The clients that are made, by Region."""
    made: dict[str, Stubber] = {}

    def client(service: str, *, region: str) -> object:
        session = get_session()
        session.set_credentials("testing", "testing")
        sdk = session.create_client(service, region_name=region)
        made[region] = Stubber(sdk)
        made[region].add_response(*ASKED[service])
        made[region].activate()
        return sdk

    monkeypatch.setattr(clients, "provider_probe", client)
    return made


@pytest.mark.parametrize("provider", PROVIDERS)
def test_each_provider_is_asked_in_its_region_and_nothing_is_sent(
    stubs: dict[str, Stubber], provider: str
) -> None:
    there = Route(provider=provider, region=THERE.region)

    assert {there} == ProviderProbes(executor=ThreadPoolExecutor(1)).answering([there])
    stubs[THERE.region].assert_no_pending_responses()
