"""The fake keeps the promises of the real gateway, whose client answers as SES documents it."""

from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from ordercast.gateways.providers.ses_quota import SesQuota
from ordercast.pacing.send_quota import SendQuota
from ordercast.workflows.ports import SendQuotas
from tests.fakes.send_quotas import FakeSendQuotas
from tests.promises.send_quotas import Answers, SendQuotasPromises


class TestFakeSendQuotas(SendQuotasPromises):
    @pytest.fixture
    def answers(self) -> Answers:
        return lambda quota: FakeSendQuotas(quota=quota or SendQuota(), unavailable=quota is None)


class TestSesQuota(SendQuotasPromises):
    @pytest.fixture
    def answers(self) -> Answers:
        return ses


def ses(quota: SendQuota | None) -> SendQuotas:
    # Nothing leaves: the stub answers before a request is signed.
    client = boto3.client("sesv2", region_name="us-east-1")
    stubber = Stubber(client)
    if quota is None:
        stubber.add_client_error("get_account", "TooManyRequestsException")
    else:
        stubber.add_response("get_account", {"SendQuota": _said(quota)})
    stubber.activate()
    return SesQuota(client=client)


def _said(quota: SendQuota) -> dict[str, Any]:
    """Return what GetAccount says: -1 where there is no limit of the day."""
    sent = 12.0
    left = {} if quota.left is None else {"Max24HourSend": quota.left + sent}
    rate = {} if quota.rate is None else {"MaxSendRate": quota.rate}
    return {"Max24HourSend": -1.0, "SentLast24Hours": sent, **left, **rate}


def test_an_account_that_sent_more_than_it_may_has_nothing_left() -> None:
    """A quota may be lowered."""
    assert 0 == ses(SendQuota(rate=1.0, left=-5)).send_quota().left
