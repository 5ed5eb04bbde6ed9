"""Answer what is asked about numbers, limits and the opt-out list of End User Messaging. Used by `account_api`."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from local_cloud.provider_simulator.answers import as_json
from local_cloud.provider_simulator.http_messages import HttpResponse
from local_cloud.provider_simulator.simulated_account import SimulatedAccount, write_account

Parameters = Mapping[str, Any]


def _numbers(account: SimulatedAccount, _: Parameters, __: Path) -> HttpResponse:
    known = [
        {
            "IsoCountryCode": each,
            "Status": "ACTIVE",
            "PhoneNumber": f"+12065550{100 + n}",
            "PhoneNumberId": f"phone-{n:04}",
        }
        for n, each in enumerate(account.numbers)
    ]
    return as_json(200, {"PhoneNumbers": known})


def _pools(account: SimulatedAccount, _: Parameters, __: Path) -> HttpResponse:
    known = [{"PoolId": each, "Status": "ACTIVE"} for each in account.pools]
    return as_json(200, {"Pools": known})


def _sender_ids(account: SimulatedAccount, _: Parameters, __: Path) -> HttpResponse:
    known = [{"IsoCountryCode": of, "SenderId": each} for of, each in account.sender_ids]
    return as_json(200, {"SenderIds": known})


def _tier(account: SimulatedAccount, _: Parameters, __: Path) -> HttpResponse:
    tier = "SANDBOX" if account.sms_voice_sandbox else "PRODUCTION"
    return as_json(200, {"AccountAttributes": [{"Name": "ACCOUNT_TIER", "Value": tier}]})


def _spend_limits(account: SimulatedAccount, _: Parameters, __: Path) -> HttpResponse:
    limit = {
        "Name": "TEXT_MESSAGE_MONTHLY_SPEND_LIMIT",
        "EnforcedLimit": account.sms_voice_limit,
        "MaxLimit": account.sms_voice_limit,
        "Overridden": False,
    }
    return as_json(200, {"SpendLimits": [limit]})


def _voice_opted_out(account: SimulatedAccount, asked: Parameters, __: Path) -> HttpResponse:
    numbers = asked.get("OptedOutNumbers", account.opted_out)
    known = [
        {"OptedOutNumber": each, "OptedOutTimestamp": 1_772_000_000, "EndUserOptedOut": True}
        for each in numbers
        if each in account.opted_out
    ]
    return as_json(200, {"OptOutListName": "Default", "OptedOutNumbers": known})


def _take_off(account: SimulatedAccount, asked: Parameters, folder: Path) -> HttpResponse:
    """Take a number off the opt-out list, which is the file's."""
    number = asked["OptedOutNumber"]
    if number not in account.opted_out:
        code = "ResourceNotFoundException"
        return as_json(400, {"__type": code, "Message": "not there (simulated)"})
    left = tuple(each for each in account.opted_out if each != number)
    write_account(folder, replace(account, opted_out=left))
    return as_json(200, {"OptOutListName": "Default", "OptedOutNumber": number})


TEXT_ANSWERS: Mapping[str, Callable[[SimulatedAccount, Parameters, Path], HttpResponse]] = {
    "DescribePhoneNumbers": _numbers,
    "DescribePools": _pools,
    "DescribeSenderIds": _sender_ids,
    "DescribeAccountAttributes": _tier,
    "DescribeSpendLimits": _spend_limits,
    "DescribeOptedOutNumbers": _voice_opted_out,
    "DeleteOptedOutNumber": _take_off,
}
"""By operation; the folder has the file of the simulated account."""
