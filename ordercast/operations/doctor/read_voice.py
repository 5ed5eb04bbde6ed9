"""Read what End User Messaging says of the account. Used by `reading`, where a stage's texts go by it."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from ordercast.operations.doctor.newest_values import newest_value
from ordercast.operations.doctor.readings import OptedOut, TextSandbox, TextSpend
from ordercast.operations.provider_lists import DEFAULT_LIST


def voice_sandbox(texts: Any) -> TextSandbox:  # noqa: ANN401 - a client without stubs
    """Ask whether texts go to verified numbers only (DescribeAccountAttributes, `ACCOUNT_TIER`)."""
    known = texts.describe_account_attributes()["AccountAttributes"]
    tiers = [each["Value"] for each in known if each["Name"] == "ACCOUNT_TIER"]
    return TextSandbox(in_it="PRODUCTION" not in tiers)


def voice_spend(texts: Any, cloudwatch: Any, now: datetime) -> TextSpend:  # noqa: ANN401
    """Read the limit (DescribeSpendLimits), and what this month cost so far, by the service's metric."""
    limits = texts.describe_spend_limits()["SpendLimits"]
    (limit,) = [each for each in limits if each["Name"] == "TEXT_MESSAGE_MONTHLY_SPEND_LIMIT"]
    month = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    spent = newest_value(cloudwatch, "AWS/SMSVoice", "TextMessageMonthlySpend", month, now)
    return TextSpend(
        limit=Decimal(min(limit["EnforcedLimit"], limit["MaxLimit"])),
        spent=None if spent is None else Decimal(str(spent)),
    )


def voice_opted_out(texts: Any) -> OptedOut:  # noqa: ANN401
    """Ask for a number of the list, and forget it (DescribeOptedOutNumbers)."""
    texts.describe_opted_out_numbers(OptOutListName=DEFAULT_LIST, MaxResults=1)
    return OptedOut()
