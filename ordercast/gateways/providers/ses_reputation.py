"""Ask SES what it thinks of the account: the rates that its reviews go by. Used by the sweeper."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from msgspec import Struct

from ordercast.errors import ProviderUnavailable
from ordercast.gateways.unavailable import raised_as
from ordercast.pacing.reputation import Reputation

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_sesv2 import SESV2Client

RECENT = timedelta(days=1)
"""How far back to look: SES publishes its rates while the account sends."""


class SesReputation(Struct, frozen=True, kw_only=True):
    """The account's rates, which SES publishes as shares of 1 in CloudWatch (SES developer guide, "Creating reputation monitoring alarms")."""

    client: "SESV2Client"
    cloudwatch: "CloudWatchClient"

    def reputation(self, *, now: datetime) -> Reputation:
        """Return the newest rates; raises `ProviderUnavailable`."""
        with raised_as(ProviderUnavailable, "the reputation at SES"):
            quota = self.client.get_account().get("SendQuota", {})
            return Reputation(
                bounces=self._percent("Reputation.BounceRate", now),
                complaints=self._percent("Reputation.ComplaintRate", now),
                sent=int(quota.get("SentLast24Hours", 0)),
            )

    def _percent(self, name: str, now: datetime) -> Decimal | None:
        answer = self.cloudwatch.get_metric_statistics(
            Namespace="AWS/SES",
            MetricName=name,
            StartTime=now - RECENT,
            EndTime=now,
            Period=3600,
            Statistics=["Average"],
        )
        newest = max(answer["Datapoints"], key=lambda each: each["Timestamp"], default=None)
        return None if newest is None else _PERCENT * Decimal(str(newest["Average"]))


_PERCENT = Decimal(100)
