"""Read what SNS, End User Messaging and the delivery logs say of texts. Used by `reading`."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from itertools import islice
from typing import Any

from ordercast.events.order_event import Channel
from ordercast.operations.doctor.newest_values import newest_value
from ordercast.operations.doctor.readings import (
    LogGroup,
    LogGroups,
    OptedOut,
    Originations,
    Prices,
    TextLogging,
    TextSandbox,
    TextSpend,
)
from ordercast.sending.prices import price_list

PAGES = 20
"""Of numbers and sender ids, a hundred each: more than an account has."""

FORWARDER = ":function:Ordercast-Account-"
"""What the ARN of the account stack's function has in it."""

FIRST_LIMIT = "1"  # US dollars a month (SNS guide: spending quota)


def text_sandbox(sns: Any) -> TextSandbox:  # noqa: ANN401 - stubs are chosen by literals
    """Ask SNS whether texts go to verified numbers only (GetSMSSandboxAccountStatus)."""
    return TextSandbox(in_it=sns.get_sms_sandbox_account_status()["IsInSandbox"])


def text_spend(sns: Any, cloudwatch: Any, now: datetime) -> TextSpend:  # noqa: ANN401
    """Read the limit (GetSMSAttributes), and what this month cost so far, by the metric of SNS."""
    wanted = ["MonthlySpendLimit"]
    attributes = sns.get_sms_attributes(attributes=wanted)["attributes"]
    month = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    spent = newest_value(cloudwatch, "AWS/SNS", "SMSMonthToDateSpentUSD", month, now)
    return TextSpend(
        limit=Decimal(attributes.get("MonthlySpendLimit", FIRST_LIMIT)),
        spent=None if spent is None else Decimal(str(spent)),
    )


def text_logging(sns: Any) -> TextLogging:  # noqa: ANN401
    """Ask SNS whether it logs deliveries (GetSMSAttributes)."""
    role, sampling = "DeliveryStatusIAMRole", "DeliveryStatusSuccessSamplingRate"
    attributes = sns.get_sms_attributes(attributes=[role, sampling])["attributes"]
    return TextLogging(on=bool(attributes.get(role)), sampling=int(attributes.get(sampling, 0)))


def prices() -> Prices:
    """Read the price list of this release."""
    return Prices(countries=frozenset(price_list().parts[Channel.SMS]))


def originations(texts: Any) -> Originations:  # noqa: ANN401
    """List the account's numbers, pools and sender ids (DescribePhoneNumbers, DescribePools, DescribeSenderIds)."""
    numbers = [n for n in _pages(texts, "describe_phone_numbers", "PhoneNumbers") if _active(n)]
    pools = [p["PoolId"] for p in _pages(texts, "describe_pools", "Pools") if _active(p)]
    ids: dict[str, set[str]] = {}
    for each in _pages(texts, "describe_sender_ids", "SenderIds"):
        ids.setdefault(each["IsoCountryCode"], set()).add(each["SenderId"])
    return Originations(
        numbers=frozenset(n["IsoCountryCode"] for n in numbers),
        sender_ids={country: frozenset(known) for country, known in ids.items()},
        names=frozenset(
            [*(name for n in numbers for name in (n["PhoneNumber"], n["PhoneNumberId"])), *pools]
        ),
    )


def opted_out(sns: Any) -> OptedOut:  # noqa: ANN401
    """Ask for a page of the list, and forget it (ListPhoneNumbersOptedOut)."""
    sns.list_phone_numbers_opted_out()
    return OptedOut()


def log_groups(logs: Any, names: list[str]) -> LogGroups:  # noqa: ANN401
    """Describe the groups of SNS's delivery logs and who reads them."""
    return tuple(_group(logs, each) for each in names)


def names_of_log_groups(topic_arn: str) -> list[str]:
    """Return the groups of the Region and account of a topic; SNS dictates their names."""
    _, _, _, region, account, _ = topic_arn.split(":", 5)
    successes = f"sns/{region}/{account}/DirectPublishToPhoneNumber"
    return [successes, f"{successes}/Failure"]


def _group(logs: Any, name: str) -> LogGroup:  # noqa: ANN401
    found = logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    group = next((each for each in found if each["logGroupName"] == name), None)
    if group is None:
        return LogGroup(name=name, there=False)
    filters = logs.describe_subscription_filters(logGroupName=name)["subscriptionFilters"]
    ours = [each for each in filters if FORWARDER in each["destinationArn"]]
    return LogGroup(
        name=name,
        there=True,
        expires="retentionInDays" in group,
        forwarded=bool(ours),
        other_filters=tuple(each["filterName"] for each in filters if each not in ours),
    )


def _active(found: dict[str, Any]) -> bool:
    return bool(found["Status"] == "ACTIVE")


def _pages(texts: Any, call: str, listed: str) -> Iterator[dict[str, Any]]:  # noqa: ANN401
    pages = texts.get_paginator(call).paginate()
    for page in islice(pages, PAGES):
        yield from page[listed]
