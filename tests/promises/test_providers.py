"""The providers' gateways keep the promise of their port, against stubbed AWS clients."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import cycle

import boto3
import pytest
from msgspec.structs import replace

from ordercast.events.order_event import Channel
from ordercast.gateways.providers.routed import RoutedProvider
from ordercast.gateways.providers.ses_email import SesEmail
from ordercast.gateways.providers.sns_sms import SnsSms
from ordercast.sending.outcome import Outcome, Outgoing
from ordercast.sending.routes import home_route
from tests.aws_in_memory import aws_in_memory
from tests.promises.provider import ProviderPromises


@pytest.fixture
def executor() -> Iterator[Executor]:
    with ThreadPoolExecutor(4) as executor:
        yield executor


@pytest.fixture(autouse=True)
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with aws_in_memory(monkeypatch):
        yield


HOME, OTHER = (home_route(Channel.SMS, region) for region in ("us-east-1", "eu-west-1"))


@dataclass(frozen=True)
class Alternating:
    """Pins every other message to another route than the first."""

    routed: RoutedProvider

    def send(self, messages: Sequence[Outgoing]) -> list[Outcome]:
        return self.routed.send(
            [
                replace(each, notification=replace(each.notification, route=route))
                for each, route in zip(messages, cycle([None, OTHER.key]), strict=False)
            ]
        )


class TestSnsSms(ProviderPromises):
    @pytest.fixture
    def provider(self, executor: Executor) -> SnsSms:
        return SnsSms(
            wait=lambda _: None, client=boto3.client("sns"), sender_id="", executor=executor
        )

    @pytest.fixture
    def channel(self) -> Channel:
        return Channel.SMS


class TestSesEmail(ProviderPromises):
    @pytest.fixture
    def provider(self, executor: Executor) -> SesEmail:
        client = boto3.client("sesv2")
        client.create_email_identity(EmailIdentity="example.com")
        return SesEmail(
            wait=lambda _: None,
            client=client,
            sender="orders@example.com",
            configuration_set="events",
            stage="test",
            executor=executor,
        )

    @pytest.fixture
    def channel(self) -> Channel:
        return Channel.EMAIL


class TestRoutedProvider(ProviderPromises):
    """Two routes side by side; those of the outgoing messages alternate."""

    @pytest.fixture
    def provider(self, executor: Executor) -> Iterator[Alternating]:
        sns = SnsSms(
            wait=lambda _: None, client=boto3.client("sns"), sender_id="", executor=executor
        )
        with ThreadPoolExecutor(2) as routes:
            yield Alternating(RoutedProvider(home=HOME, open_route=lambda _: sns, executor=routes))

    @pytest.fixture
    def channel(self) -> Channel:
        return Channel.SMS
