"""The fake keeps the promises of the real gateway, whose clients answer as AWS documents it."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from ordercast.gateways.providers.ses_reputation import RECENT, SesReputation
from ordercast.pacing.reputation import Reputation
from ordercast.workflows.sweep.keep_reputation import Reputations
from tests.fakes.clock import START
from tests.fakes.reputations import FakeReputations
from tests.promises.reputations import Answers, ReputationsPromises


class TestFakeReputations(ReputationsPromises):
    @pytest.fixture
    def answers(self) -> Answers:
        return lambda known: FakeReputations(known=known or Reputation(), unavailable=known is None)


class TestSesReputation(ReputationsPromises):
    @pytest.fixture
    def answers(self) -> Answers:
        return ses


def ses(known: Reputation | None) -> Reputations:
    # Nothing leaves: the stubs answer before a request is signed.
    client = boto3.client("sesv2", region_name="us-east-1")
    cloudwatch = boto3.client("cloudwatch", region_name="us-east-1")
    account, metrics = Stubber(client), Stubber(cloudwatch)
    if known is None:
        account.add_client_error("get_account", "TooManyRequestsException")
    else:
        account.add_response("get_account", {"SendQuota": {"SentLast24Hours": float(known.sent)}})
        for name, rate in (("Bounce", known.bounces), ("Complaint", known.complaints)):
            metrics.add_response("get_metric_statistics", _points(rate), _asked(name))
    account.activate()
    metrics.activate()
    return SesReputation(client=client, cloudwatch=cloudwatch)


def _asked(name: str) -> dict[str, Any]:
    return {
        "Namespace": "AWS/SES",
        "MetricName": f"Reputation.{name}Rate",
        "StartTime": START - RECENT,
        "EndTime": START,
        "Period": 3600,
        "Statistics": ["Average"],
    }


def _points(percent: Decimal | None) -> dict[str, Any]:
    """Return what CloudWatch answers: shares, in no order."""
    if percent is None:
        return {"Datapoints": []}
    older = {"Timestamp": START - timedelta(hours=2), "Average": 0.5}
    newest = {"Timestamp": START - timedelta(hours=1), "Average": float(percent / 100)}
    return {"Datapoints": [older, newest]}
