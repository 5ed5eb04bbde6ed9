"""Ask SES how fast the account may send, and how much of its day is left. Used by the sweeper."""

from typing import TYPE_CHECKING

from msgspec import Struct

from ordercast.errors import ProviderUnavailable
from ordercast.gateways.unavailable import raised_as
from ordercast.pacing.send_quota import SendQuota

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client


class SesQuota(Struct, frozen=True, kw_only=True):
    """The sending quota of the account in its Region."""

    client: "SESV2Client"

    def send_quota(self) -> SendQuota:
        """Return the quota as SES has it; a number that it leaves out, or -1, is no limit (GetAccount)."""
        with raised_as(ProviderUnavailable, "the sending quota of SES"):
            quota = self.client.get_account().get("SendQuota", {})
        most, sent = quota.get("Max24HourSend", -1), quota.get("SentLast24Hours", 0)
        rate = quota.get("MaxSendRate", -1)
        return SendQuota(
            rate=rate if rate > 0 else None,
            left=None if most < 0 else max(0, int(most - sent)),
        )
