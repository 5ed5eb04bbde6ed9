"""Ask the providers' own lists about an address, list them, and take an address off. Used by `ordercast suppressions`.

The lists are the account's, in each Region its own: SES's suppression list, SNS's opt-outs and the
opt-out list of End User Messaging. What a stage refuses by itself is in the customers table.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError
from msgspec import Struct

from ordercast.events.order_event import Channel
from ordercast.gateways import clients
from ordercast.operations.target import Target
from ordercast.settings.texts import END_USER_MESSAGING, named_providers

SERVICE = "pinpoint-sms-voice-v2"

DEFAULT_LIST = "Default"
"""The opt-out list of numbers and pools that name none of their own."""

MOST_A_PAGE = 100

_TAKEN_OFF = "taken off"


class ProviderPage(NamedTuple):
    """Addresses on a list, each with what the provider says of it; `token` begins the next page."""

    entries: list[tuple[str, str]]
    token: str | None


class _Calls(NamedTuple):
    """How one provider's list is asked, changed and paged through, with a client of its service."""

    service: str
    channel: Channel
    name: str
    said: Callable[[Any, str], str | None]
    remove: Callable[[Any, str], object]
    page: Callable[[Any, str | None, int], ProviderPage]


class ProviderList(Struct, frozen=True, kw_only=True):
    """One provider's list in one Region. Its methods raise `ClientError`, `BotoCoreError`."""

    region: str
    provider: str
    client: Any

    @property
    def name(self) -> str:
        """What it is called, and where."""
        return f"{_CALLS[self.provider].name} in {self.region}"

    @property
    def channel(self) -> Channel:
        """The channel of its addresses."""
        return _CALLS[self.provider].channel

    def said(self, address: str) -> str | None:
        """Return since when an address is on it, or why; None if it is not."""
        return _CALLS[self.provider].said(self.client, address)

    def remove(self, address: str) -> None:
        """Take an address off it; AWS does that once in 30 days with a number."""
        _CALLS[self.provider].remove(self.client, address)

    def page(self, token: str | None, *, size: int) -> ProviderPage:
        """Return up to *size* (`MOST_A_PAGE` at most) addresses, in the provider's order."""
        return _CALLS[self.provider].page(self.client, token, size)


def provider_lists(where: Target, *, endpoint: str | None) -> list[ProviderList]:
    """Return the lists of the providers that a stage uses, in each of its Regions.

    *endpoint* is a local cloud's.
    """
    stage = where.settings
    used = {"ses", *named_providers(stage)} & _CALLS.keys()
    return [
        ProviderList(
            region=region,
            provider=provider,
            client=clients.account_facts(
                _CALLS[provider].service, endpoint=endpoint, region=region
            ),
        )
        for provider in _CALLS
        if provider in used
        for region in (where.region, stage.second_region.region)
        if region
    ]


def said_of(lists: Sequence[ProviderList], address: str) -> Iterator[str]:
    """Yield a line for each list that an address is on, or that could not be asked."""
    for each in _fitting(lists, address):
        try:
            said = each.said(address)
        except (ClientError, BotoCoreError) as error:
            yield f"{each.name} could not be asked: {_why(error)}"
            continue
        if said:
            yield f"on {each.name} {said}"


def removed_from(lists: Sequence[ProviderList], address: str) -> Iterator[str]:
    """Take an address off each list that it is on; yield a line for each, also where that was refused."""
    for each in _fitting(lists, address):
        try:
            if each.said(address):
                each.remove(address)
                yield f"{_TAKEN_OFF} {each.name}"
        except (ClientError, BotoCoreError) as error:
            yield f"not taken off {each.name}: {_why(error)}"


def was_taken_off(said: str) -> bool:
    """Tell whether a line of `removed_from` says that a list has the address no more."""
    return said.startswith(_TAKEN_OFF)


def _fitting(lists: Sequence[ProviderList], address: str) -> list[ProviderList]:
    channel = Channel.EMAIL if "@" in address else Channel.SMS
    return [each for each in lists if each.channel is channel]


def _why(error: ClientError | BotoCoreError) -> str:
    """Return the code alone: the text may quote the address."""
    if not isinstance(error, ClientError):
        return type(error).__name__
    code = error.response.get("Error", {}).get("Code", "refused")
    once = " (a number can be taken off once in 30 days)" if code == "ConflictException" else ""
    return f"{code}{once}"


def _since(at: datetime, why: str = "") -> str:
    return f"since {at:%Y-%m-%d %H:%M}{f', {why}' if why else ''}"


def _ses_said(client: Any, address: str) -> str | None:  # noqa: ANN401 - clients of three services
    try:
        found = client.get_suppressed_destination(EmailAddress=address)["SuppressedDestination"]
    except client.exceptions.NotFoundException:
        return None
    return _since(found["LastUpdateTime"], found["Reason"])


def _ses_page(client: Any, token: str | None, size: int) -> ProviderPage:  # noqa: ANN401
    asked = {"PageSize": size, **({"NextToken": token} if token else {})}
    page = client.list_suppressed_destinations(**asked)
    entries = [
        (each["EmailAddress"], _since(each["LastUpdateTime"], each["Reason"]))
        for each in page["SuppressedDestinationSummaries"]
    ]
    return ProviderPage(entries, page.get("NextToken"))


def _sns_said(client: Any, address: str) -> str | None:  # noqa: ANN401
    asked = client.check_if_phone_number_is_opted_out(phoneNumber=address)
    return "(it does not say since when)" if asked["isOptedOut"] else None


def _sns_page(client: Any, token: str | None, _: int) -> ProviderPage:  # noqa: ANN401
    page = client.list_phone_numbers_opted_out(**({"nextToken": token} if token else {}))
    return ProviderPage([(each, "") for each in page["phoneNumbers"]], page.get("nextToken"))


def _voice_said(client: Any, address: str) -> str | None:  # noqa: ANN401
    asked = {"OptOutListName": DEFAULT_LIST, "OptedOutNumbers": [address]}
    try:
        found = client.describe_opted_out_numbers(**asked)["OptedOutNumbers"]
    except client.exceptions.ResourceNotFoundException:
        return None
    return next((_since(each["OptedOutTimestamp"]) for each in found), None)


def _voice_page(client: Any, token: str | None, size: int) -> ProviderPage:  # noqa: ANN401
    asked = {"OptOutListName": DEFAULT_LIST, "MaxResults": size}
    page = client.describe_opted_out_numbers(**asked, **({"NextToken": token} if token else {}))
    entries = [
        (each["OptedOutNumber"], _since(each["OptedOutTimestamp"]))
        for each in page["OptedOutNumbers"]
    ]
    return ProviderPage(entries, page.get("NextToken"))


_CALLS: Mapping[str, _Calls] = {
    "ses": _Calls(
        service="sesv2",
        channel=Channel.EMAIL,
        name="SES's suppression list",
        said=_ses_said,
        remove=lambda client, address: client.delete_suppressed_destination(EmailAddress=address),
        page=_ses_page,
    ),
    "sns": _Calls(
        service="sns",
        channel=Channel.SMS,
        name="SNS's opt-out list",
        said=_sns_said,
        remove=lambda client, address: client.opt_in_phone_number(phoneNumber=address),
        page=_sns_page,
    ),
    END_USER_MESSAGING: _Calls(
        service=SERVICE,
        channel=Channel.SMS,
        name="the opt-out list of End User Messaging",
        said=_voice_said,
        remove=lambda client, address: client.delete_opted_out_number(
            OptOutListName=DEFAULT_LIST, OptedOutNumber=address
        ),
        page=_voice_page,
    ),
}
