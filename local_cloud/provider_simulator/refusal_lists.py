"""Answer what is asked of SES's suppression list and SNS's opt-outs, as simulated. Used by `account_api`."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from local_cloud.provider_simulator.answers import as_json, as_xml
from local_cloud.provider_simulator.http_messages import HttpResponse
from local_cloud.provider_simulator.simulated_account import SimulatedAccount, write_account
from local_cloud.provider_simulator.text_account import Parameters

SES_LIST = "/v2/email/suppression/addresses"
"""The path of SES's list; below it is one address."""

_SINCE = 1_772_000_000  # seconds since 1970


def _suppressed(account: SimulatedAccount, asked: Parameters, _: Path) -> HttpResponse:
    address = asked["EmailAddress"]
    if address not in account.suppressed:
        return _absent()
    return as_json(200, {"SuppressedDestination": _entry(address)})


def _every_suppressed(account: SimulatedAccount, _: Parameters, __: Path) -> HttpResponse:
    known = [_entry(each) for each in account.suppressed]
    return as_json(200, {"SuppressedDestinationSummaries": known})


def _unsuppress(account: SimulatedAccount, asked: Parameters, folder: Path) -> HttpResponse:
    address = asked["EmailAddress"]
    if address not in account.suppressed:
        return _absent()
    left = tuple(each for each in account.suppressed if each != address)
    write_account(folder, replace(account, suppressed=left))
    return as_json(200, {})


def _is_opted_out(account: SimulatedAccount, asked: Parameters, _: Path) -> HttpResponse:
    said = str(asked["phoneNumber"] in account.sns_opted_out).lower()
    return as_xml("CheckIfPhoneNumberIsOptedOut", f"<isOptedOut>{said}</isOptedOut>")


def _every_opted_out(account: SimulatedAccount, _: Parameters, __: Path) -> HttpResponse:
    members = "".join(f"<member>{each}</member>" for each in account.sns_opted_out)
    return as_xml("ListPhoneNumbersOptedOut", f"<phoneNumbers>{members}</phoneNumbers>")


def _opt_in(account: SimulatedAccount, asked: Parameters, folder: Path) -> HttpResponse:
    left = tuple(each for each in account.sns_opted_out if each != asked["phoneNumber"])
    write_account(folder, replace(account, sns_opted_out=left))
    return as_xml("OptInPhoneNumber", "")


def _entry(address: str) -> dict[str, Any]:
    return {"EmailAddress": address, "Reason": "BOUNCE", "LastUpdateTime": _SINCE}


def _absent() -> HttpResponse:
    code = "NotFoundException"
    return as_json(
        HTTPStatus.NOT_FOUND, {"message": "not there (simulated)"}, [("x-amzn-ErrorType", code)]
    )


LIST_ANSWERS: Mapping[str, Callable[[SimulatedAccount, Parameters, Path], HttpResponse]] = {
    "GetSuppressedDestination": _suppressed,
    "ListSuppressedDestinations": _every_suppressed,
    "DeleteSuppressedDestination": _unsuppress,
    "CheckIfPhoneNumberIsOptedOut": _is_opted_out,
    "ListPhoneNumbersOptedOut": _every_opted_out,
    "OptInPhoneNumber": _opt_in,
}
"""By operation; the folder has the file of the simulated account."""
