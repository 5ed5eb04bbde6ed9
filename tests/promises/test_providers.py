"""The providers' gateways keep the promise of their port, against stubbed AWS clients."""

from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor

import boto3
import pytest
from moto import mock_aws

from ordercast.events.order_event import Channel
from ordercast.gateways.providers.ses_email import SesEmail
from ordercast.gateways.providers.sns_sms import SnsSms
from tests.promises.provider import ProviderPromises


@pytest.fixture
def executor() -> Iterator[Executor]:
    with ThreadPoolExecutor(4) as executor:
        yield executor


@pytest.fixture(autouse=True)
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    with mock_aws():
        yield


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
