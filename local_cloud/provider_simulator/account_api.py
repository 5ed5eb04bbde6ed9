"""Answer what is asked about the account, as simulated. Used by `server`, before it forwards a call.

Each answer is in the protocol of its service: REST and JSON, JSON, or query with XML.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import msgspec

from local_cloud.environment import ACCOUNT, REGION
from local_cloud.provider_simulator.answers import as_json, as_xml, as_xml_error
from local_cloud.provider_simulator.http_messages import HttpRequest, HttpResponse
from local_cloud.provider_simulator.refusal_lists import LIST_ANSWERS, SES_LIST
from local_cloud.provider_simulator.simulated_account import (
    ACCOUNT_FILE,
    SimulatedAccount,
    read_account,
)
from local_cloud.provider_simulator.text_account import TEXT_ANSWERS

Forward = Callable[[HttpRequest], HttpResponse]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountCall:
    """A call by the name of its operation, with its parameters where they are asked for."""

    operation: str
    request: HttpRequest
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountApi:
    """The simulated account of the local cloud in *folder*; `forward` asks the emulator."""

    folder: Path
    forward: Forward

    def answer(self, request: HttpRequest) -> HttpResponse | None:
        """Answer a call about the account; None for every other, and for what is left to the emulator."""
        call = _call(request)
        if call is None:
            return None
        try:
            account = read_account(self.folder)
        except msgspec.MsgspecError as error:
            return _refused(request, "BadAccountFile", f"{ACCOUNT_FILE}: {error}")
        if call.operation in account.refused:
            return _refused(request, "AccessDeniedException", "not authorised (simulated)")
        if call.operation in _MERGED:
            return self._merged(call, account)
        if call.operation in _CHANGING:
            return _CHANGING[call.operation](account, call.parameters, self.folder)
        return _ANSWERS[call.operation](account, call)

    def _merged(self, call: AccountCall, account: SimulatedAccount) -> HttpResponse:
        """Return the emulator's answer, with what it does not know put in."""
        known = self.forward(call.request)
        if known.status != 200:  # noqa: PLR2004 - there is no such thing
            return known
        return as_json(200, json.loads(known.body) | _MERGED[call.operation](account))


def _call(request: HttpRequest) -> AccountCall | None:
    """Name the operation of a call about the account, or return None."""
    path = urlsplit(request.path).path.rstrip("/")
    target = request.header("x-amz-target")
    if target:
        return _named(target.rpartition(".")[2], request, as_query=False)
    if path.startswith(SES_LIST):
        return _of_ses_list(request, unquote(path.removeprefix(SES_LIST).removeprefix("/")))
    if request.method == "GET":
        found = next((o for start, o in _PATHS.items() if path.startswith(start)), None)
        return AccountCall(operation=found, request=request, parameters={}) if found else None
    if request.header("content-type").startswith("application/x-www-form-urlencoded"):
        return _named(dict(parse_qsl(request.body.decode())).get("Action", ""), request)
    return None


def _of_ses_list(request: HttpRequest, address: str) -> AccountCall:
    one = {"GET": "GetSuppressedDestination", "DELETE": "DeleteSuppressedDestination"}
    operation = one[request.method] if address else "ListSuppressedDestinations"
    return AccountCall(operation=operation, request=request, parameters={"EmailAddress": address})


def _named(operation: str, request: HttpRequest, *, as_query: bool = True) -> AccountCall | None:
    if not any(operation in each for each in (_ANSWERS, _MERGED, _CHANGING)):
        return None
    body = request.body.decode()
    parameters = dict(parse_qsl(body)) if as_query else json.loads(body or "{}")
    return AccountCall(operation=operation, request=request, parameters=parameters)


def _refused(request: HttpRequest, code: str, message: str) -> HttpResponse:
    if request.header("content-type").startswith("application/x-www-form-urlencoded"):
        return as_xml_error(code.removesuffix("Exception"), message, 403)
    return as_json(403, {"__type": code, "message": message}, [("x-amzn-ErrorType", code)])


def _ses_account(account: SimulatedAccount, _: AccountCall) -> HttpResponse:
    return as_json(
        200,
        {
            "EnforcementStatus": account.enforcement,
            "ProductionAccessEnabled": account.production_access,
            "SendingEnabled": account.sending,
            "SendQuota": {
                "Max24HourSend": account.quota,
                "MaxSendRate": account.rate,
                "SentLast24Hours": account.sent,
            },
            "PricingAttributes": {"CurrentPlan": account.plan},
        },
    )


def _identity(account: SimulatedAccount) -> dict[str, Any]:
    return {
        "VerifiedForSendingStatus": account.verified,
        "FeedbackForwardingStatus": account.feedback_forwarding,
        "DkimAttributes": {"SigningEnabled": True, "Status": account.dkim},
    }


def _configuration_set(account: SimulatedAccount) -> dict[str, Any]:
    return {"SendingOptions": {"SendingEnabled": account.configuration_set_sending}}


def _metric(account: SimulatedAccount, call: AccountCall) -> HttpResponse | None:
    """Return the newest value of a metric of the account, which is asked for by itself."""
    values = {
        "Reputation.BounceRate": account.bounce_percent / 100,
        "Reputation.ComplaintRate": account.complaint_percent / 100,
        "SMSMonthToDateSpentUSD": account.sms_spent,
        "TextMessageMonthlySpend": account.sms_voice_spent,
    }
    query, *_ = call.parameters["MetricDataQueries"]
    name = query.get("MetricStat", {}).get("Metric", {}).get("MetricName")
    if name not in values:
        return None
    return as_json(200, {"MetricDataResults": [{"Id": query["Id"], "Values": [values[name]]}]})


def _sandbox(account: SimulatedAccount, _: AccountCall) -> HttpResponse:
    in_it = str(account.sms_sandbox).lower()
    return _sns("GetSMSSandboxAccountStatus", f"<IsInSandbox>{in_it}</IsInSandbox>")


def _attributes(account: SimulatedAccount, _: AccountCall) -> HttpResponse:
    known = {
        "MonthlySpendLimit": account.sms_limit,
        "DeliveryStatusSuccessSamplingRate": str(account.sms_sampling),
    }
    if account.sms_logging:
        known["DeliveryStatusIAMRole"] = f"arn:aws:iam::{ACCOUNT}:role/simulated"
    entries = (f"<entry><key>{k}</key><value>{v}</value></entry>" for k, v in known.items())
    return _sns("GetSMSAttributes", f"<attributes>{''.join(entries)}</attributes>")


def _subscriptions(account: SimulatedAccount, call: AccountCall) -> HttpResponse | None:
    if account.subscriptions is None:
        return None
    arns = {"confirmed": f"{call.parameters['TopicArn']}:0", "pending": "PendingConfirmation"}
    members = (
        f"<member><SubscriptionArn>{arns[each]}</SubscriptionArn></member>"
        for each in account.subscriptions
    )
    return _sns("ListSubscriptionsByTopic", f"<Subscriptions>{''.join(members)}</Subscriptions>")


def _log_groups(account: SimulatedAccount, call: AccountCall) -> HttpResponse | None:
    if account.log_groups is None:
        return None
    name = call.parameters["logGroupNamePrefix"]
    group = {"logGroupName": name, "retentionInDays": 14}
    if account.log_groups == "unadopted":
        del group["retentionInDays"]
    there = account.log_groups != "missing"
    return as_json(200, {"logGroups": [group] if there else []})


def _filters(account: SimulatedAccount, _: AccountCall) -> HttpResponse | None:
    if account.log_groups is None:
        return None
    functions = {"unread": [], "with another filter": ["Account-Forwarder", "gone"]}
    named = functions.get(account.log_groups, ["Account-Forwarder"])
    filters = [
        {
            "filterName": each,
            "destinationArn": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:Ordercast-{each}",
        }
        for each in named
    ]
    return as_json(200, {"subscriptionFilters": filters})


def _concurrency(account: SimulatedAccount, _: AccountCall) -> HttpResponse:
    limit = {
        "ConcurrentExecutions": account.concurrency,
        "UnreservedConcurrentExecutions": account.concurrency,
    }
    return as_json(200, {"AccountLimit": limit})


def _key(account: SimulatedAccount) -> dict[str, Any]:
    return {"KeyMetadata": {"KeyState": account.key_state}} if account.key_state else {}


def _rotation(account: SimulatedAccount) -> dict[str, Any]:
    known = account.key_rotation
    return {} if known is None else {"KeyRotationEnabled": known}


def _parameter(account: SimulatedAccount, call: AccountCall) -> HttpResponse | None:
    name = call.parameters["Name"]
    if not name.startswith("/cdk-bootstrap/") or account.bootstrap is None:
        return None
    return as_json(200, {"Parameter": {"Name": name, "Value": str(account.bootstrap)}})


def _caller(account: SimulatedAccount, _: AccountCall) -> HttpResponse:
    at = datetime.now(UTC) + timedelta(seconds=account.clock_ahead)
    body = f"<Account>{ACCOUNT}</Account><Arn>arn:aws:iam::{ACCOUNT}:root</Arn>"
    said = as_xml("GetCallerIdentity", body, namespace="https://sts.amazonaws.com/doc/2011-06-15/")
    dated = [*said.headers, ("Date", format_datetime(at, usegmt=True))]
    return HttpResponse(status=said.status, headers=dated, body=said.body)


def _sns(operation: str, result: str) -> HttpResponse:
    return as_xml(operation, result)


_PATHS = {
    "/v2/email/account": "GetAccount",
    "/v2/email/identities/": "GetEmailIdentity",
    "/v2/email/configuration-sets/": "GetConfigurationSet",
    "/2016-08-19/account-settings": "GetAccountSettings",
}

_MERGED: Mapping[str, Callable[[SimulatedAccount], dict[str, Any]]] = {
    "GetEmailIdentity": _identity,
    "GetConfigurationSet": _configuration_set,
    "DescribeKey": _key,
    "GetKeyRotationStatus": _rotation,
}

_CHANGING = {**TEXT_ANSWERS, **LIST_ANSWERS}
"""Those that may change the account."""

_ANSWERS: Mapping[str, Callable[[SimulatedAccount, AccountCall], HttpResponse | None]] = {
    "GetAccount": _ses_account,
    "GetMetricData": _metric,
    "GetSMSSandboxAccountStatus": _sandbox,
    "GetSMSAttributes": _attributes,
    "ListSubscriptionsByTopic": _subscriptions,
    "DescribeLogGroups": _log_groups,
    "DescribeSubscriptionFilters": _filters,
    "GetAccountSettings": _concurrency,
    "GetParameter": _parameter,
    "GetCallerIdentity": _caller,
}
